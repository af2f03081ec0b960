using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>utime(2), utimensat(2), futimesat(2): access and modification time.</summary>
public static class TimesOfFiles
{
    private const long UtimeNow = 0x3fffffff;
    private const long UtimeOmit = 0x3ffffffe;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MicrosecondsPerSecond = 1_000_000;

    [Syscall("utime")]
    public static SysResult SetTime(LinuxTask task, GuestPath filename, GuestPtr times)
    {
        if (times.IsNull)
            return Set(task, Fd.WorkingDirectory, filename, null, AtFlags.None);
        if (!ReadLong(task, times, 0, out var access) || !ReadLong(task, times, 1, out var modification))
            return Errno.EFAULT;
        return Set(task, Fd.WorkingDirectory, filename, new Pair(access, 0, modification, 0), AtFlags.None);
    }

    [Syscall("utimes", Man = "utime(2)")]
    public static SysResult SetTimes(LinuxTask task, GuestPath filename, GuestPtr times) =>
        SetTimesAt(task, Fd.WorkingDirectory, filename, times);

    [Syscall("futimesat")]
    public static SysResult SetTimesAt(LinuxTask task, Fd dirfd, GuestPath pathname, GuestPtr times)
    {
        if (times.IsNull)
            return Set(task, dirfd, pathname, null, AtFlags.None);
        if (!TryReadPair(task, times, out var pair))
            return Errno.EFAULT;
        if (pair.AccessFraction is < 0 or >= MicrosecondsPerSecond || pair.ModificationFraction is < 0 or >= MicrosecondsPerSecond)
            return Errno.EINVAL;
        return Set(task, dirfd, pathname, pair with { AccessFraction = pair.AccessFraction * 1000, ModificationFraction = pair.ModificationFraction * 1000 }, AtFlags.None);
    }

    [Syscall("utimensat")]
    public static SysResult SetTimesNs(LinuxTask task, Fd dirfd, GuestPath pathname, GuestPtr times, AtFlags flags)
    {
        if (times.IsNull)
            return Set(task, dirfd, pathname, null, flags);
        return TryReadPair(task, times, out var pair) ? SetUnlessOmitted(task, dirfd, pathname, pair, flags) : Errno.EFAULT;
    }

    [Syscall("utimensat_time64", Man = "utimensat(2)")]
    public static SysResult SetTimesNs64(LinuxTask task, Fd dirfd, GuestPath pathname, GuestPtr times, AtFlags flags)
    {
        if (times.IsNull)
            return Set(task, dirfd, pathname, null, flags);
        if (!task.Memory.TryRead<long>(times, out var access) || !task.Memory.TryRead<uint>(times + 8, out var accessFraction)
            || !task.Memory.TryRead<long>(times + 16, out var modification) || !task.Memory.TryRead<uint>(times + 24, out var modificationFraction)
            || !task.Memory.TryRead<uint>(times + 28, out _))
            return Errno.EFAULT;
        // The upper halves of the nanoseconds are padding to a 32-bit program.
        return SetUnlessOmitted(task, dirfd, pathname, new Pair(access, accessFraction, modification, modificationFraction), flags);
    }

    /// <summary>With nothing to set, not even the path is looked at (utimensat(2)).</summary>
    private static SysResult SetUnlessOmitted(LinuxTask task, Fd dirfd, GuestPath pathname, Pair times, AtFlags flags) =>
        times is { AccessFraction: UtimeOmit, ModificationFraction: UtimeOmit } ? 0 : Set(task, dirfd, pathname, times, flags);

    private static SysResult Set(LinuxTask task, Fd dirfd, GuestPath pathname, Pair? times, AtFlags flags)
    {
        if (pathname.Pointer.IsNull && !dirfd.IsWorkingDirectory)
        {
            if (flags != 0)
                return Errno.EINVAL;
            using var reference = task.Files.Get(dirfd.Value);
            return reference.File is not { IsPathOnly: false } file ? Errno.EBADF : Set(task, file.Path, times);
        }

        if ((flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0)
            return Errno.EINVAL;
        var lookup = (flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
        if ((flags & AtFlags.AT_EMPTY_PATH) != 0)
            lookup |= LookupFlags.Empty;
        var error = task.Find(dirfd, pathname, lookup, out var place);
        return error != Errno.None ? error : Set(task, place, times);
    }

    private static SysResult Set(LinuxTask task, VfsPath place, Pair? times)
    {
        var caller = new VfsCaller(task);
        var now = place.Inode.Now;
        if (times is not { } pair || pair is { AccessFraction: UtimeNow, ModificationFraction: UtimeNow })
            return FileTree.ChangeTimes(caller, place, now, now, touch: true);
        if (!IsValid(pair.AccessFraction) || !IsValid(pair.ModificationFraction))
            return Errno.EINVAL;
        return FileTree.ChangeTimes(
            caller,
            place,
            Choose(pair.Access, pair.AccessFraction, now),
            Choose(pair.Modification, pair.ModificationFraction, now),
            touch: false);
    }

    private static bool IsValid(long nanoseconds) => nanoseconds is UtimeNow or UtimeOmit or (>= 0 and < NanosecondsPerSecond);

    private static Timestamp? Choose(long seconds, long nanoseconds, Timestamp now) => nanoseconds switch
    {
        UtimeOmit => null,
        UtimeNow => now,
        _ => new Timestamp(seconds, (uint)nanoseconds),
    };

    /// <summary>Two timespecs or timevals of the ABI: both members are longs.</summary>
    private static bool TryReadPair(LinuxTask task, GuestPtr times, out Pair pair)
    {
        pair = default;
        if (!ReadLong(task, times, 0, out var access) || !ReadLong(task, times, 1, out var accessFraction)
            || !ReadLong(task, times, 2, out var modification) || !ReadLong(task, times, 3, out var modificationFraction))
            return false;
        pair = new Pair(access, accessFraction, modification, modificationFraction);
        return true;
    }

    private static bool ReadLong(LinuxTask task, GuestPtr pointer, uint index, out long value)
    {
        if (!task.Abi.Is32Bit)
            return task.Memory.TryRead(pointer + (index * 8), out value);
        var read = task.Memory.TryRead<int>(pointer + (index * 4), out var narrow);
        value = narrow;
        return read;
    }

    /// <summary>Seconds and what is over, in the caller's unit.</summary>
    private readonly record struct Pair(long Access, long AccessFraction, long Modification, long ModificationFraction);
}
