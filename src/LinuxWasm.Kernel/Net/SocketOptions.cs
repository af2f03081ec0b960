namespace LinuxWasm.Kernel.Net;

/// <summary>What setsockopt(2) keeps for a socket of any family (socket(7)). Single words, read without a lock.</summary>
internal sealed class SocketOptions
{
    /// <summary>net.core.wmem_default and rmem_default.</summary>
    public const int DefaultBuffer = 212992;

    /// <summary>net.core.wmem_max and rmem_max.</summary>
    public const int MaxBuffer = 4 << 20;

    /// <summary>What CAP_NET_ADMIN can have with SO_SNDBUFFORCE: Linux allows half of what an int holds, this kernel what it can bear.</summary>
    public const int MaxForced = 32 << 20;

    /// <summary>SOCK_MIN_SNDBUF.</summary>
    public const int MinSendBuffer = 4608;

    /// <summary>SOCK_MIN_RCVBUF.</summary>
    public const int MinReceiveBuffer = 2304;

    /// <summary>Waits are for ever.</summary>
    public const long NoTimeout = long.MaxValue;

    private ulong _switches;
    private int _sendBuffer = DefaultBuffer;
    private int _receiveBuffer = DefaultBuffer;
    private int _peekOffset = -1;
    private long _sendTimeout = NoTimeout;
    private long _receiveTimeout = NoTimeout;

    /// <summary>Twice what SO_SNDBUF asked for: the kernel's own overhead counts too.</summary>
    public int SendBuffer
    {
        get => Volatile.Read(ref _sendBuffer);
        set => Volatile.Write(ref _sendBuffer, value);
    }

    public int ReceiveBuffer
    {
        get => Volatile.Read(ref _receiveBuffer);
        set => Volatile.Write(ref _receiveBuffer, value);
    }

    /// <summary>SO_SNDTIMEO in nanoseconds, <see cref="NoTimeout"/>, or 0 where a negative one was set: no wait at all.</summary>
    public long SendTimeout
    {
        get => Volatile.Read(ref _sendTimeout);
        set => Volatile.Write(ref _sendTimeout, value);
    }

    /// <summary>SO_RCVTIMEO, likewise.</summary>
    public long ReceiveTimeout
    {
        get => Volatile.Read(ref _receiveTimeout);
        set => Volatile.Write(ref _receiveTimeout, value);
    }

    /// <summary>SO_RCVLOWAT: at least 1.</summary>
    public int ReceiveLowWater { get; set; } = 1;

    /// <summary>SO_LINGER's seconds.</summary>
    public int LingerSeconds { get; set; }

    public int Priority { get; set; }

    /// <summary>SO_PEEK_OFF; negative: peeking begins at the front each time.</summary>
    public int PeekOffset
    {
        get => Volatile.Read(ref _peekOffset);
        set => Volatile.Write(ref _peekOffset, value);
    }

    /// <summary>An option that is on or off.</summary>
    public bool this[Abi.SocketOption option]
    {
        get => (Volatile.Read(ref _switches) & (1UL << (int)option)) != 0;
        set
        {
            if (value)
                Interlocked.Or(ref _switches, 1UL << (int)option);
            else
                Interlocked.And(ref _switches, ~(1UL << (int)option));
        }
    }

    /// <summary>sock_rcvlowat: how many bytes a stream's read waits for.</summary>
    public long WantedBytes(long size, bool all) => Math.Max(all ? size : Math.Min(ReceiveLowWater, size), 1);

    /// <summary>What a connection has of the socket that accepts it.</summary>
    public void InheritFrom(SocketOptions listener)
    {
        _switches = listener._switches;
        SendBuffer = listener.SendBuffer;
        ReceiveBuffer = listener.ReceiveBuffer;
        SendTimeout = listener.SendTimeout;
        ReceiveTimeout = listener.ReceiveTimeout;
        ReceiveLowWater = listener.ReceiveLowWater;
        LingerSeconds = listener.LingerSeconds;
        Priority = listener.Priority;
    }
}
