using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace LinuxWasm.Engine.Binary;

/// <summary>Reads the binary format; every complaint carries its offset in the module.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int position, int end)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes = bytes[..end];

    public int Position { get; set; } = position;

    public readonly int End => bytes.Length;

    public readonly bool AtEnd => Position >= bytes.Length;

    public readonly WasmFormatException Error(string reason) => new(Position, reason);

    public byte Byte()
    {
        if ((uint)Position >= (uint)bytes.Length)
            throw Error("unexpected end");
        return bytes[Position++];
    }

    public readonly byte Peek()
    {
        if ((uint)Position >= (uint)bytes.Length)
            throw Error("unexpected end");
        return bytes[Position];
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)(bytes.Length - Position))
            throw Error("unexpected end");
        var result = bytes.Slice(Position, count);
        Position += count;
        return result;
    }

    /// <summary>A length, and as many bytes.</summary>
    public ReadOnlySpan<byte> Sized() => Bytes((int)Math.Min(U32(), int.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint U32()
    {
        if ((uint)Position < (uint)bytes.Length && bytes[Position] < 0x80)
            return bytes[Position++];
        return (uint)Unsigned(32);
    }

    public ulong U64() => Unsigned(64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int S32()
    {
        if ((uint)Position < (uint)bytes.Length && bytes[Position] < 0x80)
            return (sbyte)(bytes[Position++] << 1) >> 1;
        return (int)Signed(32);
    }

    public long S33() => Signed(33);

    public long S64() => Signed(64);

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>A count of things that take a byte each at least, so that a false one can't make us reserve much.</summary>
    public int Count(string what)
    {
        int at = Position;
        uint count = U32();
        if (count > (uint)(bytes.Length - Position))
            throw new WasmFormatException(at, $"{count} {what} do not fit in what is left");
        return (int)count;
    }

    public string Name()
    {
        int at = Position;
        int length = (int)Math.Min(U32(), int.MaxValue);
        var text = Bytes(length);
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw new WasmFormatException(at, "malformed UTF-8 encoding");
        }
    }

    private ulong Unsigned(int bits)
    {
        int at = Position;
        ulong result = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            if (shift + 7 > bits && next >> (bits - shift) != 0)
                throw new WasmFormatException(at, shift + 7 > bits && (next & 0x80) != 0 ? "integer representation too long" : "integer too large");
            result |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return result;
        }
    }

    private long Signed(int bits)
    {
        int at = Position;
        long result = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            if (shift + 7 >= bits)
            {
                // The last byte: what lies above the value must repeat its sign, and nothing may follow.
                if ((next & 0x80) != 0)
                    throw new WasmFormatException(at, "integer representation too long");
                int used = bits - shift;
                int top = (sbyte)(next << 1) >> 1 >> (used - 1);
                if (top is not 0 and not -1)
                    throw new WasmFormatException(at, "integer too large");
            }

            result |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                int filled = shift + 7;
                return filled < 64 ? result << (64 - filled) >> (64 - filled) : result;
            }
        }
    }
}
