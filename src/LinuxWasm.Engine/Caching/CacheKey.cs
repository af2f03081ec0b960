using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LinuxWasm.Engine.Caching;

/// <summary>What an entry is for: these bytes, with this build of the engine, on this runtime and kind of processor.</summary>
internal sealed class CacheKey
{
    /// <summary>Two hashes: of the module, and of what compiles it.</summary>
    public const int Size = 2 * SHA256.HashSizeInBytes;

    private static readonly byte[] Engine = EngineHash();

    private CacheKey(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; }

    public string FileName => $"{Convert.ToHexStringLower(Bytes.AsSpan(0, SHA256.HashSizeInBytes))}-{Convert.ToHexStringLower(Bytes.AsSpan(SHA256.HashSizeInBytes, 8))}";

    public static CacheKey Of(ReadOnlySpan<byte> module) => new([.. SHA256.HashData(module), .. Engine]);

    /// <summary>A compiler's module version identifier is another for other code, so that no version number has to be kept up.</summary>
    private static byte[] EngineHash()
    {
        Span<byte> identity = stackalloc byte[36];
        typeof(CacheKey).Module.ModuleVersionId.TryWriteBytes(identity);
        typeof(object).Module.ModuleVersionId.TryWriteBytes(identity[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(identity[32..], (int)RuntimeInformation.ProcessArchitecture);
        return SHA256.HashData(identity);
    }
}
