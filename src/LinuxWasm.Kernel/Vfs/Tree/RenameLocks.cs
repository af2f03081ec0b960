namespace LinuxWasm.Kernel.Vfs;

/// <summary>The locks of a rename's directories, taken in the order that <see cref="Inode"/> states (lock_rename).</summary>
internal readonly ref struct RenameLocks
{
    private readonly Lock? _rename;
    private readonly Lock _first;
    private readonly Lock? _second;

    public RenameLocks(Dentry from, Dentry to)
    {
        if (ReferenceEquals(from.Inode, to.Inode))
        {
            _first = from.Inode.Lock;
            _first.Enter();
            return;
        }

        _rename = from.Inode.SuperBlock.RenameLock;
        // Nobody else moves a directory while this is held, so that the order found now stays right.
        _rename.Enter();
        var fromFirst = from.IsAncestorOrSelf(to) || (!to.IsAncestorOrSelf(from) && from.Inode.Ino < to.Inode.Ino);
        _first = (fromFirst ? from : to).Inode.Lock;
        _second = (fromFirst ? to : from).Inode.Lock;
        _first.Enter();
        _second.Enter();
    }

    /// <summary>Locks what is renamed and what it replaces; either may be null or they may be the same.</summary>
    public static RenameLocks OfChildren(Inode source, Inode? target)
    {
        if (target is null || ReferenceEquals(source, target))
            return new RenameLocks(source.Lock, null);
        var sourceFirst = source.IsDirectory != target.IsDirectory ? source.IsDirectory : source.Ino < target.Ino;
        return sourceFirst ? new RenameLocks(source.Lock, target.Lock) : new RenameLocks(target.Lock, source.Lock);
    }

    private RenameLocks(Lock first, Lock? second)
    {
        _first = first;
        _second = second;
        _first.Enter();
        _second?.Enter();
    }

    public void Dispose()
    {
        _second?.Exit();
        _first.Exit();
        _rename?.Exit();
    }
}
