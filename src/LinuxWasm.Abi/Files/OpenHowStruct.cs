using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct open_how (openat2(2)), the first and so far only version.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct OpenHowStruct
{
    [FieldOffset(0)]
    public ulong flags;

    [FieldOffset(8)]
    public ulong mode;

    [FieldOffset(16)]
    public ResolveFlags resolve;
}

/// <summary>openat2(2)'s RESOLVE_* flags.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    RESOLVE_NO_XDEV = 1,
    RESOLVE_NO_MAGICLINKS = 2,
    RESOLVE_NO_SYMLINKS = 4,
    RESOLVE_BENEATH = 8,
    RESOLVE_IN_ROOT = 16,
    RESOLVE_CACHED = 32,
    All = 63,
}
