using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>fsync(2), fdatasync(2), sync(2), syncfs(2), sync_file_range(2).</summary>
public static class Synchronising
{
    [Flags]
    public enum SyncFileRangeFlags : uint
    {
        None = 0,
        SYNC_FILE_RANGE_WAIT_BEFORE = 1,
        SYNC_FILE_RANGE_WRITE = 2,
        SYNC_FILE_RANGE_WAIT_AFTER = 4,
        All = 7,
    }

    [Syscall("fsync")]
    public static SysResult Fsync(LinuxTask task, Fd fd) => Sync(task, fd, dataOnly: false);

    [Syscall("fdatasync", Man = "fsync(2)")]
    public static SysResult Fdatasync(LinuxTask task, Fd fd) => Sync(task, fd, dataOnly: true);

    [Syscall("sync")]
    public static SysResult SyncAll(LinuxTask task)
    {
        foreach (var mount in task.Kernel.Mounts.All)
            mount.SuperBlock.Sync();
        return 0;
    }

    [Syscall("syncfs", Man = "sync(2)")]
    public static SysResult SyncFs(LinuxTask task, Fd fd)
    {
        using var use = task.Files.Get(fd.Value);
        return use.File is { IsPathOnly: false } file ? file.Path.Mount.SuperBlock.Sync() : Errno.EBADF;
    }

    [Syscall("sync_file_range")]
    public static SysResult SyncFileRange(LinuxTask task, Fd fd, long offset, long nbytes, SyncFileRangeFlags flags)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((flags & ~SyncFileRangeFlags.All) != 0 || offset < 0 || nbytes < 0 || nbytes > long.MaxValue - offset)
            return Errno.EINVAL;
        if (file.Inode.Mode.Type() is not (Mode.S_IFREG or Mode.S_IFBLK or Mode.S_IFDIR))
            return Errno.ESPIPE;
        // Only starting to write, or waiting for what was never started, promises nothing (sync_file_range(2), WARNING).
        return (flags & SyncFileRangeFlags.SYNC_FILE_RANGE_WAIT_AFTER) != 0 && file.Inode.IsRegular && file.HasWrite ? file.Sync(dataOnly: true) : 0;
    }

    private static SysResult Sync(LinuxTask task, Fd fd, bool dataOnly)
    {
        using var use = task.Files.Get(fd.Value);
        return use.File is { IsPathOnly: false } file ? file.Sync(dataOnly) : Errno.EBADF;
    }
}
