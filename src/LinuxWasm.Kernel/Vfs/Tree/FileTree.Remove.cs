using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Names that go: unlink(2), rmdir(2).</summary>
public static partial class FileTree
{
    public static Errno Unlink(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = walk.ToLast();
        if (error != Errno.None)
            return error;
        if (walk.LastKind != LastKind.Name)
            return Errno.EISDIR;
        var place = walk.Current;
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        Inode inode;
        lock (place.Inode.Lock)
        {
            error = PathWalk.FindLocked(place.Dentry, walk.Last, out var victim);
            if (error != Errno.None)
                return error;
            inode = victim!.Inode;
            if (walk.TrailingSlash)
                return inode.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
            error = MayDelete(place.Inode, victim, caller.Credentials, asDirectory: false);
            if (error != Errno.None)
                return error;
            if (victim.IsMountPoint)
                return Errno.EBUSY;
            lock (inode.Lock)
                error = place.Inode.RemoveLink(victim.Name, inode);
            if (error != Errno.None)
                return error;
            victim.MarkRemoved();
            FileEvents.OnInode(inode, InotifyMask.IN_ATTRIB);
            FileEvents.InDirectory(place.Inode, victim.Name, InotifyMask.IN_DELETE, inode);
        }

        inode.EvictIfUnused();
        return Errno.None;
    }

    public static Errno RemoveDirectory(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path, LookupFlags.None);
        var error = walk.ToLast();
        if (error != Errno.None)
            return error;
        switch (walk.LastKind)
        {
            case LastKind.DotDot: return Errno.ENOTEMPTY;
            case LastKind.Dot: return Errno.EINVAL;
            case LastKind.None: return Errno.EBUSY;
        }

        var place = walk.Current;
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        Inode inode;
        lock (place.Inode.Lock)
        {
            error = PathWalk.FindLocked(place.Dentry, walk.Last, out var victim);
            if (error != Errno.None)
                return error;
            inode = victim!.Inode;
            error = MayDelete(place.Inode, victim, caller.Credentials, asDirectory: true);
            if (error != Errno.None)
                return error;
            if (victim.IsMountPoint)
                return Errno.EBUSY;
            lock (inode.Lock)
            {
                error = place.Inode.RemoveDirectory(victim.Name, inode);
                if (error != Errno.None)
                    return error;
                inode.IsDead = true;
            }

            victim.MarkRemoved();
            FileEvents.InDirectory(place.Inode, victim.Name, InotifyMask.IN_DELETE, inode);
        }

        inode.EvictIfUnused();
        return Errno.None;
    }
}
