using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct timex, 64-bit, and __kernel_timex of clock_adjtime64.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
public struct Timex
{
    [FieldOffset(0)]
    public uint modes;

    [FieldOffset(8)]
    public long offset;

    [FieldOffset(16)]
    public long freq;

    [FieldOffset(24)]
    public long maxerror;

    [FieldOffset(32)]
    public long esterror;

    [FieldOffset(40)]
    public int status;

    [FieldOffset(48)]
    public long constant;

    [FieldOffset(56)]
    public long precision;

    [FieldOffset(64)]
    public long tolerance;

    [FieldOffset(72)]
    public long time_sec;

    [FieldOffset(80)]
    public long time_usec;

    [FieldOffset(88)]
    public long tick;

    [FieldOffset(96)]
    public long ppsfreq;

    [FieldOffset(104)]
    public long jitter;

    [FieldOffset(112)]
    public int shift;

    [FieldOffset(120)]
    public long stabil;

    [FieldOffset(128)]
    public long jitcnt;

    [FieldOffset(136)]
    public long calcnt;

    [FieldOffset(144)]
    public long errcnt;

    [FieldOffset(152)]
    public long stbcnt;

    [FieldOffset(160)]
    public int tai;
}

/// <summary>struct old_timex32: i386's struct timex.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct Timex32
{
    [FieldOffset(0)]
    public uint modes;

    [FieldOffset(4)]
    public int offset;

    [FieldOffset(8)]
    public int freq;

    [FieldOffset(12)]
    public int maxerror;

    [FieldOffset(16)]
    public int esterror;

    [FieldOffset(20)]
    public int status;

    [FieldOffset(24)]
    public int constant;

    [FieldOffset(28)]
    public int precision;

    [FieldOffset(32)]
    public int tolerance;

    [FieldOffset(36)]
    public int time_sec;

    [FieldOffset(40)]
    public int time_usec;

    [FieldOffset(44)]
    public int tick;

    [FieldOffset(48)]
    public int ppsfreq;

    [FieldOffset(52)]
    public int jitter;

    [FieldOffset(56)]
    public int shift;

    [FieldOffset(60)]
    public int stabil;

    [FieldOffset(64)]
    public int jitcnt;

    [FieldOffset(68)]
    public int calcnt;

    [FieldOffset(72)]
    public int errcnt;

    [FieldOffset(76)]
    public int stbcnt;

    [FieldOffset(80)]
    public int tai;
}
