using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// Where a read puts its bytes: parts of guest memory, or a span of the kernel's own (Linux's iov_iter). Guest memory is looked up anew for
/// each piece, so that a target may be kept across a wait.
/// </summary>
public ref struct IoTarget
{
    private readonly GuestMemory? _memory;
    private readonly Span<byte> _bytes;
    private ReadOnlySpan<GuestSegment> _rest;
    private GuestSegment _current;
    private uint _offset;

    public IoTarget(Span<byte> bytes)
    {
        _bytes = bytes;
        Remaining = bytes.Length;
    }

    public IoTarget(GuestMemory memory, GuestPtr start, uint length)
    {
        _memory = memory;
        _current = new GuestSegment(start, length);
        Remaining = length;
    }

    public IoTarget(GuestMemory memory, ReadOnlySpan<GuestSegment> segments)
    {
        _memory = memory;
        _rest = segments;
        foreach (var segment in segments)
            Remaining += segment.Length;
    }

    /// <summary>Bytes that there is still room for, if all of it can be written.</summary>
    public long Remaining { get; private set; }

    /// <summary>
    /// The next bytes that lie together and can be written. False at the end, and where memory can't be written: then <see cref="Remaining"/> is not 0, and
    /// the read ends short, or with EFAULT if it has taken nothing yet.
    /// </summary>
    public bool TryGetPiece(out Span<byte> piece)
    {
        if (_memory is null)
        {
            piece = _bytes.Slice((int)_offset, (int)Remaining);
            return piece.Length > 0;
        }

        while (_offset == _current.Length && _rest.Length > 0)
        {
            _current = _rest[0];
            _rest = _rest[1..];
            _offset = 0;
        }

        var start = _current.Start + _offset;
        var length = (uint)Math.Min(_current.Length - _offset, Remaining);
        if (_memory.TryGetWritable(start, length, out piece))
            return length > 0;
        return _memory.TryGetWritable(start, _memory.AccessiblePrefix(start, length, PageAccess.Write), out piece) && piece.Length > 0;
    }

    /// <summary>Takes no more than so many bytes in all.</summary>
    public void Truncate(long count) => Remaining = Math.Min(Remaining, count);

    /// <summary>So many bytes of the piece were filled.</summary>
    public void Advance(int count)
    {
        _offset += (uint)count;
        Remaining -= count;
    }

    /// <summary>Copies what there is room for. Fewer bytes than that: memory can't be written.</summary>
    public int Write(scoped ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        while (written < bytes.Length && TryGetPiece(out var piece))
        {
            var count = Math.Min(piece.Length, bytes.Length - written);
            bytes.Slice(written, count).CopyTo(piece);
            Advance(count);
            written += count;
        }

        return written;
    }
}
