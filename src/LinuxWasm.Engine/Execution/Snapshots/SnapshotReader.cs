using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LinuxWasm.Engine;

/// <summary>
/// Reads a snapshot's parts. It trusts nothing: it reads no further than a part says, takes no length without a bound, and whoever asks for an
/// index checks it, since a hash only finds damage, not malice.
/// </summary>
internal sealed class SnapshotReader(Stream stream) : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long position;

    /// <summary>What is being read, for error messages.</summary>
    public string Part { get; set; } = "header";

    public byte U8()
    {
        Span<byte> bytes = stackalloc byte[1];
        Bytes(bytes);
        return bytes[0];
    }

    public uint U32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Bytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong U64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Bytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A number that must be at most so large.</summary>
    public int Index(int most, string what)
    {
        uint value = U32();
        return value <= (uint)most && most >= 0 ? (int)value : throw Wrong($"{what} of at most {most}", value);
    }

    public bool Flag(string what)
    {
        byte value = U8();
        return value <= 1 ? value == 1 : throw Wrong($"0 or 1 for {what}", value);
    }

    public string Text()
    {
        byte[] bytes = new byte[Index(SnapshotFormat.LongestName, "a name's length")];
        Bytes(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    public void Bytes(Span<byte> bytes)
    {
        int got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
            throw Wrong($"{bytes.Length} bytes", $"the end after {got}");
        position += got;
        hash.AppendData(bytes);
    }

    /// <summary>Checks the hash, which is the last thing. What follows it in the stream is not this snapshot's.</summary>
    public void Finish()
    {
        Part = "closing hash";
        byte[] expected = hash.GetHashAndReset();
        byte[] actual = new byte[SnapshotFormat.HashSize];
        Bytes(actual);
        if (!expected.AsSpan().SequenceEqual(actual))
            throw Wrong(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(actual));
    }

    public SnapshotException Wrong(string expected, object found) =>
        new($"damaged snapshot: {Part}, byte {position}: expected {expected}, found {found}");

    public void Dispose() => hash.Dispose();
}
