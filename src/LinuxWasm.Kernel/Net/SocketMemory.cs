namespace LinuxWasm.Kernel.Net;

/// <summary>
/// Counts what all sockets of a kernel have in their queues. SO_SNDBUF bounds each of them; this bounds what a guest with many
/// sockets can take from the host.
/// </summary>
internal sealed class SocketMemory
{
    /// <summary>256 MiB.</summary>
    public const long Limit = 256L << 20;

    private long _used;

    /// <summary>Bytes that count now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>False where a call is to answer ENOBUFS.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit)
            return true;
        Give(bytes);
        return false;
    }

    public void Give(int bytes) => Interlocked.Add(ref _used, -bytes);
}
