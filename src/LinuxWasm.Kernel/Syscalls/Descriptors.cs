using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>close(2), close_range(2), dup(2), dup2(2), dup3(2).</summary>
public static class Descriptors
{
    /// <summary>close_range(2)'s flags.</summary>
    [Flags]
    public enum CloseRangeFlags : uint
    {
        None = 0,
        CLOSE_RANGE_UNSHARE = 2,
        CLOSE_RANGE_CLOEXEC = 4,
        All = 6,
    }

    [Syscall("close")]
    public static SysResult Close(LinuxTask task, Fd fd) => task.Files.Close(fd.Value);

    [Syscall("close_range")]
    public static SysResult CloseRange(LinuxTask task, uint first, uint last, CloseRangeFlags flags)
    {
        if ((flags & ~CloseRangeFlags.All) != 0 || first > last)
            return Errno.EINVAL;
        if ((flags & CloseRangeFlags.CLOSE_RANGE_UNSHARE) != 0 && task.Files.IsShared)
        {
            var shared = task.Files;
            task.Files = shared.Clone();
            shared.Release();
        }

        if ((flags & CloseRangeFlags.CLOSE_RANGE_CLOEXEC) != 0)
            task.Files.SetCloseOnExecRange(first, last);
        else
            task.Files.CloseRange(first, last);
        return 0;
    }

    [Syscall("dup")]
    public static SysResult Dup(LinuxTask task, Fd oldfd) => Duplicate(task, oldfd, lowest: 0, closeOnExec: false);

    [Syscall("dup2", Man = "dup(2)")]
    public static SysResult Dup2(LinuxTask task, Fd oldfd, Fd newfd)
    {
        if (oldfd == newfd)
        {
            using var use = task.Files.Get(oldfd.Value);
            return use.File is null ? Errno.EBADF : newfd.Value;
        }

        return DuplicateTo(task, oldfd, newfd, closeOnExec: false);
    }

    [Syscall("dup3", Man = "dup(2)")]
    public static SysResult Dup3(LinuxTask task, Fd oldfd, Fd newfd, [Show("open_flags")] OpenFlags flags)
    {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0 || oldfd == newfd)
            return Errno.EINVAL;
        return DuplicateTo(task, oldfd, newfd, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    /// <summary>dup(2) and fcntl(2)'s F_DUPFD.</summary>
    internal static SysResult Duplicate(LinuxTask task, Fd oldfd, int lowest, bool closeOnExec)
    {
        using var use = task.Files.Get(oldfd.Value);
        if (use.File is not { } file)
            return Errno.EBADF;
        file.AddReference();
        var error = task.Files.Add(file, task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec, out var fd, lowest);
        if (error == Errno.None)
            return fd;
        file.Release();
        return error;
    }

    private static SysResult DuplicateTo(LinuxTask task, Fd oldfd, Fd newfd, bool closeOnExec)
    {
        var error = task.Files.DuplicateTo(oldfd.Value, newfd.Value, task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec);
        return error == Errno.None ? newfd.Value : error;
    }
}
