using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct iovec where pointers have 32 bits: i386 and WALI (readv(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Iovec32
{
    [FieldOffset(0)]
    public uint iov_base;

    [FieldOffset(4)]
    public uint iov_len;
}

/// <summary>struct iovec where pointers have 64 bits.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Iovec64
{
    [FieldOffset(0)]
    public ulong iov_base;

    [FieldOffset(8)]
    public ulong iov_len;
}
