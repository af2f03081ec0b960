using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>truncate(2), ftruncate(2).</summary>
public static class Truncation
{
    [Syscall("truncate")]
    public static SysResult Truncate(LinuxTask task, GuestPath path, GuestLong length) => ByPath(task, path, length.Value);

    [Syscall("truncate64", Man = "truncate(2)")]
    public static SysResult Truncate64(LinuxTask task, GuestPath path, long length) => ByPath(task, path, length);

    [Syscall("ftruncate", Man = "truncate(2)")]
    public static SysResult TruncateOpen(LinuxTask task, Fd fd, GuestLong length) => ByFd(task, fd, length.Value, isSmall: true);

    [Syscall("ftruncate64", Man = "truncate(2)")]
    public static SysResult TruncateOpen64(LinuxTask task, Fd fd, long length) => ByFd(task, fd, length, isSmall: false);

    private static SysResult ByPath(LinuxTask task, GuestPath path, long length)
    {
        if (length < 0)
            return Errno.EINVAL;
        var error = task.Find(Fd.WorkingDirectory, path, LookupFlags.Follow, out var place);
        if (error != Errno.None)
            return error;
        var inode = place.Inode;
        if (inode.IsDirectory)
            return Errno.EISDIR;
        if (!inode.IsRegular)
            return Errno.EINVAL;
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        error = FileTree.CheckAccess(inode, task.Credentials, Access.Write);
        if (error != Errno.None)
            return error;
        if (!inode.TryAddWriter())
            return Errno.ETXTBSY;
        error = CheckLimit(task, inode, length);
        if (error == Errno.None)
            error = FileTree.Truncate(new VfsCaller(task), inode, length);
        inode.RemoveWriter();
        if (error == Errno.None)
            FileEvents.OnFile(place.Dentry, InotifyMask.IN_MODIFY);
        return error;
    }

    private static SysResult ByFd(LinuxTask task, Fd fd, long length, bool isSmall)
    {
        if (length < 0)
            return Errno.EINVAL;
        using var reference = task.Files.Get(fd.Value);
        if (reference.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        var inode = file.Inode;
        if (!inode.IsRegular || !file.CanWrite)
            return Errno.EINVAL;
        // Without O_LARGEFILE a file does not grow beyond a 32-bit off_t.
        if (isSmall && (file.Flags & OpenFlags.O_LARGEFILE) == 0 && length > int.MaxValue)
            return Errno.EINVAL;
        var error = CheckLimit(task, inode, length);
        if (error == Errno.None)
            error = FileTree.Truncate(new VfsCaller(task), inode, length);
        if (error == Errno.None)
            FileEvents.OnFile(file.Path.Dentry, InotifyMask.IN_MODIFY);
        return error;
    }

    /// <summary>RLIMIT_FSIZE bounds files that grow (inode_newsize_ok).</summary>
    private static Errno CheckLimit(LinuxTask task, Inode inode, long length)
    {
        if (length <= inode.Size || (ulong)length <= task.Group.Limits[Resource.RLIMIT_FSIZE])
            return Errno.None;
        task.Raise(Signal.SIGXFSZ);
        return Errno.EFBIG;
    }
}
