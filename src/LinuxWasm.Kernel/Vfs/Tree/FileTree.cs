using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// What can be done to the tree by path, with the checks that every file system shares, in Linux's order (fs/namei.c).
/// System calls, the host and the tools use the same operations; they differ in the <see cref="VfsCaller"/>.
/// </summary>
public static partial class FileTree
{
    /// <summary>Finds what a path leads to.</summary>
    public static Errno Find(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, LookupFlags flags, out VfsPath place) =>
        PathWalk.Resolve(caller, start, path, flags, out place);

    /// <summary>Walks to the directory that holds a path's last component, and says what goes wrong on the way.</summary>
    public static Errno FindParent(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path) =>
        new PathWalk(caller, start, path, LookupFlags.None).ToLast();

    /// <summary>EACCES or EROFS where somebody may not do that with an inode (inode_permission).</summary>
    public static Errno CheckAccess(Inode inode, Credentials credentials, Access access)
    {
        // Devices, FIFOs and sockets are written to without changing their file system.
        if ((access & Access.Write) != 0 && inode.SuperBlock.IsReadOnly && inode.Mode.Type() is Mode.S_IFREG or Mode.S_IFDIR or Mode.S_IFLNK)
            return Errno.EROFS;
        return inode.CheckPermission(credentials, access);
    }

    /// <summary>Type, permissions and owner of what is about to be made in a directory (vfs_prepare_mode, inode_init_owner).</summary>
    private static NewInode Prepare(in VfsCaller caller, Inode directory, Mode mode, DeviceNumber rdev = default)
    {
        var credentials = caller.Credentials;
        var inheritsGroup = (directory.Mode & Mode.S_ISGID) != 0;
        if (inheritsGroup && !mode.IsDirectory() && (mode & SetGidExecutable) == SetGidExecutable
            && !credentials.InGroup(directory.Gid) && !credentials.Has(Capability.CAP_FSETID))
            mode &= ~Mode.S_ISGID;
        if (!mode.IsSymlink())
            mode &= ~caller.Fs.Umask;
        if (inheritsGroup && mode.IsDirectory())
            mode |= Mode.S_ISGID;
        return new NewInode(mode, credentials.Fsuid, inheritsGroup ? directory.Gid : credentials.Fsgid, rdev);
    }

    /// <summary>Whether a name can be made (may_create); the name itself is known to be free. Caller holds the directory's lock.</summary>
    private static Errno MayCreate(Inode directory, Credentials credentials) =>
        directory.IsDead ? Errno.ENOENT : CheckAccess(directory, credentials, Access.Write | Access.Execute);

    /// <summary>Whether a name can be taken away (may_delete). Caller holds the directory's lock.</summary>
    private static Errno MayDelete(Inode directory, Dentry victim, Credentials credentials, bool asDirectory)
    {
        var error = CheckAccess(directory, credentials, Access.Write | Access.Execute);
        if (error != Errno.None)
            return error;
        if (Permissions.StickyForbids(directory, victim.Inode, credentials))
            return Errno.EPERM;
        if (asDirectory != victim.Inode.IsDirectory)
            return asDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        return directory.IsDead ? Errno.ENOENT : Errno.None;
    }

    /// <summary>
    /// The checks on a new last name, in filename_create's order. Caller holds the directory's lock.
    /// </summary>
    private static Errno CheckNewName(in VfsCaller caller, ref PathWalk walk, bool forDirectory)
    {
        var directory = walk.Current;
        var error = PathWalk.FindLocked(directory.Dentry, walk.Last, out _);
        if (error == Errno.None)
            return Errno.EEXIST;
        if (error != Errno.ENOENT)
            return error;
        if (walk.TrailingSlash && !forDirectory)
            return Errno.ENOENT;
        return directory.Mount.IsReadOnly ? Errno.EROFS : MayCreate(directory.Inode, caller.Credentials);
    }

    /// <summary>Walks to where a new name is to be: "." and ".." and "/" exist already.</summary>
    private static Errno ToNewName(ref PathWalk walk)
    {
        var error = walk.ToLast();
        return error == Errno.None && walk.LastKind != LastKind.Name ? Errno.EEXIST : error;
    }
}
