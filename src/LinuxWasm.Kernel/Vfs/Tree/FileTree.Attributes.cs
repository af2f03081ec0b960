using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>chmod(2), chown(2), utimensat(2), truncate(2) on an inode that was found (notify_change, setattr_prepare).</summary>
public static partial class FileTree
{
    /// <summary>Leaves a user or group as it is.</summary>
    public const uint KeepId = uint.MaxValue;

    private const Mode SetGidExecutable = Mode.S_ISGID | Mode.S_IXGRP;

    public static Errno ChangeMode(in VfsCaller caller, VfsPath place, Mode mode)
    {
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        var inode = place.Inode;
        // A link's own permissions mean nothing, and no file system lets them be changed (fchmodat2(2)).
        if (inode.IsSymlink || inode.HasFixedAttributes)
            return Errno.EOPNOTSUPP;
        lock (inode.Lock)
        {
            if (!Permissions.OwnsOrCapable(inode, caller.Credentials))
                return Errno.EPERM;
            if (!caller.Credentials.InGroup(inode.Gid) && !caller.Credentials.Has(Capability.CAP_FSETID))
                mode &= ~Mode.S_ISGID;
            return Told(place, InotifyMask.IN_ATTRIB, inode.SetAttributes(new AttributeChange { Kinds = AttributeKinds.Mode, Mode = mode & Mode.Permissions }));
        }
    }

    /// <param name="caller">Who changes.</param>
    /// <param name="place">What is changed.</param>
    /// <param name="uid">The new owner, or <see cref="KeepId"/>.</param>
    /// <param name="gid">The new group, or <see cref="KeepId"/>.</param>
    public static Errno ChangeOwner(in VfsCaller caller, VfsPath place, uint uid, uint gid)
    {
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        var inode = place.Inode;
        if (inode.HasFixedAttributes)
            return Errno.EOPNOTSUPP;
        var credentials = caller.Credentials;
        lock (inode.Lock)
        {
            var change = new AttributeChange { Uid = uid, Gid = gid };
            if (uid != KeepId)
                change.Kinds |= AttributeKinds.Uid;
            if (gid != KeepId)
                change.Kinds |= AttributeKinds.Gid;
            var mayChown = credentials.Has(Capability.CAP_CHOWN);
            var owns = credentials.Fsuid == inode.Uid;
            if (uid != KeepId && !mayChown && !(owns && uid == inode.Uid))
                return Errno.EPERM;
            if (gid != KeepId && !mayChown && !(owns && (gid == inode.Gid || credentials.InGroup(gid))))
                return Errno.EPERM;
            var kept = inode.IsDirectory ? inode.Mode : WithoutSetIds(inode, credentials);
            if (kept != inode.Mode)
            {
                // Linux drops the bits by an implied chmod, which has chmod's own condition.
                if (!Permissions.OwnsOrCapable(inode, credentials))
                    return Errno.EPERM;
                change.Kinds |= AttributeKinds.Mode;
                change.Mode = kept;
            }

            return Told(place, InotifyMask.IN_ATTRIB, inode.SetAttributes(change));
        }
    }

    /// <param name="caller">Who changes.</param>
    /// <param name="place">What is changed.</param>
    /// <param name="atime">A time, or null to leave it.</param>
    /// <param name="mtime">A time, or null to leave it.</param>
    /// <param name="touch">Both are to be now: whoever may write the file may do that (utimensat(2)).</param>
    public static Errno ChangeTimes(in VfsCaller caller, VfsPath place, Timestamp? atime, Timestamp? mtime, bool touch)
    {
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        var inode = place.Inode;
        if (inode.HasFixedAttributes)
            return Errno.EOPNOTSUPP;
        if (!Permissions.OwnsOrCapable(inode, caller.Credentials))
        {
            if (!touch)
                return Errno.EPERM;
            var error = CheckAccess(inode, caller.Credentials, Access.Write);
            if (error != Errno.None)
                return error;
        }

        lock (inode.Lock)
        {
            var change = default(AttributeChange);
            if (atime is { } a)
            {
                change.Kinds |= AttributeKinds.Atime;
                change.Atime = a;
            }

            if (mtime is { } m)
            {
                change.Kinds |= AttributeKinds.Mtime;
                change.Mtime = m;
            }

            var what = (change.Kinds & (AttributeKinds.Atime | AttributeKinds.Mtime)) switch
            {
                AttributeKinds.Atime => InotifyMask.IN_ACCESS,
                AttributeKinds.Mtime => InotifyMask.IN_MODIFY,
                _ => InotifyMask.IN_ATTRIB,
            };
            return Told(place, what, inode.SetAttributes(change));
        }
    }

    /// <summary>
    /// Sets a regular file's length; the caller has checked that it may write. Set-id bits go as with a write.
    /// </summary>
    /// <param name="caller">Who truncates; RLIMIT_FSIZE was looked at before.</param>
    /// <param name="inode">The file.</param>
    /// <param name="length">The new length, not negative.</param>
    /// <param name="opening">Done for O_TRUNC: the times change even where the length does not.</param>
    public static Errno Truncate(in VfsCaller caller, Inode inode, long length, bool opening = false)
    {
        if (length > inode.SuperBlock.MaxFileSize)
            return Errno.EFBIG;
        if (inode.HasFixedAttributes)
            return Errno.EOPNOTSUPP;
        lock (inode.Lock)
        {
            // Only the file system knows how long a file is by now that others write to as well.
            if (inode.SuperBlock.MustRevalidate)
                inode.GetAttributes(out _);
            var kept = KeptMode(inode, caller.Credentials);
            // Not even ctime changes where nothing does; O_TRUNC is a change in any case.
            if (length == inode.Size && !opening && kept == inode.Mode)
                return Errno.None;
            var change = new AttributeChange
            {
                Kinds = AttributeKinds.Size | AttributeKinds.Mtime,
                Size = length,
                Mtime = inode.Now,
            };
            if (kept != inode.Mode)
            {
                change.Kinds |= AttributeKinds.Mode;
                change.Mode = kept;
            }

            return inode.SetAttributes(change);
        }
    }

    /// <summary>
    /// Takes the set-id bits from a regular file that is about to be written to by somebody without CAP_FSETID (file_remove_privs).
    /// To be called before each write to a stored file; costs one load where there are no such bits.
    /// </summary>
    public static void DropSetIds(Inode inode, Credentials credentials)
    {
        if ((inode.Mode & (Mode.S_ISUID | Mode.S_ISGID)) == 0)
            return;
        lock (inode.Lock)
        {
            var kept = KeptMode(inode, credentials);
            if (kept != inode.Mode)
                inode.SetAttributes(new AttributeChange { Kinds = AttributeKinds.Mode, Mode = kept });
        }
    }

    /// <summary>Tells those who watch of a change that was made (fsnotify_change).</summary>
    private static Errno Told(VfsPath place, InotifyMask what, Errno error)
    {
        if (error == Errno.None)
            FileEvents.OnFile(place.Dentry, what);
        return error;
    }

    private static Mode KeptMode(Inode inode, Credentials credentials) =>
        !inode.IsRegular || credentials.Has(Capability.CAP_FSETID) ? inode.Mode : WithoutSetIds(inode, credentials);

    /// <summary>setuid goes; setgid goes if the group may execute (else it is mandatory locking's mark), or if the caller is not of the group.</summary>
    private static Mode WithoutSetIds(Inode inode, Credentials credentials)
    {
        var mode = inode.Mode & ~Mode.S_ISUID;
        if ((mode & SetGidExecutable) == SetGidExecutable
            || !(credentials.InGroup(inode.Gid) || credentials.Has(Capability.CAP_FSETID)))
            mode &= ~Mode.S_ISGID;
        return mode;
    }
}
