using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// A name in the tree, and the inode that it leads to (Linux's struct dentry). A parent stays alive through its children; a removed name's
/// dentry stays with those who hold it. Names that lead nowhere have no dentry: the file system is asked, so that guests can't fill memory with misses.
/// Cached children are found without a lock; they are added and removed under the lock of the directory's inode.
/// </summary>
public sealed class Dentry
{
    private Place _place;
    private ConcurrentDictionary<FsName, Dentry>? _children;
    private int _mounts;
    private volatile bool _removed;

    /// <summary>A root: it is its own parent.</summary>
    public Dentry(Inode inode, FsName? name = null)
    {
        Inode = inode;
        _place = new Place(this, name ?? RootName);
    }

    private Dentry(Dentry parent, FsName name, Inode inode)
    {
        Inode = inode;
        _place = new Place(parent, name);
    }

    private static FsName RootName { get; } = new("/");

    public Inode Inode { get; }

    /// <summary>The directory that has the name; a root's is itself.</summary>
    public Dentry Parent => Volatile.Read(ref _place).Parent;

    public FsName Name => Volatile.Read(ref _place).Name;

    public bool IsRoot => ReferenceEquals(Parent, this);

    /// <summary>The name was taken away; getcwd(2) and /proc tell so.</summary>
    public bool IsRemoved => _removed;

    /// <summary>True where some mount covers this name in some place: only then is the mount table worth asking.</summary>
    public bool IsMountPoint => Volatile.Read(ref _mounts) != 0;

    /// <summary>Names below this one are cached, and would be lost with it.</summary>
    internal bool HasCachedChildren => Volatile.Read(ref _children) is { IsEmpty: false };

    /// <summary>Parent and name that belong together, even while a rename goes on.</summary>
    public void GetPlace(out Dentry parent, out FsName name)
    {
        var place = Volatile.Read(ref _place);
        parent = place.Parent;
        name = place.Name;
    }

    /// <summary>A cached child. Allocates nothing.</summary>
    public bool TryGetChild(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Dentry? child)
    {
        var children = Volatile.Read(ref _children);
        if (children is not null)
            return children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out child);
        child = null;
        return false;
    }

    /// <summary>Caches a name that the file system found or made. Caller holds the directory's lock.</summary>
    internal Dentry AddChild(FsName name, Inode inode)
    {
        var child = new Dentry(this, name, inode);
        Children()[name] = child;
        return child;
    }

    /// <summary>A dentry for what never had a name (O_TMPFILE, pipes): its name is for people.</summary>
    internal static Dentry Unnamed(Dentry parent, FsName name, Inode inode) => new(parent, name, inode) { _removed = true };

    /// <summary>A dentry that only who found it knows, for names that are looked up anew each time.</summary>
    internal static Dentry Uncached(Dentry parent, FsName name, Inode inode) => new(parent, name, inode);

    /// <summary>The name is gone. Caller holds the directory's lock.</summary>
    internal void MarkRemoved()
    {
        Forget();
        _removed = true;
    }

    /// <summary>Drops the name from the cache; the next walk asks the file system. Caller holds the directory's lock.</summary>
    internal void Forget()
    {
        GetPlace(out var parent, out var name);
        // Only if it is still this dentry that stands there: a rename may have put another in its place.
        if (parent._children is { } children)
            ((ICollection<KeyValuePair<FsName, Dentry>>)children).Remove(new(name, this));
    }

    /// <summary>
    /// Moves to another name. The new name appears before the old one goes: a walker without a lock finds one of them at any moment.
    /// Caller holds both directories' locks, and the rename lock where a directory changes its parent.
    /// </summary>
    internal void MoveTo(Dentry parent, FsName name)
    {
        GetPlace(out var oldParent, out var oldName);
        Volatile.Write(ref _place, new Place(parent, name));
        parent.Children()[name] = this;
        if (oldParent._children is { } children)
            ((ICollection<KeyValuePair<FsName, Dentry>>)children).Remove(new(oldName, this));
    }

    /// <summary>Exchanges the places of two names. Locks as for <see cref="MoveTo"/>.</summary>
    internal static void Exchange(Dentry one, Dentry other)
    {
        (one._place, other._place) = (other._place, one._place);
        one.Parent.Children()[one.Name] = one;
        other.Parent.Children()[other.Name] = other;
    }

    /// <summary>True where this is <paramref name="other"/> or lies above it. Stable only for the holder of the rename lock.</summary>
    internal bool IsAncestorOrSelf(Dentry other)
    {
        while (true)
        {
            if (ReferenceEquals(this, other))
                return true;
            var parent = other.Parent;
            if (ReferenceEquals(parent, other))
                return false;
            other = parent;
        }
    }

    internal void CountMount(int change) => Interlocked.Add(ref _mounts, change);

    private ConcurrentDictionary<FsName, Dentry> Children()
    {
        if (Volatile.Read(ref _children) is { } children)
            return children;
        Interlocked.CompareExchange(ref _children, new(concurrencyLevel: 1, capacity: 7, FsName.Comparer), null);
        return _children;
    }

    private sealed record Place(Dentry Parent, FsName Name);
}
