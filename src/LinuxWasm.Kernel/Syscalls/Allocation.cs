using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>fallocate(2), posix_fadvise(2), readahead(2).</summary>
public static class Allocation
{
    /// <summary>posix_fadvise(2)'s advice.</summary>
    public enum FileAdvice
    {
        POSIX_FADV_NORMAL = 0,
        POSIX_FADV_RANDOM = 1,
        POSIX_FADV_SEQUENTIAL = 2,
        POSIX_FADV_WILLNEED = 3,
        POSIX_FADV_DONTNEED = 4,
        POSIX_FADV_NOREUSE = 5,
    }

    [Syscall("fallocate")]
    public static SysResult Fallocate(LinuxTask task, Fd fd, FallocateMode mode, long offset, long len)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if (offset < 0 || len <= 0)
            return Errno.EINVAL;
        if (!IsSensible(mode))
            return Errno.EOPNOTSUPP;
        if (!file.CanWrite)
            return Errno.EBADF;
        switch (file.Inode.Mode.Type())
        {
            case Mode.S_IFIFO:
                return Errno.ESPIPE;
            case Mode.S_IFREG:
                break;
            default:
                return Errno.ENODEV;
        }

        if (len > long.MaxValue - offset || offset + len > file.Inode.SuperBlock.MaxFileSize)
            return Errno.EFBIG;
        // With FALLOC_FL_KEEP_SIZE too: what is allocated counts.
        if ((mode & FallocateMode.FALLOC_FL_PUNCH_HOLE) == 0 && offset + len > file.Inode.Size
            && (ulong)(offset + len) > task.Group.Limits[Resource.RLIMIT_FSIZE])
        {
            task.Raise(Signal.SIGXFSZ);
            return Errno.EFBIG;
        }

        var error = file.Allocate(mode, offset, len);
        if (error == Errno.None)
            FileEvents.OnFile(file.Path.Dentry, InotifyMask.IN_MODIFY);
        return error;
    }

    [Syscall("fadvise64", Man = "posix_fadvise(2)")]
    public static SysResult Fadvise64(LinuxTask task, Fd fd, long offset, GuestSize len, FileAdvice advice) =>
        Advise(task, fd, (long)len.Value, advice);

    /// <summary>i386's second form, whose length has 64 bits.</summary>
    [Syscall("fadvise64_64", Man = "posix_fadvise(2)")]
    public static SysResult Fadvise6464(LinuxTask task, Fd fd, long offset, long len, FileAdvice advice) => Advise(task, fd, len, advice);

    [Syscall("readahead")]
    public static SysResult Readahead(LinuxTask task, Fd fd, long offset, GuestSize count)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { CanRead: true } file)
            return Errno.EBADF;
        return file.HasRead && file.Inode.Mode.Type() is Mode.S_IFREG or Mode.S_IFBLK ? 0 : Errno.EINVAL;
    }

    /// <summary>Nothing here is read ahead or cached twice, so all advice is followed already, as on a Linux tmpfs.</summary>
    private static SysResult Advise(LinuxTask task, Fd fd, long length, FileAdvice advice)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if (file.Inode.Mode.Type() == Mode.S_IFIFO)
            return Errno.ESPIPE;
        return length < 0 || (uint)advice > (uint)FileAdvice.POSIX_FADV_NOREUSE ? Errno.EINVAL : 0;
    }

    /// <summary>One thing at a time; punching needs FALLOC_FL_KEEP_SIZE, and what moves the end of the file excludes it.</summary>
    private static bool IsSensible(FallocateMode mode)
    {
        var keeps = (mode & FallocateMode.FALLOC_FL_KEEP_SIZE) != 0;
        return (mode & ~FallocateMode.FALLOC_FL_KEEP_SIZE) switch
        {
            FallocateMode.None or FallocateMode.FALLOC_FL_UNSHARE_RANGE or FallocateMode.FALLOC_FL_ZERO_RANGE => true,
            FallocateMode.FALLOC_FL_PUNCH_HOLE => keeps,
            FallocateMode.FALLOC_FL_COLLAPSE_RANGE or FallocateMode.FALLOC_FL_INSERT_RANGE or FallocateMode.FALLOC_FL_WRITE_ZEROES => !keeps,
            _ => false,
        };
    }
}
