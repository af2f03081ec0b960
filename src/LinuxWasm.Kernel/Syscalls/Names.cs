using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>unlink(2), link(2), symlink(2), rename(2), readlink(2), mknod(2).</summary>
public static class Names
{
    [Syscall("unlink")]
    public static SysResult Unlink(LinuxTask task, GuestPath pathname)
    {
        var error = task.ReadPath(pathname, out var path);
        return error != Errno.None ? error : FileTree.Unlink(new VfsCaller(task), task.Fs.WorkingDirectory, path);
    }

    [Syscall("unlinkat", Man = "unlink(2)")]
    public static SysResult UnlinkAt(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags flags)
    {
        if ((flags & ~AtFlags.AT_REMOVEDIR) != 0)
            return Errno.EINVAL;
        var error = task.ReadPath(pathname, out var path);
        if (error != Errno.None)
            return error;
        error = task.StartOf(dirfd, path, out var start);
        if (error != Errno.None)
            return error;
        var caller = new VfsCaller(task);
        return (flags & AtFlags.AT_REMOVEDIR) != 0 ? FileTree.RemoveDirectory(caller, start, path) : FileTree.Unlink(caller, start, path);
    }

    [Syscall("link")]
    public static SysResult Link(LinuxTask task, GuestPath oldpath, GuestPath newpath) =>
        LinkAt(task, Fd.WorkingDirectory, oldpath, Fd.WorkingDirectory, newpath, AtFlags.None);

    [Syscall("linkat", Man = "link(2)")]
    public static SysResult LinkAt(LinuxTask task, Fd olddirfd, GuestPath oldpath, Fd newdirfd, GuestPath newpath, AtFlags flags)
    {
        if ((flags & ~(AtFlags.AT_SYMLINK_FOLLOW | AtFlags.AT_EMPTY_PATH)) != 0)
            return Errno.EINVAL;
        var mayBeEmpty = (flags & AtFlags.AT_EMPTY_PATH) != 0;
        var error = task.ReadPath(oldpath, out var oldName, mayBeEmpty);
        if (error != Errno.None)
            return error;
        error = task.StartOf(olddirfd, oldName, out var oldStart);
        if (error == Errno.None && mayBeEmpty && !MayLinkDescriptor(task, olddirfd, oldName))
            error = Errno.ENOENT;
        if (error != Errno.None)
            return error;
        var lookup = (flags & AtFlags.AT_SYMLINK_FOLLOW) != 0 ? LookupFlags.Follow : LookupFlags.None;
        var caller = new VfsCaller(task);
        error = FileTree.Find(caller, oldStart, oldName, mayBeEmpty ? lookup | LookupFlags.Empty : lookup, out var existing);
        if (error != Errno.None)
            return error;
        error = task.ReadSecondPath(newpath, out var newName);
        if (error != Errno.None)
            return error;
        error = task.StartOf(newdirfd, newName, out var newStart);
        return error != Errno.None ? error : FileTree.MakeLink(caller, existing, newStart, newName);
    }

    /// <summary>
    /// AT_EMPTY_PATH names a descriptor's file, which who was merely handed it may not (link(2)): only who opened it, with the same credentials
    /// still. Linux looks at that even if the path is not empty.
    /// </summary>
    private static bool MayLinkDescriptor(LinuxTask task, Fd olddirfd, ReadOnlySpan<byte> path)
    {
        if (olddirfd.IsWorkingDirectory || path is [(byte)'/', ..] || task.Credentials.Has(Capability.CAP_DAC_READ_SEARCH))
            return true;
        using var reference = task.Files.Get(olddirfd.Value);
        return ReferenceEquals(reference.File?.Opener, task.Credentials);
    }

    [Syscall("symlink")]
    public static SysResult Symlink(LinuxTask task, GuestPath target, GuestPath linkpath) =>
        SymlinkAt(task, target, Fd.WorkingDirectory, linkpath);

    [Syscall("symlinkat", Man = "symlink(2)")]
    public static SysResult SymlinkAt(LinuxTask task, GuestPath target, Fd newdirfd, GuestPath linkpath)
    {
        var error = task.ReadPath(target, out var text);
        if (error != Errno.None)
            return error;
        error = task.ReadSecondPath(linkpath, out var path);
        if (error != Errno.None)
            return error;
        error = task.StartOf(newdirfd, path, out var start);
        return error != Errno.None ? error : FileTree.MakeSymlink(new VfsCaller(task), text, start, path);
    }

    [Syscall("rename")]
    public static SysResult Rename(LinuxTask task, GuestPath oldpath, GuestPath newpath) =>
        RenameAt2(task, Fd.WorkingDirectory, oldpath, Fd.WorkingDirectory, newpath, RenameFlags.None);

    [Syscall("renameat", Man = "rename(2)")]
    public static SysResult RenameAt(LinuxTask task, Fd olddirfd, GuestPath oldpath, Fd newdirfd, GuestPath newpath) =>
        RenameAt2(task, olddirfd, oldpath, newdirfd, newpath, RenameFlags.None);

    [Syscall("renameat2", Man = "rename(2)")]
    public static SysResult RenameAt2(LinuxTask task, Fd olddirfd, GuestPath oldpath, Fd newdirfd, GuestPath newpath, RenameFlags flags)
    {
        const RenameFlags Placing = RenameFlags.RENAME_NOREPLACE | RenameFlags.RENAME_WHITEOUT;
        if ((flags & ~(Placing | RenameFlags.RENAME_EXCHANGE)) != 0 || ((flags & RenameFlags.RENAME_EXCHANGE) != 0 && (flags & Placing) != 0))
            return Errno.EINVAL;
        var error = task.ReadPath(oldpath, out var oldName);
        if (error != Errno.None)
            return error;
        error = task.StartOf(olddirfd, oldName, out var oldStart);
        if (error != Errno.None)
            return error;
        var caller = new VfsCaller(task);
        error = task.ReadSecondPath(newpath, out var newName);
        var newStart = default(VfsPath);
        if (error == Errno.None)
            error = task.StartOf(newdirfd, newName, out newStart);
        if (error == Errno.None)
            return FileTree.Rename(caller, oldStart, oldName, newStart, newName, flags);
        // What is wrong with the old path is said before what is wrong with the new one's pointer and descriptor.
        var walked = FileTree.FindParent(caller, oldStart, oldName);
        return walked != Errno.None ? walked : error;
    }

    [Syscall("readlink")]
    public static SysResult ReadLink(LinuxTask task, GuestPath pathname, [Out("return")] GuestPtr buf, int bufsiz) =>
        ReadLinkAt(task, Fd.WorkingDirectory, pathname, buf, bufsiz);

    [Syscall("readlinkat", Man = "readlink(2)")]
    public static SysResult ReadLinkAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Out("return")] GuestPtr buf, int bufsiz)
    {
        if (bufsiz <= 0)
            return Errno.EINVAL;
        // An empty path means the link that the descriptor was opened at with O_PATH and O_NOFOLLOW.
        var error = task.ReadPath(pathname, out var path, mayBeEmpty: true);
        if (error != Errno.None)
            return error;
        error = task.StartOf(dirfd, path, out var start);
        if (error != Errno.None)
            return error;
        error = FileTree.Find(new VfsCaller(task), start, path, LookupFlags.Empty, out var place);
        if (error != Errno.None)
            return error;
        if (!place.Inode.IsSymlink)
            return path.IsEmpty ? Errno.ENOENT : Errno.EINVAL;
        error = place.Inode.ReadLink(task, out var target);
        if (error != Errno.None)
            return error;
        FileTimes.Accessed(place.Inode, place.Mount);
        var length = Math.Min(target.Length, bufsiz);
        return task.Memory.TryWrite(buf, target.AsSpan(0, length)) ? length : Errno.EFAULT;
    }

    [Syscall("mknod")]
    public static SysResult MakeNode(LinuxTask task, GuestPath pathname, [Show("octal")] Mode mode, [Show("hex")] uint dev) =>
        MakeNodeAt(task, Fd.WorkingDirectory, pathname, mode, dev);

    [Syscall("mknodat", Man = "mknod(2)")]
    public static SysResult MakeNodeAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Show("octal")] Mode mode, [Show("hex")] uint dev)
    {
        // Types that nobody can make are refused before the path is looked at.
        var type = mode.Type();
        if (type == Mode.S_IFDIR)
            return Errno.EPERM;
        if (type is not (Mode.None or Mode.S_IFREG or Mode.S_IFCHR or Mode.S_IFBLK or Mode.S_IFIFO or Mode.S_IFSOCK))
            return Errno.EINVAL;
        var error = task.ReadPath(pathname, out var path);
        if (error != Errno.None)
            return error;
        error = task.StartOf(dirfd, path, out var start);
        return error != Errno.None ? error : FileTree.MakeNode(new VfsCaller(task), start, path, mode & (Mode.S_IFMT | Mode.Permissions), DeviceNumber.FromEncoded(dev));
    }
}
