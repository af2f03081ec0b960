using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Blocks of bytes in a frame: where a cold path keeps the live values across a call, so that no value lives in a register
/// across it and the hot path need not plan for one that does.
/// </summary>
internal static class FrameArea
{
    /// <summary>The smallest block of at least that size.</summary>
    public static Type OfSize(int bytes) => bytes switch
    {
        <= 8 => typeof(B8),
        <= 64 => typeof(B64),
        <= 128 => typeof(B128),
        <= 256 => typeof(B256),
        <= 512 => typeof(B512),
        <= 1024 => typeof(B1024),
        <= 4096 => typeof(B4096),
        <= 16384 => typeof(B16384),
        <= 65536 => typeof(B65536),
        _ => typeof(B1M),
    };

    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct B8;

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct B64;

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct B128;

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct B256;

    [StructLayout(LayoutKind.Sequential, Size = 512)]
    private struct B512;

    [StructLayout(LayoutKind.Sequential, Size = 1024)]
    private struct B1024;

    [StructLayout(LayoutKind.Sequential, Size = 4096)]
    private struct B4096;

    [StructLayout(LayoutKind.Sequential, Size = 16384)]
    private struct B16384;

    [StructLayout(LayoutKind.Sequential, Size = 65536)]
    private struct B65536;

    [StructLayout(LayoutKind.Sequential, Size = 1 << 20)]
    private struct B1M;
}

/// <summary>Vectors in memory, at any alignment.</summary>
internal static unsafe class VectorAccess
{
    public static Vector128<byte> Load(byte* address) => Vector128.Load(address);

    public static void Store(byte* address, Vector128<byte> value) => value.Store(address);
}
