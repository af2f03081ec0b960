using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>madvise(2), mincore(2), msync(2), mlock(2) and its family.</summary>
public static class MemoryAdvising
{
    private const uint PageMask = GuestMemory.PageSize - 1;

    [Syscall("madvise")]
    public static SysResult Madvise(LinuxTask task, GuestPtr addr, GuestSize length, MemoryAdvice advice)
    {
        if (!IsKnown(advice))
            return Errno.EINVAL;
        if (!MemoryMapping.TryGetRange(addr, length.Value, out var start, out var end))
            return Errno.EINVAL;
        return start == end ? 0 : task.AddressSpace.Advise(start, end, advice);
    }

    [Syscall("mincore")]
    public static SysResult Mincore(LinuxTask task, GuestPtr addr, GuestSize length, [Out] GuestPtr<byte> vec)
    {
        if ((addr.Address & PageMask) != 0)
            return Errno.EINVAL;
        if (!MemoryMapping.TryGetRange(addr, length.Value, out var start, out var end))
            return Errno.ENOMEM;
        // It looks before it stores: where the first page is not mapped, the vector does not matter.
        if (start != end && !task.AddressSpace.IsMapped(start, start + 1))
            return Errno.ENOMEM;
        if (!task.Memory.TryGetWritable(vec, end - start, out var resident))
            return Errno.EFAULT;
        if (!task.AddressSpace.IsMapped(start, end))
            return Errno.ENOMEM;
        resident.Fill(1);
        return 0;
    }

    [Syscall("msync")]
    public static SysResult Msync(LinuxTask task, GuestPtr addr, GuestSize length, SyncFlags flags)
    {
        const SyncFlags Both = SyncFlags.MS_ASYNC | SyncFlags.MS_SYNC;
        if ((flags & ~(Both | SyncFlags.MS_INVALIDATE)) != 0 || (addr.Address & PageMask) != 0 || (flags & Both) == Both)
            return Errno.EINVAL;
        if (!MemoryMapping.TryGetRange(addr, length.Value, out var start, out var end))
            return Errno.ENOMEM;
        return start == end ? 0 : task.AddressSpace.Synchronize(start, end, flags);
    }

    [Syscall("mlock")]
    public static SysResult Mlock(LinuxTask task, GuestPtr addr, GuestSize len) => Lock(task, addr, len.Value, populate: true);

    [Syscall("mlock2")]
    public static SysResult Mlock2(LinuxTask task, GuestPtr addr, GuestSize len, LockFlags flags) =>
        (flags & ~LockFlags.MLOCK_ONFAULT) != 0 ? Errno.EINVAL : Lock(task, addr, len.Value, populate: (flags & LockFlags.MLOCK_ONFAULT) == 0);

    [Syscall("munlock")]
    public static SysResult Munlock(LinuxTask task, GuestPtr addr, GuestSize len) =>
        !TryGetTouchedRange(addr, len.Value, out var start, out var end) ? Errno.EINVAL
        : start == end ? 0 : task.AddressSpace.SetLocked(task, start, end, locked: false);

    [Syscall("mlockall")]
    public static SysResult MlockAll(LinuxTask task, LockAllFlags flags)
    {
        const LockAllFlags Which = LockAllFlags.MCL_CURRENT | LockAllFlags.MCL_FUTURE;
        if ((flags & Which) == 0 || (flags & ~(Which | LockAllFlags.MCL_ONFAULT)) != 0)
            return Errno.EINVAL;
        if (!MayLockAtAll(task))
            return Errno.EPERM;
        return task.AddressSpace.SetAllLocked(task, (flags & LockAllFlags.MCL_CURRENT) != 0, locked: true, (flags & LockAllFlags.MCL_FUTURE) != 0);
    }

    [Syscall("munlockall")]
    public static SysResult MunlockAll(LinuxTask task) => task.AddressSpace.SetAllLocked(task, current: true, locked: false, future: false);

    private static SysResult Lock(LinuxTask task, GuestPtr address, ulong length, bool populate)
    {
        if (!MayLockAtAll(task))
            return Errno.EPERM;
        if (!TryGetTouchedRange(address, length, out var start, out var end))
            return Errno.EINVAL;
        return start == end ? 0 : task.AddressSpace.SetLocked(task, start, end, locked: true, populate);
    }

    private static bool MayLockAtAll(LinuxTask task) =>
        task.Credentials.Has(Capability.CAP_IPC_LOCK) || task.Group.Limits[Resource.RLIMIT_MEMLOCK] != 0;

    /// <summary>The pages that a range touches, wherever in a page it begins.</summary>
    private static bool TryGetTouchedRange(GuestPtr address, ulong length, out uint start, out uint end)
    {
        var offset = address.Address & PageMask;
        return MemoryMapping.TryGetRange(new GuestPtr(address.Address - offset), length > 1UL << 32 ? length : length + offset, out start, out end);
    }

    private static bool IsKnown(MemoryAdvice advice) =>
        advice is >= MemoryAdvice.MADV_NORMAL and <= MemoryAdvice.MADV_DONTNEED or >= MemoryAdvice.MADV_FREE and <= MemoryAdvice.MADV_COLLAPSE;
}
