namespace LinuxWasm.Kernel.Tty;

/// <summary>Bytes on their way from one end of a terminal to the other, first in, first out, no more than it was made for.</summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _start;

    public int Count { get; private set; }

    public int Room => _bytes.Length - Count;

    public void Clear() => _start = Count = 0;

    /// <summary>Appends a byte; there must be room.</summary>
    public void Add(byte value) => _bytes[(_start + Count++) % _bytes.Length] = value;

    /// <summary>The byte at a place, 0 the next that is taken.</summary>
    public byte this[int index] => _bytes[(_start + index) % _bytes.Length];

    /// <summary>Takes as many as there are and fit.</summary>
    public int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, Count);
        for (var i = 0; i < count; i++)
            target[i] = this[i];
        Drop(count);
        return count;
    }

    /// <summary>Takes some without a look at them.</summary>
    public void Drop(int count)
    {
        _start = (_start + count) % _bytes.Length;
        Count -= count;
    }

    /// <summary>Takes the byte that was added last back.</summary>
    public void Retract() => Count--;
}
