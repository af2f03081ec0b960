using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// Where a write takes its bytes from: parts of guest memory, or a span of the kernel's own (Linux's iov_iter). Guest memory is looked up anew for
/// each piece, so that a source may be kept across a wait.
/// </summary>
public ref struct IoSource
{
    private readonly GuestMemory? _memory;
    private readonly ReadOnlySpan<byte> _bytes;
    private ReadOnlySpan<GuestSegment> _rest;
    private GuestSegment _current;
    private uint _offset;

    public IoSource(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        Remaining = bytes.Length;
    }

    public IoSource(GuestMemory memory, GuestPtr start, uint length)
    {
        _memory = memory;
        _current = new GuestSegment(start, length);
        Remaining = length;
    }

    public IoSource(GuestMemory memory, ReadOnlySpan<GuestSegment> segments)
    {
        _memory = memory;
        _rest = segments;
        foreach (var segment in segments)
            Remaining += segment.Length;
    }

    /// <summary>Bytes that are still to be taken, if all of it can be read.</summary>
    public long Remaining { get; private set; }

    /// <summary>How many bytes are left of the part that comes next: of an iovec's, where the source is a vector.</summary>
    public readonly long PartLength =>
        _memory is null ? Remaining
        : _offset < _current.Length || _rest.Length == 0 ? _current.Length - _offset
        : _rest[0].Length;

    /// <summary>
    /// The next bytes that lie together and can be read. False at the end, and where memory can't be read: then <see cref="Remaining"/> is not 0, and
    /// the write ends short, or with EFAULT if it has taken nothing yet.
    /// </summary>
    public bool TryGetPiece(out ReadOnlySpan<byte> piece)
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
        if (_memory.TryGetReadable(start, length, out piece))
            return length > 0;
        return _memory.TryGetReadable(start, _memory.AccessiblePrefix(start, length, PageAccess.Read), out piece) && piece.Length > 0;
    }

    /// <summary>Takes all of it without a look at the memory; gives how much that is.</summary>
    public long TakeAll()
    {
        var count = Remaining;
        Remaining = 0;
        return count;
    }

    /// <summary>Takes no more than so many bytes in all.</summary>
    public void Truncate(long count) => Remaining = Math.Min(Remaining, count);

    /// <summary>So many bytes of the piece were taken.</summary>
    public void Advance(int count)
    {
        _offset += (uint)count;
        Remaining -= count;
    }

    /// <summary>Fills the span as far as there are bytes. Fewer bytes than that: memory can't be read.</summary>
    public int Read(scoped Span<byte> bytes)
    {
        var read = 0;
        while (read < bytes.Length && TryGetPiece(out var piece))
        {
            var count = Math.Min(piece.Length, bytes.Length - read);
            piece[..count].CopyTo(bytes[read..]);
            Advance(count);
            read += count;
        }

        return read;
    }
}
