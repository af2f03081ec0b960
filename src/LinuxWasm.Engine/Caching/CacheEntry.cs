using System.Buffers.Binary;
using System.Security.Cryptography;
using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Caching;

/// <summary>A function as an earlier run has left it.</summary>
/// <param name="Busy">It was compiled optimized.</param>
/// <param name="Body">The quick form's <see cref="Compilation.IlBody"/>; empty if that can't be kept.</param>
internal readonly record struct CachedFunction(int Index, bool Busy, ReadOnlyMemory<byte> Body);

/// <summary>
/// What is known of a module from before: that it is valid, which functions it called first, and their code. In the file: a magic number, the
/// <see cref="CacheKey"/>, the SHA-256 of the rest, and the rest.
/// </summary>
internal sealed class CacheEntry
{
    private const int HeaderSize = sizeof(uint) + CacheKey.Size + SHA256.HashSizeInBytes;

    /// <summary>"LWC" and the format's number.</summary>
    private const uint Magic = 0x0143574C;

    public required CallGraph Calls { get; init; }

    /// <summary>Stands for the options that the code was compiled with, <see cref="Compilation.ModuleFacts.Fingerprint"/>.</summary>
    public required uint Options { get; init; }

    /// <summary>In the order of their first calls.</summary>
    public required IReadOnlyList<CachedFunction> Functions { get; init; }

    public byte[] ToBytes(CacheKey key)
    {
        var writer = new ByteWriter();
        Calls.Write(writer);
        writer.U32((int)Options);
        writer.U32(Functions.Count);
        foreach (var function in Functions)
        {
            writer.U32(function.Index);
            writer.Byte(function.Busy ? (byte)1 : (byte)0);
            writer.Sized(function.Body.Span);
        }

        var rest = writer.Written.Span;
        byte[] bytes = new byte[HeaderSize + rest.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        key.Bytes.CopyTo(bytes, sizeof(uint));
        SHA256.HashData(rest, bytes.AsSpan(sizeof(uint) + CacheKey.Size));
        rest.CopyTo(bytes.AsSpan(HeaderSize));
        return bytes;
    }

    /// <summary>Null if the bytes are not an entry for that key, whole and undamaged.</summary>
    public static CacheEntry? Read(ReadOnlyMemory<byte> bytes, CacheKey key)
    {
        var span = bytes.Span;
        if (span.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(span) != Magic || !span.Slice(sizeof(uint), CacheKey.Size).SequenceEqual(key.Bytes))
            return null;
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(span[HeaderSize..], sum);
        if (!sum.SequenceEqual(span.Slice(sizeof(uint) + CacheKey.Size, SHA256.HashSizeInBytes)))
            return null;
        try
        {
            return Read(bytes);
        }
        catch (WasmFormatException)
        {
            return null;
        }
    }

    private static CacheEntry Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes.Span, HeaderSize, bytes.Length);
        var calls = CallGraph.Read(ref reader);
        uint options = reader.U32();
        var functions = new CachedFunction[reader.Count("functions")];
        for (int i = 0; i < functions.Length; i++)
        {
            int index = (int)reader.U32();
            bool busy = reader.Byte() != 0;
            int length = reader.Sized().Length;
            functions[i] = new CachedFunction(index, busy, bytes.Slice(reader.Position - length, length));
        }

        return new CacheEntry { Calls = calls, Options = options, Functions = functions };
    }
}
