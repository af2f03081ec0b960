using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>New names: mkdir(2), mknod(2), symlink(2), link(2).</summary>
public static partial class FileTree
{
    public static Errno MakeDirectory(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, Mode mode)
    {
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = ToNewName(ref walk);
        if (error != Errno.None)
            return error;
        var directory = walk.Current.Dentry;
        lock (directory.Inode.Lock)
        {
            error = CheckNewName(caller, ref walk, forDirectory: true);
            if (error != Errno.None)
                return error;
            var node = Prepare(caller, directory.Inode, Mode.S_IFDIR | (mode & (Mode.Access | Mode.S_ISVTX)));
            return Make(directory, walk.Last, node);
        }
    }

    /// <summary>Makes a file, FIFO, socket or device; a type of 0 is a regular file.</summary>
    public static Errno MakeNode(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, Mode mode, DeviceNumber device)
    {
        var type = mode.Type();
        switch (type)
        {
            case Mode.None:
                mode |= Mode.S_IFREG;
                break;
            case Mode.S_IFREG or Mode.S_IFCHR or Mode.S_IFBLK or Mode.S_IFIFO or Mode.S_IFSOCK:
                break;
            case Mode.S_IFDIR:
                return Errno.EPERM;
            default:
                return Errno.EINVAL;
        }

        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = ToNewName(ref walk);
        if (error != Errno.None)
            return error;
        var isDevice = type is Mode.S_IFCHR or Mode.S_IFBLK;
        var directory = walk.Current.Dentry;
        lock (directory.Inode.Lock)
        {
            error = CheckNewName(caller, ref walk, forDirectory: false);
            if (error != Errno.None)
                return error;
            // 0:0 marks a whiteout, which anybody may make.
            if (isDevice && device != default && !caller.Credentials.Has(Capability.CAP_MKNOD))
                return Errno.EPERM;
            if (type == Mode.S_IFBLK && device == default && !caller.Credentials.Has(Capability.CAP_MKNOD))
                return Errno.EPERM;
            var node = Prepare(caller, directory.Inode, mode & (Mode.S_IFMT | Mode.Permissions), isDevice ? device : default);
            return Make(directory, walk.Last, node);
        }
    }

    /// <summary>Makes the name of a socket, as bind(2) does, with all permissions that the umask leaves.</summary>
    public static Errno MakeSocket(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, out VfsPath place)
    {
        place = default;
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = ToNewName(ref walk);
        if (error != Errno.None)
            return error;
        var directory = walk.Current.Dentry;
        lock (directory.Inode.Lock)
        {
            Dentry? made = null;
            error = CheckNewName(caller, ref walk, forDirectory: false);
            if (error == Errno.None)
                error = Make(directory, walk.Last, Prepare(caller, directory.Inode, Mode.S_IFSOCK | Mode.Access));
            if (error == Errno.None)
                error = PathWalk.FindLocked(directory, walk.Last, out made);
            if (error == Errno.None)
                place = new VfsPath(walk.Current.Mount, made!);
            return error;
        }
    }

    /// <summary>Makes a symbolic link that says <paramref name="target"/> (not empty, whatever it leads to).</summary>
    public static Errno MakeSymlink(in VfsCaller caller, ReadOnlySpan<byte> target, VfsPath start, ReadOnlySpan<byte> path)
    {
        if (target.IsEmpty)
            return Errno.ENOENT;
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = ToNewName(ref walk);
        if (error != Errno.None)
            return error;
        var directory = walk.Current.Dentry;
        lock (directory.Inode.Lock)
        {
            error = CheckNewName(caller, ref walk, forDirectory: false);
            if (error != Errno.None)
                return error;
            var name = new FsName(walk.Last);
            error = directory.Inode.MakeSymlink(name, Prepare(caller, directory.Inode, Mode.S_IFLNK | Mode.Access), target, out var inode);
            if (error != Errno.None)
                return error;
            directory.AddChild(name, inode!);
            FileEvents.InDirectory(directory.Inode, name, InotifyMask.IN_CREATE, inode!);
            return Errno.None;
        }
    }

    /// <summary>Gives an existing file another name.</summary>
    public static Errno MakeLink(in VfsCaller caller, VfsPath existing, VfsPath start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = ToNewName(ref walk);
        if (error != Errno.None)
            return error;
        var inode = existing.Inode;
        var directory = walk.Current.Dentry;
        lock (directory.Inode.Lock)
        {
            error = PathWalk.FindLocked(directory, walk.Last, out _);
            if (error != Errno.ENOENT)
                return error == Errno.None ? Errno.EEXIST : error;
            if (walk.TrailingSlash)
                return Errno.ENOENT;
            if (walk.Current.Mount.IsReadOnly)
                return Errno.EROFS;
            if (!ReferenceEquals(existing.Mount, walk.Current.Mount))
                return Errno.EXDEV;
            if (!MayLink(inode, caller.Credentials))
                return Errno.EPERM;
            error = MayCreate(directory.Inode, caller.Credentials);
            if (error != Errno.None)
                return error;
            if (inode.IsDirectory)
                return Errno.EPERM;
            var name = new FsName(walk.Last);
            lock (inode.Lock)
            {
                if (inode.Nlink == 0 && !inode.IsLinkable)
                    return Errno.ENOENT;
                error = directory.Inode.MakeLink(name, inode);
            }

            if (error != Errno.None)
                return error;
            directory.AddChild(name, inode);
            FileEvents.OnInode(inode, InotifyMask.IN_ATTRIB);
            FileEvents.InDirectory(directory.Inode, name, InotifyMask.IN_CREATE, inode);
            return Errno.None;
        }
    }

    /// <summary>proc(5), protected_hardlinks: others' files are linked only if they are harmless and could be opened for reading and writing.</summary>
    private static bool MayLink(Inode inode, Credentials credentials)
    {
        if (Permissions.OwnsOrCapable(inode, credentials))
            return true;
        return inode.IsRegular
            && (inode.Mode & Mode.S_ISUID) == 0
            && (inode.Mode & SetGidExecutable) != SetGidExecutable
            && CheckAccess(inode, credentials, Access.Read | Access.Write) == Errno.None;
    }

    /// <summary>Caller holds the directory's lock and has found the name free.</summary>
    private static Errno Make(Dentry directory, ReadOnlySpan<byte> last, in NewInode node)
    {
        var name = new FsName(last);
        var error = directory.Inode.Make(name, node, out var inode);
        if (error != Errno.None)
            return error;
        directory.AddChild(name, inode!);
        FileEvents.InDirectory(directory.Inode, name, InotifyMask.IN_CREATE, inode!);
        return Errno.None;
    }
}
