using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>rename(2) and renameat2(2).</summary>
public static partial class FileTree
{
    /// <param name="caller">Who renames.</param>
    /// <param name="start">Where <paramref name="path"/> begins.</param>
    /// <param name="path">The name that goes.</param>
    /// <param name="newStart">Where <paramref name="newPath"/> begins.</param>
    /// <param name="newPath">The name that comes.</param>
    /// <param name="flags">Checked by the caller: EXCHANGE goes with neither of the others.</param>
    public static Errno Rename(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, VfsPath newStart, ReadOnlySpan<byte> newPath, RenameFlags flags)
    {
        var from = new PathWalk(caller, start, path, LookupFlags.None);
        var error = from.ToLast();
        if (error != Errno.None)
            return error;
        var to = new PathWalk(caller, newStart, newPath, LookupFlags.None);
        error = to.ToLast();
        if (error != Errno.None)
            return error;
        if (!ReferenceEquals(from.Current.Mount, to.Current.Mount))
            return Errno.EXDEV;
        if (from.LastKind != LastKind.Name)
            return Errno.EBUSY;
        if (to.LastKind != LastKind.Name)
            return (flags & RenameFlags.RENAME_NOREPLACE) != 0 ? Errno.EEXIST : Errno.EBUSY;
        if (from.Current.Mount.IsReadOnly)
            return Errno.EROFS;

        Inode? replaced;
        using (new RenameLocks(from.Current.Dentry, to.Current.Dentry))
            error = RenameLocked(caller, ref from, ref to, flags, out replaced);
        replaced?.EvictIfUnused();
        return error;
    }

    private static Errno RenameLocked(in VfsCaller caller, ref PathWalk from, ref PathWalk to, RenameFlags flags, out Inode? replaced)
    {
        replaced = null;
        var oldDirectory = from.Current.Dentry;
        var newDirectory = to.Current.Dentry;
        var error = PathWalk.FindLocked(oldDirectory, from.Last, out var source);
        if (error != Errno.None)
            return error;
        error = PathWalk.FindLocked(newDirectory, to.Last, out var target);
        if (error is not (Errno.None or Errno.ENOENT))
            return error;
        error = CheckRenameNames(ref from, ref to, source!, target, flags);
        if (error != Errno.None || ReferenceEquals(source!.Inode, target?.Inode))
            return error;
        error = CheckRenamePermissions(caller.Credentials, oldDirectory.Inode, source, newDirectory.Inode, target, flags);
        if (error != Errno.None)
            return error;
        if (source.IsMountPoint || target is { IsMountPoint: true })
            return Errno.EBUSY;

        var exchange = (flags & RenameFlags.RENAME_EXCHANGE) != 0;
        var left = exchange ? target!.Inode : null;
        if ((flags & RenameFlags.RENAME_WHITEOUT) != 0)
        {
            // A whiteout is a character device 0:0. Made before anything has changed, since it may fail.
            error = oldDirectory.Inode.MakeUnnamed(Prepare(caller, oldDirectory.Inode, Mode.S_IFCHR), out left);
            if (error != Errno.None)
                return error == Errno.EOPNOTSUPP ? Errno.EINVAL : error;
        }

        var oldName = source.Name;
        var newName = target?.Name ?? new FsName(to.Last);
        using (RenameLocks.OfChildren(source.Inode, target?.Inode))
        {
            error = oldDirectory.Inode.Rename(oldName, source.Inode, newDirectory.Inode, newName, target?.Inode, left);
            if (error == Errno.None && target is { Inode.IsDirectory: true } && !exchange)
                target.Inode.IsDead = true;
        }

        if (error != Errno.None)
        {
            if (!exchange)
                left?.EvictIfUnused();
            return error;
        }

        if (exchange)
        {
            Dentry.Exchange(source, target!);
            TellRename(oldDirectory.Inode, oldName, newDirectory.Inode, newName, source.Inode, replaced: null);
            TellRename(newDirectory.Inode, newName, oldDirectory.Inode, oldName, target!.Inode, replaced: null);
            return Errno.None;
        }

        source.MoveTo(newDirectory, newName);
        target?.MarkRemoved();
        replaced = target?.Inode;
        TellRename(oldDirectory.Inode, oldName, newDirectory.Inode, newName, source.Inode, replaced);
        if (left is not null)
            oldDirectory.AddChild(oldName, left);
        return Errno.None;
    }

    private static void TellRename(Inode oldDirectory, FsName oldName, Inode newDirectory, FsName newName, Inode moved, Inode? replaced)
    {
        var cookie = FileEvents.NextCookie();
        FileEvents.InDirectory(oldDirectory, oldName, InotifyMask.IN_MOVED_FROM, moved, cookie);
        FileEvents.InDirectory(newDirectory, newName, InotifyMask.IN_MOVED_TO, moved, cookie);
        if (replaced is not null)
            FileEvents.OnInode(replaced, InotifyMask.IN_ATTRIB);
        FileEvents.OnInode(moved, InotifyMask.IN_MOVE_SELF);
    }

    /// <summary>What the names and types alone forbid, in do_renameat2's order.</summary>
    private static Errno CheckRenameNames(ref PathWalk from, ref PathWalk to, Dentry source, Dentry? target, RenameFlags flags)
    {
        var exchange = (flags & RenameFlags.RENAME_EXCHANGE) != 0;
        if ((flags & RenameFlags.RENAME_NOREPLACE) != 0 && target is not null)
            return Errno.EEXIST;
        if (exchange)
        {
            if (target is null)
                return Errno.ENOENT;
            if (!target.Inode.IsDirectory && to.TrailingSlash)
                return Errno.ENOTDIR;
        }

        if (!source.Inode.IsDirectory && (from.TrailingSlash || (!exchange && to.TrailingSlash)))
            return Errno.ENOTDIR;
        // A directory can't become part of itself, and what lies above the source is not empty.
        if (source.IsAncestorOrSelf(to.Current.Dentry))
            return Errno.EINVAL;
        if (target is not null && target.IsAncestorOrSelf(from.Current.Dentry))
            return exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        return Errno.None;
    }

    /// <summary>vfs_rename's checks.</summary>
    private static Errno CheckRenamePermissions(Credentials credentials, Inode oldDirectory, Dentry source, Inode newDirectory, Dentry? target, RenameFlags flags)
    {
        var exchange = (flags & RenameFlags.RENAME_EXCHANGE) != 0;
        var isDirectory = source.Inode.IsDirectory;
        var error = MayDelete(oldDirectory, source, credentials, isDirectory);
        if (error != Errno.None)
            return error;
        error = target is null
            ? MayCreate(newDirectory, credentials)
            : MayDelete(newDirectory, target, credentials, exchange ? target.Inode.IsDirectory : isDirectory);
        if (error != Errno.None || ReferenceEquals(oldDirectory, newDirectory))
            return error;
        // A directory that gets another parent has its ".." changed: that is a write to it.
        if (isDirectory)
            error = CheckAccess(source.Inode, credentials, Access.Write);
        if (error == Errno.None && exchange && target!.Inode.IsDirectory)
            error = CheckAccess(target.Inode, credentials, Access.Write);
        return error;
    }
}
