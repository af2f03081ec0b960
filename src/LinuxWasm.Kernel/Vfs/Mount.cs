namespace LinuxWasm.Kernel.Vfs;

/// <summary>What a mount forbids or leaves out, beyond its file system (mount(2)).</summary>
[Flags]
public enum MountFlags
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    NoAtime = 16,
    NoDirAtime = 32,

    /// <summary>atime follows only where it would else be older than mtime or ctime, or than a day. The default.</summary>
    RelAtime = 64,
    NoSymFollow = 128,
}

/// <summary>A file system hung into the tree (Linux's struct mount). It covers a directory of its parent mount.</summary>
public sealed class Mount
{
    private int _users;
    private int _detached;
    private int _writers;
    private bool _expiring;

    internal Mount(int id, SuperBlock superBlock, Dentry root, MountFlags flags)
    {
        Id = id;
        SuperBlock = superBlock;
        Root = root;
        Flags = flags;
    }

    /// <summary>As /proc/self/mountinfo and statx(2) number it.</summary>
    public int Id { get; }

    /// <summary>As statx(2) numbers it with STATX_MNT_ID_UNIQUE: never used again.</summary>
    public ulong UniqueId => (1UL << 31) + (ulong)Id;

    public SuperBlock SuperBlock { get; }

    /// <summary>The directory of the file system that is seen here: its root, or another one for a bind mount.</summary>
    public Dentry Root { get; }

    /// <summary>The place that is covered; null for the root of all, and once it was unmounted. Changed under the namespace's lock.</summary>
    public VfsPath? Covers { get; internal set; }

    public MountFlags Flags { get; internal set; }

    /// <summary>umount2(2) with MNT_EXPIRE found it unused; any use takes the mark away.</summary>
    internal bool IsExpiring
    {
        get => Volatile.Read(ref _expiring);
        set => Volatile.Write(ref _expiring, value);
    }

    public bool IsReadOnly => (Flags & MountFlags.ReadOnly) != 0 || SuperBlock.IsReadOnly;

    public VfsPath RootPath => new(this, Root);

    /// <summary>Open files and working directories that keep it from being unmounted.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>Open files that may write to it: while there are any, it can't be made read-only.</summary>
    public int Writers => Volatile.Read(ref _writers);

    internal void CountWriter(int change) => Interlocked.Add(ref _writers, change);

    internal void AddUser()
    {
        Interlocked.Increment(ref _users);
        IsExpiring = false;
    }

    /// <summary>A walk has come here.</summary>
    internal void Used(bool counts)
    {
        if (counts && IsExpiring)
            IsExpiring = false;
    }

    internal void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0 && Volatile.Read(ref _detached) != 0)
            LetGo();
    }

    /// <summary>The mount is out of the tree: with its last user it lets its file system go.</summary>
    internal void MarkDetached()
    {
        AddUser();
        Volatile.Write(ref _detached, 1);
        RemoveUser();
    }

    private void LetGo()
    {
        if (Interlocked.Exchange(ref _detached, 2) == 1)
            SuperBlock.RemoveMount();
    }
}
