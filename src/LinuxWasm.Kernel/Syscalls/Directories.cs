using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>mkdir(2), rmdir(2).</summary>
public static class Directories
{
    [Syscall("mkdir")]
    public static SysResult MakeDirectory(LinuxTask task, GuestPath pathname, [Show("octal")] Mode mode) =>
        MakeDirectoryAt(task, Fd.WorkingDirectory, pathname, mode);

    [Syscall("mkdirat", Man = "mkdir(2)")]
    public static SysResult MakeDirectoryAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Show("octal")] Mode mode)
    {
        var error = task.ReadPath(pathname, out var path);
        if (error != Errno.None)
            return error;
        error = task.StartOf(dirfd, path, out var start);
        return error != Errno.None ? error : FileTree.MakeDirectory(new VfsCaller(task), start, path, mode);
    }

    [Syscall("rmdir")]
    public static SysResult RemoveDirectory(LinuxTask task, GuestPath pathname)
    {
        var error = task.ReadPath(pathname, out var path);
        return error != Errno.None ? error : FileTree.RemoveDirectory(new VfsCaller(task), task.Fs.WorkingDirectory, path);
    }
}
