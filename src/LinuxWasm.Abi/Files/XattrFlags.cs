using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>setxattr(2)'s flags.</summary>
[Flags]
public enum XattrFlags
{
    None = 0,

    /// <summary>EEXIST where there is such an attribute.</summary>
    XATTR_CREATE = 1,

    /// <summary>ENODATA where there is none.</summary>
    XATTR_REPLACE = 2,
}

/// <summary>struct xattr_args of setxattrat(2) and getxattrat(2), the same in every table.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct XattrArgs
{
    /// <summary>A pointer, in 64 bits for every ABI.</summary>
    [FieldOffset(0)]
    public ulong value;

    [FieldOffset(8)]
    public uint size;

    [FieldOffset(12)]
    public XattrFlags flags;
}
