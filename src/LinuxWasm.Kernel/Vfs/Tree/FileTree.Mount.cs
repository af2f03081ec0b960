using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What mount(2), umount2(2) and pivot_root(2) do to places that were found; the callers have CAP_SYS_ADMIN.</summary>
public static partial class FileTree
{
    /// <summary>Mounts a new file system.</summary>
    public static Errno MountNew(in VfsCaller caller, FileSystemType type, string source, VfsPath place, MountFlags flags, string options)
    {
        var error = type.Create(caller.Kernel, source, options, (flags & MountFlags.ReadOnly) != 0, out var superBlock);
        if (error != Errno.None)
            return error;
        error = Graft(caller.Kernel.Mounts, superBlock!, superBlock!.Root, flags, place);
        if (error != Errno.None)
            superBlock.Shutdown();
        return error;
    }

    /// <summary>Shows a place at another one as well; <paramref name="recursive"/>: with what is mounted below it (MS_REC).</summary>
    public static Errno MountBind(in VfsCaller caller, VfsPath source, VfsPath place, bool recursive)
    {
        var mounts = caller.Kernel.Mounts;
        lock (mounts.Lock)
        {
            if (!mounts.ContainsLocked(source.Mount))
                return Errno.EINVAL;
            var below = recursive ? mounts.TreeLocked(source.Mount) : [];
            var error = GraftLocked(mounts, source.Mount.SuperBlock, source.Dentry, source.Mount.Flags, place, out var top);
            if (error != Errno.None)
                return error;
            var copies = new Dictionary<Mount, Mount> { [source.Mount] = top! };
            foreach (var mount in below.Skip(1))
            {
                // Only what lies below the directory that is bound, and whose own outer mount was copied.
                if (mount.Covers is not { } covers || !copies.TryGetValue(covers.Mount, out var outer) || !outer.Root.IsAncestorOrSelf(covers.Dentry))
                    continue;
                copies[mount] = mounts.AttachLocked(mount.SuperBlock, mount.Root, mount.Flags, new VfsPath(outer, covers.Dentry));
            }

            return Errno.None;
        }
    }

    /// <summary>Moves a mount to another place (MS_MOVE).</summary>
    public static Errno MoveMount(in VfsCaller caller, VfsPath source, VfsPath place)
    {
        var mounts = caller.Kernel.Mounts;
        lock (mounts.Lock)
        {
            if (!IsMountRoot(source) || source.Mount.Covers is null || !mounts.ContainsLocked(source.Mount) || !mounts.ContainsLocked(place.Mount))
                return Errno.EINVAL;
            if (source.Inode.IsDirectory != place.Inode.IsDirectory)
                return Errno.EINVAL;
            for (Mount? above = place.Mount; above is not null; above = above.Covers?.Mount)
            {
                if (ReferenceEquals(above, source.Mount))
                    return Errno.ELOOP;
            }

            mounts.MoveLocked(source.Mount, mounts.Cross(place));
            return Errno.None;
        }
    }

    /// <summary>Changes a mount's flags, and with <paramref name="ofFileSystem"/> the file system's options as well (MS_REMOUNT).</summary>
    public static Errno Remount(in VfsCaller caller, VfsPath place, MountFlags flags, string options, bool ofFileSystem)
    {
        if (!IsMountRoot(place))
            return Errno.EINVAL;
        if (ofFileSystem)
        {
            if (place.Mount.SuperBlock.MustStayReadOnly && (flags & MountFlags.ReadOnly) == 0)
                return Errno.EROFS;
            var error = place.Mount.SuperBlock.Reconfigure(options);
            if (error != Errno.None)
                return error;
        }

        // A mount waits for its own writers, a file system for those of all its mounts.
        if ((flags & MountFlags.ReadOnly) != 0
            && caller.Kernel.Mounts.All.Any(mount => mount.Writers > 0 && (ReferenceEquals(mount, place.Mount) || (ofFileSystem && ReferenceEquals(mount.SuperBlock, place.Mount.SuperBlock)))))
            return Errno.EBUSY;
        if (ofFileSystem)
            place.Mount.SuperBlock.IsReadOnly = (flags & MountFlags.ReadOnly) != 0;
        place.Mount.Flags = flags;
        return Errno.None;
    }

    /// <summary>umount2(2); its flags are checked, CAP_SYS_ADMIN is not yet.</summary>
    public static Errno Unmount(in VfsCaller caller, VfsPath place, UmountFlags flags)
    {
        if (!caller.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EPERM;
        var mounts = caller.Kernel.Mounts;
        var mount = place.Mount;
        List<Mount> gone;
        lock (mounts.Lock)
        {
            // The root of all has nothing to hang from; it can only be made read-only, which is left to mount(2).
            if (!IsMountRoot(place) || !mounts.ContainsLocked(mount) || mount.Covers is null)
                return Errno.EINVAL;
            var isBusy = mount.Users > 0 || mounts.HasMountsBelow(mount);
            if ((flags & UmountFlags.MNT_EXPIRE) != 0)
            {
                if ((flags & (UmountFlags.MNT_FORCE | UmountFlags.MNT_DETACH)) != 0)
                    return Errno.EINVAL;
                if (isBusy)
                    return Errno.EBUSY;
                if (!mount.IsExpiring)
                {
                    mount.IsExpiring = true;
                    return Errno.EAGAIN;
                }
            }

            if (isBusy && (flags & UmountFlags.MNT_DETACH) == 0)
                return Errno.EBUSY;
            gone = mounts.TreeLocked(mount);
            for (var i = gone.Count - 1; i >= 0; i--)
                mounts.DetachLocked(gone[i]);
        }

        foreach (var detached in gone)
            detached.MarkDetached();
        return Errno.None;
    }

    /// <summary>pivot_root(2): one mount becomes the root of all, and the old root hangs where <paramref name="putOld"/> is.</summary>
    public static Errno PivotRoot(in VfsCaller caller, VfsPath newRoot, VfsPath putOld)
    {
        var mounts = caller.Kernel.Mounts;
        var root = caller.Fs.Root;
        lock (mounts.Lock)
        {
            if (!mounts.ContainsLocked(newRoot.Mount) || !mounts.ContainsLocked(putOld.Mount) || !mounts.ContainsLocked(root.Mount))
                return Errno.EINVAL;
            if (ReferenceEquals(newRoot.Mount, root.Mount) || ReferenceEquals(putOld.Mount, root.Mount))
                return Errno.EBUSY;
            if (newRoot.Dentry.IsRemoved)
                return Errno.ENOENT;
            if (!IsMountRoot(root) || !IsMountRoot(newRoot) || newRoot.Mount.Covers is null || !putOld.IsBelow(newRoot))
                return Errno.EINVAL;
            var outer = root.Mount.Covers;
            mounts.MoveLocked(newRoot.Mount, outer);
            mounts.MoveLocked(root.Mount, putOld);
        }

        // Everybody who stood at the old root stands at the new one, other processes too (chroot_fs_refs).
        foreach (var group in caller.Kernel.Pids.Groups)
        {
            foreach (var task in group.Tasks)
                task.Fs.Replace(root, newRoot);
        }

        return Errno.None;
    }

    private static bool IsMountRoot(VfsPath place) => ReferenceEquals(place.Dentry, place.Mount.Root);

    private static Errno Graft(MountNamespace mounts, SuperBlock superBlock, Dentry root, MountFlags flags, VfsPath place)
    {
        lock (mounts.Lock)
            return GraftLocked(mounts, superBlock, root, flags, place, out _);
    }

    private static Errno GraftLocked(MountNamespace mounts, SuperBlock superBlock, Dentry root, MountFlags flags, VfsPath place, out Mount? mount)
    {
        mount = null;
        place = mounts.Cross(place);
        if (!mounts.ContainsLocked(place.Mount))
            return Errno.EINVAL;
        if (place.Dentry.IsRemoved)
            return Errno.ENOENT;
        if (root.Inode.IsDirectory != place.Inode.IsDirectory)
            return Errno.ENOTDIR;
        // A guest could else fill memory with mounts (/proc/sys/fs/mount-max).
        if (mounts.CountLocked >= MountNamespace.MaxMounts)
            return Errno.ENOSPC;
        mount = mounts.AttachLocked(superBlock, root, flags, place);
        return Errno.None;
    }
}
