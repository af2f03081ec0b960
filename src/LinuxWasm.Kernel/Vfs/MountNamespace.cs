using System.Collections.Concurrent;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// The mounts of a kernel, and which place each of them covers. Walkers ask without a lock; changes are made under one lock.
/// </summary>
public sealed class MountNamespace
{
    /// <summary>Mounts that may be there at once.</summary>
    public const int MaxMounts = 10_000;

    private readonly ConcurrentDictionary<(Mount, Dentry), Mount> _covering = new(concurrencyLevel: 1, capacity: 31);
    private readonly List<Mount> _mounts = [];
    private int _lastId;
    private int _lastDevice;

    /// <summary>Guards the tree of mounts. Taken last, see <see cref="Inode"/>.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>The root of all; the kernel mounts it before its first task.</summary>
    public Mount? Root { get; private set; }

    /// <summary>The mounts, oldest first, as they are now.</summary>
    public IReadOnlyList<Mount> All
    {
        get
        {
            lock (Lock)
                return [.. _mounts];
        }
    }

    /// <summary>What is mounted right upon a place, or null. Call it only where <see cref="Dentry.IsMountPoint"/> holds.</summary>
    public Mount? FindCovering(VfsPath place) => _covering.GetValueOrDefault((place.Mount, place.Dentry));

    /// <summary>The topmost root that covers a place, or the place itself.</summary>
    public VfsPath Cross(VfsPath place)
    {
        while (place.Dentry.IsMountPoint && FindCovering(place) is { } mount)
            place = mount.RootPath;
        return place;
    }

    /// <summary>Hangs a file system's root (or, for a bind mount, another directory of it) onto a place, or makes it the root of all.</summary>
    public Mount Attach(SuperBlock superBlock, Dentry root, MountFlags flags, VfsPath? place)
    {
        lock (Lock)
            return AttachLocked(superBlock, root, flags, place);
    }

    /// <summary>As <see cref="Attach"/>. Caller holds <see cref="Lock"/>.</summary>
    internal Mount AttachLocked(SuperBlock superBlock, Dentry root, MountFlags flags, VfsPath? place)
    {
        var mount = new Mount(++_lastId, superBlock, root, flags);
        superBlock.AddMount();
        if (place is { } covered)
            Cover(mount, covered);
        else
            Root = mount;
        _mounts.Add(mount);
        return mount;
    }

    /// <summary>Takes a mount out of the tree. Caller holds <see cref="Lock"/>, has checked that it may go, and calls <see cref="Mount.MarkDetached"/> afterwards without it.</summary>
    internal void DetachLocked(Mount mount)
    {
        Uncover(mount);
        _mounts.Remove(mount);
    }

    /// <summary>Puts a mount that is in the tree onto another place. Caller holds <see cref="Lock"/>.</summary>
    internal void MoveLocked(Mount mount, VfsPath? place)
    {
        Uncover(mount);
        if (place is { } covered)
            Cover(mount, covered);
        else
            Root = mount;
    }

    /// <summary>A mount and all that hang from it, outer ones first. Caller holds <see cref="Lock"/>.</summary>
    internal List<Mount> TreeLocked(Mount top)
    {
        var tree = new List<Mount> { top };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(_mounts.FindAll(mount => ReferenceEquals(mount.Covers?.Mount, tree[i])));
        return tree;
    }

    /// <summary>Caller holds <see cref="Lock"/>.</summary>
    internal bool HasMountsBelow(Mount mount) => _mounts.Exists(other => ReferenceEquals(other.Covers?.Mount, mount));

    /// <summary>Caller holds <see cref="Lock"/>.</summary>
    internal int CountLocked => _mounts.Count;

    /// <summary>False for a mount that was taken out. Caller holds <see cref="Lock"/>.</summary>
    internal bool ContainsLocked(Mount mount) => _mounts.Contains(mount);

    internal DeviceNumber NextAnonymousDevice() => new(0, (uint)Interlocked.Increment(ref _lastDevice));

    private void Cover(Mount mount, VfsPath place)
    {
        mount.Covers = place;
        _covering[(place.Mount, place.Dentry)] = mount;
        place.Dentry.CountMount(+1);
        place.Mount.AddUser();
    }

    private void Uncover(Mount mount)
    {
        if (mount.Covers is not { } place)
            return;
        place.Dentry.CountMount(-1);
        _covering.TryRemove((place.Mount, place.Dentry), out _);
        place.Mount.RemoveUser();
        mount.Covers = null;
    }
}
