using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// What a file system does for the names in a directory and for a file's contents (Linux's inode_operations). Callers have checked permissions,
/// types and lengths, and looked the names up; a file system that does not override an operation answers what Linux answers then.
/// </summary>
public abstract partial class Inode
{
    /// <summary>Finds a name: ENOENT where there is none. Caller holds the directory's <see cref="Lock"/>, here and in all operations on names.</summary>
    public virtual Errno Lookup(FsName name, out Inode? inode)
    {
        inode = null;
        return Errno.ENOTDIR;
    }

    /// <summary>Makes anything but a symbolic link: type, permissions, owner and device are in <paramref name="node"/>.</summary>
    public virtual Errno Make(FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        return Errno.EPERM;
    }

    public virtual Errno MakeSymlink(FsName name, in NewInode node, ReadOnlySpan<byte> target, out Inode? inode)
    {
        inode = null;
        return Errno.EPERM;
    }

    /// <summary>A file without a name in this directory's file system: for O_TMPFILE, and for the whiteout of a rename.</summary>
    public virtual Errno MakeUnnamed(in NewInode node, out Inode? inode)
    {
        inode = null;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>Gives an inode of the same file system another name. Caller holds the inode's lock too.</summary>
    public virtual Errno MakeLink(FsName name, Inode inode) => Errno.EPERM;

    /// <summary>Takes a name from anything but a directory. Caller holds the victim's lock too.</summary>
    public virtual Errno RemoveLink(FsName name, Inode victim) => Errno.EPERM;

    /// <summary>Removes an empty directory, or answers ENOTEMPTY. Caller holds the victim's lock too.</summary>
    public virtual Errno RemoveDirectory(FsName name, Inode victim) => Errno.EPERM;

    /// <summary>
    /// Moves a name to <paramref name="newDirectory"/> (perhaps this one), in place of <paramref name="replaced"/> where that is not null: an
    /// empty directory if <paramref name="inode"/> is a directory, else ENOTEMPTY. At the old name stands <paramref name="left"/> afterwards: nothing,
    /// a whiteout that had no name, or <paramref name="replaced"/> where the two change places. Caller holds the locks of all of them.
    /// </summary>
    public virtual Errno Rename(FsName name, Inode inode, Inode newDirectory, FsName newName, Inode? replaced, Inode? left) => Errno.EPERM;

    /// <summary>Where a symbolic link points, to <paramref name="task"/> where that matters (/proc/self): a byte array that is never changed.</summary>
    public virtual Errno ReadLink(LinuxTask? task, out byte[] target)
    {
        target = [];
        return Errno.EINVAL;
    }

    /// <summary>
    /// A link that does not go by name but straight to a place, as those of /proc/self/fd do: true and the place, or false for an ordinary one.
    /// </summary>
    public virtual bool TryFollowMagicLink(LinuxTask? task, out VfsPath target, out Errno error)
    {
        target = default;
        error = Errno.None;
        return false;
    }

    /// <summary>
    /// Opens the file. Regular files and directories are the file system's; FIFOs and devices are opened through
    /// <see cref="LinuxKernel.Devices"/> and never come here. The file system has the attributes ready, permissions are checked, O_TRUNC comes later.
    /// </summary>
    public abstract Errno Open(in OpenRequest request, out OpenFile? file);

    /// <summary>Not to be cached by its name: looked up anew each time (/proc/pid).</summary>
    public virtual bool IsVolatile => false;

    /// <summary>A special file that <see cref="Open"/> opens, not the device of its number.</summary>
    public virtual bool OpensItself => false;

    /// <summary>False where the cached name does not lead here any more, and must be looked up again. For file systems that others change too.</summary>
    public virtual bool Revalidate(Dentry dentry) => true;

    /// <summary>Permission beyond mode bits and capabilities; most file systems leave it at those.</summary>
    public virtual Errno CheckPermission(Credentials credentials, Access access) => Permissions.Check(this, credentials, access);

    public virtual void GetAttributes(out InodeAttributes attributes)
    {
        lock (Lock)
        {
            attributes = new InodeAttributes
            {
                Device = SuperBlock.Device,
                Ino = Ino,
                Mode = Mode,
                Nlink = Nlink,
                Uid = Uid,
                Gid = Gid,
                Rdev = Rdev,
                Size = Size,
                BlockSize = 4096,
                Atime = Atime,
                Mtime = Mtime,
                Ctime = Ctime,
                Btime = Btime,
            };
        }
    }

    /// <summary>Changes attributes; ctime follows. A size that grows makes a hole. Caller holds <see cref="Lock"/>.</summary>
    public virtual Errno SetAttributes(in AttributeChange change)
    {
        if ((change.Kinds & AttributeKinds.Size) != 0)
            return Errno.EINVAL;
        StoreAttributes(change);
        return Errno.None;
    }

    /// <summary>Mode, owner and times are what they are: changing them answers EOPNOTSUPP, whoever asks.</summary>
    public bool HasFixedAttributes { get; init; }

    /// <summary>Extended attributes (xattr(7)); null where the file system has none: then the calls answer EOPNOTSUPP.</summary>
    public virtual XattrSet? Xattrs => null;

    /// <summary>Called once no name and no open file is left. What the inode stores is to be given back. Caller holds <see cref="Lock"/>.</summary>
    protected virtual void Evict()
    {
    }

    /// <summary>The part of <see cref="SetAttributes"/> that only stores.</summary>
    protected void StoreAttributes(in AttributeChange change)
    {
        if ((change.Kinds & AttributeKinds.Mode) != 0)
            Mode = Mode.Type() | (change.Mode & Mode.Permissions);
        if ((change.Kinds & AttributeKinds.Uid) != 0)
            Uid = change.Uid;
        if ((change.Kinds & AttributeKinds.Gid) != 0)
            Gid = change.Gid;
        if ((change.Kinds & AttributeKinds.Atime) != 0)
            Atime = change.Atime;
        if ((change.Kinds & AttributeKinds.Mtime) != 0)
            Mtime = change.Mtime;
        Ctime = Now;
    }
}
