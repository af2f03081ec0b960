using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LinuxWasm.Engine;

/// <summary>Writes a snapshot's parts, and hashes what it writes.</summary>
internal sealed class SnapshotWriter(Stream stream) : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void U8(int value) => Bytes([(byte)value]);

    public void U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void U64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > SnapshotFormat.LongestName)
            throw new SnapshotException($"a name of {bytes.Length} bytes is longer than {SnapshotFormat.LongestName}");
        U32((uint)bytes.Length);
        Bytes(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        stream.Write(bytes);
    }

    /// <summary>The hash of all that was written, as the last thing.</summary>
    public void Finish()
    {
        stream.Write(hash.GetHashAndReset());
        stream.Flush();
    }

    public void Dispose() => hash.Dispose();
}
