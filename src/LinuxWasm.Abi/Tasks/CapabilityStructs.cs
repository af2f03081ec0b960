using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct __user_cap_header_struct of capget(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct CapUserHeader
{
    [FieldOffset(0)]
    public uint version;

    [FieldOffset(4)]
    public int pid;
}

/// <summary>struct __user_cap_data_struct: 32 capabilities of each set.</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct CapUserData
{
    [FieldOffset(0)]
    public uint effective;

    [FieldOffset(4)]
    public uint permitted;

    [FieldOffset(8)]
    public uint inheritable;
}
