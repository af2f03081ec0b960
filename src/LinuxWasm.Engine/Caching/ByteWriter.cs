using System.Buffers;

namespace LinuxWasm.Engine.Caching;

/// <summary>Writes what <see cref="Binary.ByteReader"/> reads.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new(4096);

    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    public void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    public void Bytes(ReadOnlySpan<byte> value) => bytes.Write(value);

    public void Sized(ReadOnlySpan<byte> value)
    {
        U32(value.Length);
        Bytes(value);
    }

    /// <summary>The number's 32 bits as an unsigned number.</summary>
    public void U32(int value)
    {
        uint left = (uint)value;
        while (left >= 0x80)
        {
            Byte((byte)(left | 0x80));
            left >>= 7;
        }

        Byte((byte)left);
    }
}
