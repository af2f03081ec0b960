using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Vfs.Locks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What other parts of the kernel hang onto an inode.</summary>
public abstract partial class Inode
{
    private object? _attachment;
    private FileLocks? _locks;
    private int _writableMappings;
    private InotifyWatch[] _watches = [];

    /// <summary>A FIFO's pipe while somebody has it open (Linux's i_pipe). Guarded by <see cref="Lock"/>.</summary>
    internal object? Attachment
    {
        get => Volatile.Read(ref _attachment);
        set => Volatile.Write(ref _attachment, value);
    }

    /// <summary>The locks that processes hold on it, or null where nobody ever locked it.</summary>
    internal FileLocks? Locks => Volatile.Read(ref _locks);

    internal FileLocks EnsureLocks() => Locks ?? Interlocked.CompareExchange(ref _locks, new FileLocks(), null) ?? _locks;

    /// <summary>How long what is written may be expected to live (fcntl(2), F_SET_RW_HINT): kept, and used for nothing.</summary>
    internal ulong WriteHint { get; set; }

    /// <summary>Who watches it (inotify(7)); replaced as a whole by <see cref="FileEvents"/>.</summary>
    internal InotifyWatch[] Watches
    {
        get => Volatile.Read(ref _watches);
        set => Volatile.Write(ref _watches, value);
    }

    /// <summary>Shared mappings through which somebody may write.</summary>
    internal int WritableMappings => Volatile.Read(ref _writableMappings);

    internal void CountWritableMapping(int change) => Interlocked.Add(ref _writableMappings, change);
}
