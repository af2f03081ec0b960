using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Descriptors of things that have no name in the tree: epoll, eventfd, timerfd, signalfd (anon_inode_getfd).</summary>
internal static class AnonymousFiles
{
    /// <summary>Makes a file and gives it a number: EMFILE.</summary>
    /// <param name="task">Whose descriptor it is.</param>
    /// <param name="name">What /proc/self/fd shows behind "anon_inode:".</param>
    /// <param name="flags">Access mode and O_NONBLOCK.</param>
    /// <param name="closeOnExec">FD_CLOEXEC.</param>
    /// <param name="make">Makes the file.</param>
    public static SysResult Install(LinuxTask task, string name, OpenFlags flags, bool closeOnExec, Func<OpenRequest, OpenFile> make)
    {
        var error = task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec, out var fd);
        if (error != Errno.None)
            return error;
        var place = task.Kernel.AnonInodeFs.PlaceFor(task.Kernel.AnonInode, "anon_inode:" + name);
        task.Files.Install(fd, make(new OpenRequest(place, flags, task)));
        return fd;
    }
}
