using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>chdir(2), getcwd(2), chroot(2).</summary>
public static class WorkingDirectory
{
    [Syscall("chdir")]
    public static SysResult Change(LinuxTask task, GuestPath path)
    {
        var error = FindSearchable(task, path, out var place);
        if (error != Errno.None)
            return error;
        task.Fs.SetWorkingDirectory(place);
        return 0;
    }

    [Syscall("fchdir", Man = "chdir(2)")]
    public static SysResult ChangeTo(LinuxTask task, Fd fd)
    {
        var error = task.PlaceOf(fd, out var place);
        if (error != Errno.None)
            return error;
        if (!place.Inode.IsDirectory)
            return Errno.ENOTDIR;
        error = FileTree.CheckAccess(place.Inode, task.Credentials, Access.Execute);
        if (error != Errno.None)
            return error;
        task.Fs.SetWorkingDirectory(place);
        return 0;
    }

    [Syscall("getcwd")]
    public static SysResult Get(LinuxTask task, [Out("return")] GuestPtr buf, GuestSize size)
    {
        var place = task.Fs.WorkingDirectory;
        if (place.Dentry.IsRemoved)
            return Errno.ENOENT;
        var path = PathText.Of(task.Kernel.Mounts, task.Fs.Root, place);
        if (path.Length + 1 > PathBuffers.MaxPath)
            return Errno.ENAMETOOLONG;
        if ((ulong)path.Length + 1 > size.Value)
            return Errno.ERANGE;
        return task.Memory.TryWrite(buf, (byte[])[.. path, 0]) ? path.Length + 1 : Errno.EFAULT;
    }

    [Syscall("chroot")]
    public static SysResult ChangeRoot(LinuxTask task, GuestPath path)
    {
        var error = FindSearchable(task, path, out var place);
        if (error != Errno.None)
            return error;
        if (!task.Credentials.Has(Capability.CAP_SYS_CHROOT))
            return Errno.EPERM;
        task.Fs.SetRoot(place);
        return 0;
    }

    private static Errno FindSearchable(LinuxTask task, GuestPath path, out VfsPath place)
    {
        var error = task.Find(Fd.WorkingDirectory, path, LookupFlags.Follow | LookupFlags.Directory, out place);
        return error != Errno.None ? error : FileTree.CheckAccess(place.Inode, task.Credentials, Access.Execute);
    }
}
