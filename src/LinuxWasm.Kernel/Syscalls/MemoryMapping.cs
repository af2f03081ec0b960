using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>brk(2), mmap(2), munmap(2), mremap(2), mprotect(2).</summary>
public static class MemoryMapping
{
    private const uint PageMask = GuestMemory.PageSize - 1;

    [Syscall("brk")]
    public static SysResult Brk(LinuxTask task, [Show("hex")] GuestPtr addr) =>
        task.AddressSpace.Break(addr, task.Group.Limits);

    [Syscall("mmap", On = SyscallTable.X64 | SyscallTable.Generic)]
    public static SysResult Mmap(LinuxTask task, GuestPtr addr, GuestSize length, ProtFlags prot, MapFlags flags, Fd fd, GuestSize offset) =>
        (offset.Value & PageMask) != 0 ? Errno.EINVAL : Map(task, addr, length.Value, prot, flags, fd, offset.Value >> GuestMemory.PageShift);

    [Syscall("mmap2", Man = "mmap(2)")]
    public static SysResult Mmap2(LinuxTask task, GuestPtr addr, GuestSize length, ProtFlags prot, MapFlags flags, Fd fd, uint pgoffset) =>
        Map(task, addr, length.Value, prot, flags, fd, pgoffset);

    /// <summary>i386's first mmap takes its six arguments from memory.</summary>
    [Syscall("mmap", On = SyscallTable.I386)]
    public static SysResult OldMmap(LinuxTask task, [In] GuestPtr<MmapArguments32> arguments)
    {
        if (!task.Memory.TryRead(arguments, out MmapArguments32 a))
            return Errno.EFAULT;
        return (a.offset & PageMask) != 0
            ? Errno.EINVAL
            : Map(task, new GuestPtr(a.addr), a.len, a.prot, a.flags, new Fd(a.fd), a.offset >> GuestMemory.PageShift);
    }

    [Syscall("munmap")]
    public static SysResult Munmap(LinuxTask task, GuestPtr addr, GuestSize length)
    {
        // Where nothing can be there is nothing to take away, and beyond 4 GiB nothing can be.
        if ((addr.Address & PageMask) == 0 && addr.Address + length.Value > 1UL << 32 && length.Value <= FileIo.AddressLimit)
            length = new GuestSize((1UL << 32) - addr.Address);
        if (!TryGetRange(addr, length.Value, out var start, out var end) || start == end)
            return Errno.EINVAL;
        return task.AddressSpace.Unmap(task, start, end);
    }

    [Syscall("mremap")]
    public static SysResult Mremap(LinuxTask task, GuestPtr old_address, GuestSize old_size, GuestSize new_size, RemapFlags flags, GuestPtr new_address)
    {
        const RemapFlags Known = RemapFlags.MREMAP_MAYMOVE | RemapFlags.MREMAP_FIXED | RemapFlags.MREMAP_DONTUNMAP;
        const RemapFlags NeedMove = RemapFlags.MREMAP_FIXED | RemapFlags.MREMAP_DONTUNMAP;
        if ((flags & ~Known) != 0 || ((flags & NeedMove) != 0 && (flags & RemapFlags.MREMAP_MAYMOVE) == 0))
            return Errno.EINVAL;
        if ((flags & RemapFlags.MREMAP_DONTUNMAP) != 0 && old_size.Value != new_size.Value)
            return Errno.EINVAL;
        if ((old_address.Address & PageMask) != 0)
            return Errno.EINVAL;
        if (!TryGetRange(old_address, old_size.Value, out var start, out var oldEnd)
            || !TryGetRange(GuestPtr.Null, new_size.Value, out _, out var newPages) || newPages == 0)
            return Errno.EINVAL;
        uint target = 0;
        if ((flags & RemapFlags.MREMAP_FIXED) != 0)
        {
            if (!TryGetRange(new_address, new_size.Value, out target, out var targetEnd) || targetEnd > task.Memory.PageLimit)
                return Errno.EINVAL;
            if (start < targetEnd && target < oldEnd)
                return Errno.EINVAL;
        }

        var error = task.AddressSpace.Remap(task, start, oldEnd - start, newPages, flags, target, out var address);
        return error == Errno.None ? address : error;
    }

    [Syscall("mprotect")]
    public static SysResult Mprotect(LinuxTask task, GuestPtr addr, GuestSize len, ProtFlags prot)
    {
        const ProtFlags Grows = ProtFlags.PROT_GROWSDOWN | ProtFlags.PROT_GROWSUP;
        const ProtFlags Known = ProtFlags.PROT_READ | ProtFlags.PROT_WRITE | ProtFlags.PROT_EXEC | ProtFlags.PROT_SEM;
        var grows = prot & Grows;
        if (grows == Grows || (addr.Address & PageMask) != 0)
            return Errno.EINVAL;
        if (len.Value == 0)
            return 0;
        if ((prot & ~(Known | Grows)) != 0)
            return Errno.EINVAL;
        if (!TryGetRange(addr, len.Value, out var start, out var end))
            return Errno.ENOMEM;
        // No area of ours grows by itself.
        if (grows != 0)
            return task.AddressSpace.IsMapped(start, start + 1) ? Errno.EINVAL : Errno.ENOMEM;
        return task.AddressSpace.Protect(start, end, prot & Known);
    }

    /// <summary>The pages of a range that begins at a page; false where it doesn't, or reaches beyond the 32-bit space.</summary>
    internal static bool TryGetRange(GuestPtr address, ulong length, out uint start, out uint end)
    {
        start = address.Address >> GuestMemory.PageShift;
        end = start;
        if ((address.Address & PageMask) != 0 || length > 1UL << 32)
            return false;
        var pages = (length + PageMask) >> GuestMemory.PageShift;
        if (start + pages > 1 << 20)
            return false;
        end = start + (uint)pages;
        return true;
    }

    private static SysResult Map(LinuxTask task, GuestPtr hint, ulong length, ProtFlags protection, MapFlags flags, Fd fd, ulong filePage)
    {
        uint address;
        Errno error;
        if ((flags & MapFlags.MAP_ANONYMOUS) != 0)
        {
            // There is no pool of huge pages.
            if ((flags & MapFlags.MAP_HUGETLB) != 0)
                return Errno.ENOMEM;
            error = task.AddressSpace.Map(task, hint, length, protection, flags, file: null, filePage, out address);
        }
        else
        {
            using var use = task.Files.Get(fd.Value);
            if (use.File is not { IsPathOnly: false } file)
                return Errno.EBADF;
            if ((flags & MapFlags.MAP_HUGETLB) != 0)
                return Errno.EINVAL;
            error = task.AddressSpace.Map(task, hint, length, protection, flags, file, filePage, out address);
        }

        return error == Errno.None ? address : error;
    }
}
