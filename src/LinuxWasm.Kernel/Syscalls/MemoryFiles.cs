using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>memfd_create(2).</summary>
public static class MemoryFiles
{
    /// <summary>MFD_NAME_MAX_LEN: what is left of NAME_MAX behind "memfd:".</summary>
    private const int MaxName = 249;

    /// <summary>The bits that hold a huge page's size; they mean something with MFD_HUGETLB only.</summary>
    private const MemfdFlags HugeSize = (MemfdFlags)(0x3fu << 26);

    [Syscall("memfd_create", Unsupported = "MFD_HUGETLB (ENOSYS)")]
    public static SysResult MemfdCreate(LinuxTask task, [In] GuestPtr name, MemfdFlags flags)
    {
        var known = (flags & MemfdFlags.MFD_HUGETLB) != 0 ? MemfdFlags.Known | HugeSize : MemfdFlags.Known;
        const MemfdFlags Contrary = MemfdFlags.MFD_EXEC | MemfdFlags.MFD_NOEXEC_SEAL;
        if ((flags & ~known) != 0 || (flags & Contrary) == Contrary)
            return Errno.EINVAL;

        Span<byte> buffer = stackalloc byte[MaxName + 1];
        var error = task.Memory.ReadString(name, buffer, out var length);
        if (error != Errno.None)
            return error == Errno.ENAMETOOLONG ? Errno.EINVAL : error;
        // Without huge pages in the kernel (hugetlb_file_setup).
        if ((flags & MemfdFlags.MFD_HUGETLB) != 0)
            return Errno.ENOSYS;
        error = task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], (flags & MemfdFlags.MFD_CLOEXEC) != 0, out var fd);
        if (error != Errno.None)
            return error;
        error = Create(task, buffer[..length], flags, out var file);
        if (error != Errno.None)
        {
            task.Files.Unreserve(fd);
            return error;
        }

        task.Files.Install(fd, file!);
        return fd;
    }

    private static Errno Create(LinuxTask task, ReadOnlySpan<byte> name, MemfdFlags flags, out OpenFile? file)
    {
        file = null;
        var sealable = (flags & (MemfdFlags.MFD_ALLOW_SEALING | MemfdFlags.MFD_NOEXEC_SEAL)) != 0;
        var seals = sealable ? FileSeals.None : FileSeals.F_SEAL_SEAL;
        var mode = Mode.S_IFREG | Mode.Access;
        if ((flags & MemfdFlags.MFD_NOEXEC_SEAL) != 0)
        {
            seals |= FileSeals.F_SEAL_EXEC;
            mode &= ~Mode.AnyExecute;
        }

        var credentials = task.Credentials;
        if (!task.Kernel.MemoryFiles.TryMake(new NewInode(mode, credentials.Fsuid, credentials.Fsgid), seals, [.. "memfd:"u8, .. name], out var place))
            return Errno.ENOSPC;
        // An open for writing, which its release takes back.
        place.Inode.TryAddWriter();
        return place.Inode.Open(new OpenRequest(place, OpenFlags.O_RDWR | OpenFlags.O_LARGEFILE, task), out file);
    }
}
