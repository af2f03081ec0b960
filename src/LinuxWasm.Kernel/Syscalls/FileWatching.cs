using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2).</summary>
public static class FileWatching
{
    [Syscall("inotify_init")]
    public static SysResult Init(LinuxTask task) => Init1(task, OpenFlags.O_RDONLY);

    [Syscall("inotify_init1", Man = "inotify_init(2)")]
    public static SysResult Init1(LinuxTask task, [Show("open_flags")] OpenFlags flags)
    {
        if ((flags & ~(OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC)) != 0)
            return Errno.EINVAL;
        return AnonymousFiles.Install(
            task, "inotify", flags & OpenFlags.O_NONBLOCK, (flags & OpenFlags.O_CLOEXEC) != 0, static request => new InotifyFile(request));
    }

    [Syscall("inotify_add_watch", Unsupported = "IN_UNMOUNT (never told)")]
    public static SysResult AddWatch(LinuxTask task, Fd fd, GuestPath pathname, InotifyMask mask)
    {
        const InotifyMask Contrary = InotifyMask.IN_MASK_ADD | InotifyMask.IN_MASK_CREATE;
        if ((mask & InotifyMask.Known) == 0 || (mask & ~InotifyMask.Known) != 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((mask & Contrary) == Contrary || file is not InotifyFile inotify)
            return Errno.EINVAL;
        var lookup = (mask & InotifyMask.IN_DONT_FOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
        if ((mask & InotifyMask.IN_ONLYDIR) != 0)
            lookup |= LookupFlags.Directory;
        var error = task.Find(Fd.WorkingDirectory, pathname, lookup, out var place);
        if (error == Errno.None)
            error = FileTree.CheckAccess(place.Inode, task.Credentials, Access.Read);
        return error == Errno.None ? inotify.AddWatch(place.Inode, mask) : error;
    }

    [Syscall("inotify_rm_watch")]
    public static SysResult RemoveWatch(LinuxTask task, Fd fd, int wd)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        return file is InotifyFile inotify ? inotify.RemoveWatch(wd) : Errno.EINVAL;
    }
}
