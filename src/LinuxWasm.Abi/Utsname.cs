using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct new_utsname: six names of at most 64 bytes and a NUL each.</summary>
[StructLayout(LayoutKind.Explicit, Size = 6 * FieldLength)]
public struct Utsname
{
    public const int FieldLength = 65;
}

/// <summary>struct old_utsname of olduname: five names, without the domain.</summary>
[StructLayout(LayoutKind.Explicit, Size = 5 * Utsname.FieldLength)]
public struct OldUtsname;

/// <summary>struct oldold_utsname of oldolduname: five names of at most 8 bytes and a NUL.</summary>
[StructLayout(LayoutKind.Explicit, Size = 5 * FieldLength)]
public struct OldOldUtsname
{
    public const int FieldLength = 9;
}
