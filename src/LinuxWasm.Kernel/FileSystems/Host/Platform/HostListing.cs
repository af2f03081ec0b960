using System.Buffers.Binary;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>The names of a directory at one moment, packed: number (8 bytes), type, length, name.</summary>
internal sealed class HostListing
{
    /// <summary>Bytes that one open directory may hold of the host's memory: about a million names.</summary>
    private const int MaxBytes = 64 << 20;

    private const int HeaderSize = 10;

    private byte[] _entries = new byte[1024];
    private int[] _offsets = new int[32];
    private int _length;

    public int Count { get; private set; }

    /// <summary>False where there is no more room. Names longer than NAME_MAX can't be told to a guest, nor opened by one.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, ulong ino, byte type)
    {
        if (name.Length > byte.MaxValue)
            return true;
        var end = _length + HeaderSize + name.Length;
        if (end > MaxBytes)
            return false;
        if (end > _entries.Length)
            Array.Resize(ref _entries, Math.Max(end, _entries.Length * 2));
        if (Count == _offsets.Length)
            Array.Resize(ref _offsets, Count * 2);
        var entry = _entries.AsSpan(_length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, ino);
        entry[8] = type;
        entry[9] = (byte)name.Length;
        name.CopyTo(entry[HeaderSize..]);
        _offsets[Count++] = _length;
        _length = end;
        return true;
    }

    public ReadOnlySpan<byte> Get(int index, out ulong ino, out byte type)
    {
        var entry = _entries.AsSpan(_offsets[index]);
        ino = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        type = entry[8];
        return entry.Slice(HeaderSize, entry[9]);
    }
}
