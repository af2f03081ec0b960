using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>One file system with its contents (Linux's struct super_block). It may be mounted in several places.</summary>
public abstract class SuperBlock(LinuxKernel kernel, FileSystemType type)
{
    private long _lastIno;
    private Dentry? _root;
    private int _mounts;

    public LinuxKernel Kernel { get; } = kernel;

    public FileSystemType Type { get; } = type;

    /// <summary>What stat(2) shows as st_dev: an anonymous device, 0:n.</summary>
    public DeviceNumber Device { get; } = kernel.Mounts.NextAnonymousDevice();

    /// <summary>What was mounted: the first column of /proc/mounts.</summary>
    public string Source { get; init; } = "none";

    /// <summary>The file system's own options as /proc/mounts shows them, with a comma before each; empty for none.</summary>
    public virtual string Options => "";

    /// <summary>Nothing can be changed, whatever mount it is reached through (SB_RDONLY).</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>What is kept can't or must not be changed: a remount for writing is EROFS.</summary>
    public bool MustStayReadOnly { get; init; }

    /// <summary>Others than this kernel change the tree too: each cached name is asked about (<see cref="Inode.Revalidate"/>) before it is believed.</summary>
    public virtual bool MustRevalidate => false;

    /// <summary>Not in anybody's tree: what it holds is reached through descriptors only, and its names are for people.</summary>
    public virtual bool IsInternal => false;

    /// <summary>Held while a directory moves to another directory, so that nobody makes a cycle (s_vfs_rename_mutex). See <see cref="Inode"/> for the order.</summary>
    public Lock RenameLock { get; } = new();

    /// <summary>The largest size that a file may have.</summary>
    public virtual long MaxFileSize => long.MaxValue;

    public Dentry Root
    {
        get => _root ?? throw new InvalidOperationException("the file system has no root yet");
        protected set => _root = value;
    }

    public abstract void GetStatistics(out FileSystemStatistics statistics);

    /// <summary>Writes everything to where it is kept.</summary>
    public virtual Errno Sync() => Errno.None;

    /// <summary>Takes other options (MS_REMOUNT): EINVAL where it knows none.</summary>
    public virtual Errno Reconfigure(string options) => options.Length == 0 ? Errno.None : Errno.EINVAL;

    internal void AddMount() => Interlocked.Increment(ref _mounts);

    internal void RemoveMount()
    {
        if (Interlocked.Decrement(ref _mounts) == 0)
            Shutdown();
    }

    /// <summary>The last mount of it is gone.</summary>
    public virtual void Shutdown()
    {
    }

    /// <summary>A number for a new inode; never 0, never one that was given out before.</summary>
    protected internal ulong NextIno() => (ulong)Interlocked.Increment(ref _lastIno);
}
