namespace LinuxWasm.Kernel.Ipc;

/// <summary>Counts the pages that all pipes of a kernel hold, so that guests can't fill the host's memory with them.</summary>
internal sealed class PipePages
{
    /// <summary>256 MiB.</summary>
    public const int Limit = 65536;

    private int _used;

    /// <summary>False where a write is to answer ENOMEM.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _used) <= Limit)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }

    public void Give() => Interlocked.Decrement(ref _used);
}
