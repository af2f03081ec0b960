using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>chmod(2), access(2), umask(2).</summary>
public static class FileModes
{
    private const AtFlags LinkOrEmpty = AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH;

    [Syscall("chmod")]
    public static SysResult ChangeMode(LinuxTask task, GuestPath pathname, [Show("octal")] Mode mode) =>
        ChangeModeAt2(task, Fd.WorkingDirectory, pathname, mode, AtFlags.None);

    [Syscall("fchmod", Man = "chmod(2)")]
    public static SysResult ChangeModeOf(LinuxTask task, Fd fd, [Show("octal")] Mode mode)
    {
        using var reference = task.Files.Get(fd.Value);
        return reference.File is not { IsPathOnly: false } file ? Errno.EBADF : FileTree.ChangeMode(new VfsCaller(task), file.Path, mode);
    }

    [Syscall("fchmodat", Man = "chmod(2)")]
    public static SysResult ChangeModeAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Show("octal")] Mode mode) =>
        ChangeModeAt2(task, dirfd, pathname, mode, AtFlags.None);

    [Syscall("fchmodat2", Man = "chmod(2)")]
    public static SysResult ChangeModeAt2(LinuxTask task, Fd dirfd, GuestPath pathname, [Show("octal")] Mode mode, AtFlags flags)
    {
        if ((flags & ~LinkOrEmpty) != 0)
            return Errno.EINVAL;
        var error = task.Find(dirfd, pathname, Lookup(flags), out var place);
        return error != Errno.None ? error : FileTree.ChangeMode(new VfsCaller(task), place, mode);
    }

    [Syscall("access")]
    public static SysResult CheckAccess(LinuxTask task, GuestPath pathname, AccessMode mode) =>
        CheckAccessAt2(task, Fd.WorkingDirectory, pathname, mode, AccessAtFlags.None);

    [Syscall("faccessat", Man = "access(2)")]
    public static SysResult CheckAccessAt(LinuxTask task, Fd dirfd, GuestPath pathname, AccessMode mode) =>
        CheckAccessAt2(task, dirfd, pathname, mode, AccessAtFlags.None);

    [Syscall("faccessat2", Man = "access(2)")]
    public static SysResult CheckAccessAt2(LinuxTask task, Fd dirfd, GuestPath pathname, AccessMode mode, AccessAtFlags flags)
    {
        if ((mode & ~(AccessMode.R_OK | AccessMode.W_OK | AccessMode.X_OK)) != 0)
            return Errno.EINVAL;
        if ((flags & ~(AccessAtFlags.AT_EACCESS | AccessAtFlags.AT_SYMLINK_NOFOLLOW | AccessAtFlags.AT_EMPTY_PATH)) != 0)
            return Errno.EINVAL;
        var error = task.ReadPath(pathname, out var path, (flags & AccessAtFlags.AT_EMPTY_PATH) != 0);
        if (error != Errno.None)
            return error;
        error = task.StartOf(dirfd, path, out var start);
        if (error != Errno.None)
            return error;
        // Without AT_EACCESS the walk, too, is made with the real ids (access_override_creds).
        var caller = new VfsCaller(task);
        if ((flags & AccessAtFlags.AT_EACCESS) == 0)
            caller = caller with { Credentials = task.Credentials.WithRealIds() };
        error = FileTree.Find(caller, start, path, Lookup((AtFlags)flags & LinkOrEmpty), out var place);
        return error != Errno.None ? error : Check(caller, place, (Access)mode);
    }

    [Syscall("umask")]
    public static SysResult SetUmask(LinuxTask task, [Show("octal")] Mode mask) => (int)task.Fs.SetUmask(mask);

    private static Errno Check(in VfsCaller caller, VfsPath place, Access access)
    {
        var inode = place.Inode;
        if ((access & Access.Execute) != 0 && inode.IsRegular && (place.Mount.Flags & MountFlags.NoExec) != 0)
            return Errno.EACCES;
        var error = FileTree.CheckAccess(inode, caller.Credentials, access);
        if (error != Errno.None || (access & Access.Write) == 0)
            return error;
        // Writing to a device does not change the file system that its node is on.
        return inode.Mode.Type() is Mode.S_IFREG or Mode.S_IFDIR or Mode.S_IFLNK && place.Mount.IsReadOnly ? Errno.EROFS : Errno.None;
    }

    private static LookupFlags Lookup(AtFlags flags) =>
        ((flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None)
        | ((flags & AtFlags.AT_EMPTY_PATH) != 0 ? LookupFlags.Empty : LookupFlags.None);
}
