namespace LinuxWasm.Kernel.Vfs;

/// <summary>Who has the inode open: decides when its contents go, and whether it may be executed or written (ETXTBSY).</summary>
public abstract partial class Inode
{
    private int _opens;
    private int _writers;

    /// <summary>Open file descriptions that refer to the inode.</summary>
    public int OpenCount => Volatile.Read(ref _opens);

    /// <summary>Somebody has it open for writing.</summary>
    internal bool HasWriters => Volatile.Read(ref _writers) > 0;

    /// <summary>An open file of this inode came to be.</summary>
    internal void AddOpen() => Interlocked.Increment(ref _opens);

    /// <summary>An open file of this inode is gone.</summary>
    internal void RemoveOpen()
    {
        if (Interlocked.Decrement(ref _opens) == 0 && Nlink == 0)
            EvictIfUnused();
    }

    /// <summary>To be called by file systems after a link was removed, outside <see cref="Lock"/> or inside.</summary>
    internal void EvictIfUnused()
    {
        lock (Lock)
        {
            if (Nlink != 0 || OpenCount != 0)
                return;
            Evict();
            FileEvents.Ended(this);
        }
    }

    /// <summary>Counts a writer, unless the file is being executed (then ETXTBSY).</summary>
    internal bool TryAddWriter() => TryMoveWriters(+1);

    internal void RemoveWriter() => Interlocked.Decrement(ref _writers);

    /// <summary>Counts an execution, unless somebody has the file open for writing (then ETXTBSY).</summary>
    internal bool TryDenyWriters() => TryMoveWriters(-1);

    internal void AllowWriters() => Interlocked.Increment(ref _writers);

    private bool TryMoveWriters(int step)
    {
        while (true)
        {
            var now = Volatile.Read(ref _writers);
            if (now * step < 0)
                return false;
            if (Interlocked.CompareExchange(ref _writers, now + step, now) == now)
                return true;
        }
    }
}
