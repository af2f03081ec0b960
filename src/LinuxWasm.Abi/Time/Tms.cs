using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct tms of times(2), 64-bit, in clock ticks of 10 ms.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct Tms
{
    [FieldOffset(0)]
    public long tms_utime;

    [FieldOffset(8)]
    public long tms_stime;

    [FieldOffset(16)]
    public long tms_cutime;

    [FieldOffset(24)]
    public long tms_cstime;
}

/// <summary>struct compat_tms: of i386.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Tms32
{
    [FieldOffset(0)]
    public int tms_utime;

    [FieldOffset(4)]
    public int tms_stime;

    [FieldOffset(8)]
    public int tms_cutime;

    [FieldOffset(12)]
    public int tms_cstime;
}
