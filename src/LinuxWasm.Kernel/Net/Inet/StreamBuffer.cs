using System.Buffers;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>Bytes that came in and were not read yet, in blocks. Guarded by its socket's lock.</summary>
internal sealed class StreamBuffer(SocketMemory memory)
{
    private const int BlockSize = 8192;

    private readonly Queue<byte[]> _blocks = new();
    private byte[]? _last;
    private int _start;
    private int _end;

    public long Length { get; private set; }

    /// <summary>Takes bytes in, as far as they can be read: EFAULT, and ENOBUFS where the kernel's sockets hold too much, only for the first.</summary>
    public Errno Append(ref IoSource source, long count, out long taken)
    {
        taken = 0;
        while (taken < count)
        {
            if ((_last is null || _end == BlockSize) && !TryAddBlock())
                return taken > 0 ? Errno.None : Errno.ENOBUFS;
            var room = _last.AsSpan(_end, (int)Math.Min(BlockSize - _end, count - taken));
            var read = source.Read(room);
            _end += read;
            Length += read;
            taken += read;
            if (read < room.Length)
                return taken > 0 ? Errno.None : Errno.EFAULT;
        }

        return Errno.None;
    }

    /// <summary>Hands bytes over, and takes them away unless somebody only looks. Fewer than there are: the target can't take them.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="isPeek">They stay.</param>
    /// <param name="isDiscard">They are handed to nobody (MSG_TRUNC of tcp(7)).</param>
    public long Read(ref IoTarget target, bool isPeek, bool isDiscard)
    {
        long moved = 0;
        var wanted = Math.Min(target.Remaining, Length);
        var start = _start;
        foreach (var block in _blocks.ToArray())
        {
            if (moved == wanted)
                break;
            var end = ReferenceEquals(block, _last) ? _end : BlockSize;
            var part = (int)Math.Min(end - start, wanted - moved);
            var written = isDiscard ? part : target.Write(block.AsSpan(start, part));
            if (isDiscard)
                target.Truncate(target.Remaining - part);
            moved += written;
            if (!isPeek)
                Remove(written);
            start = 0;
            if (written < part)
                break;
        }

        return moved;
    }

    public void Clear()
    {
        while (_blocks.Count > 0)
            DropFirst();
        Length = 0;
    }

    private void Remove(int count)
    {
        _start += count;
        Length -= count;
        if (_start == (ReferenceEquals(_blocks.Peek(), _last) ? _end : BlockSize))
            DropFirst();
    }

    private void DropFirst()
    {
        var block = _blocks.Dequeue();
        if (ReferenceEquals(block, _last))
            _last = null;
        _start = 0;
        ArrayPool<byte>.Shared.Return(block);
        memory.Give(BlockSize);
    }

    private bool TryAddBlock()
    {
        if (!memory.TryTake(BlockSize))
            return false;
        _last = ArrayPool<byte>.Shared.Rent(BlockSize);
        _blocks.Enqueue(_last);
        _end = 0;
        return true;
    }
}
