using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getdents(2), readdir(2).</summary>
public static class DirectoryEntries
{
    [Syscall("getdents64", Man = "getdents(2)")]
    public static SysResult GetDents64(LinuxTask task, Fd fd, [Out("return")] GuestPtr dirp, uint count) =>
        List(task, fd, new DirentEmitter.Dirent64(task.Memory, dirp, count));

    [Syscall("getdents")]
    public static SysResult GetDents(LinuxTask task, Fd fd, [Out("return")] GuestPtr dirp, uint count) =>
        List(task, fd, new DirentEmitter.Dirent(task.Memory, dirp, count, task.Abi.LongSize));

    /// <summary>One entry: 1, or 0 at the end. The count is not looked at (readdir(2)).</summary>
    [Syscall("readdir", On = SyscallTable.I386)]
    public static SysResult ReadDir(LinuxTask task, Fd fd, GuestPtr dirp, uint count)
    {
        var emitter = new DirentEmitter.OldDirent(task.Memory, dirp);
        var error = Iterate(task, fd, emitter);
        if (error != Errno.None)
            return error;
        return emitter.Error != Errno.None ? emitter.Error : emitter.Taken ? 1 : 0;
    }

    private static SysResult List(LinuxTask task, Fd fd, DirentEmitter emitter)
    {
        var error = Iterate(task, fd, emitter);
        // Entries that were taken count, whatever stopped the next one.
        if (emitter.Used > 0)
            return (int)emitter.Used;
        return error != Errno.None ? error : emitter.Error;
    }

    private static Errno Iterate(LinuxTask task, Fd fd, DirectoryEmitter emitter)
    {
        using var reference = task.Files.Get(fd.Value);
        if (reference.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        Errno error;
        lock (file.PositionLock)
            error = file.Iterate(emitter);
        if (file.Inode.IsDirectory)
            FileEvents.OnFile(file.Path.Dentry, InotifyMask.IN_ACCESS);
        return error;
    }
}
