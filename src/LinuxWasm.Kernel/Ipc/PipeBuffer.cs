namespace LinuxWasm.Kernel.Ipc;

/// <summary>Linux's PIPE_BUF_FLAG_*.</summary>
[Flags]
internal enum PipeBufferFlags : byte
{
    None = 0,

    /// <summary>A later write may add to it.</summary>
    CanMerge = 1,

    /// <summary>One packet: read at once, or its rest is lost.</summary>
    Packet = 2,
}

/// <summary>A page of a pipe, and which part of it is still to be read.</summary>
internal struct PipeBuffer
{
    public byte[]? Page;
    public int Offset;
    public int Length;
    public PipeBufferFlags Flags;

    public readonly ReadOnlySpan<byte> Bytes => Page.AsSpan(Offset, Length);

    /// <summary>What is free behind the bytes.</summary>
    public readonly Span<byte> Room => Page.AsSpan(Offset + Length, 4096 - Offset - Length);

    public void Take(int count)
    {
        Offset += count;
        Length -= count;
    }
}
