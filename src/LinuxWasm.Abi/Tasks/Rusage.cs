using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct rusage, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
public struct Rusage
{
    [FieldOffset(0)]
    public Timeval ru_utime;

    [FieldOffset(16)]
    public Timeval ru_stime;

    [FieldOffset(32)]
    public long ru_maxrss;

    [FieldOffset(40)]
    public long ru_ixrss;

    [FieldOffset(48)]
    public long ru_idrss;

    [FieldOffset(56)]
    public long ru_isrss;

    [FieldOffset(64)]
    public long ru_minflt;

    [FieldOffset(72)]
    public long ru_majflt;

    [FieldOffset(80)]
    public long ru_nswap;

    [FieldOffset(88)]
    public long ru_inblock;

    [FieldOffset(96)]
    public long ru_oublock;

    [FieldOffset(104)]
    public long ru_msgsnd;

    [FieldOffset(112)]
    public long ru_msgrcv;

    [FieldOffset(120)]
    public long ru_nsignals;

    [FieldOffset(128)]
    public long ru_nvcsw;

    [FieldOffset(136)]
    public long ru_nivcsw;
}

/// <summary>struct compat_rusage: i386's struct rusage.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
public struct Rusage32
{
    [FieldOffset(0)]
    public OldTimeval32 ru_utime;

    [FieldOffset(8)]
    public OldTimeval32 ru_stime;

    [FieldOffset(16)]
    public int ru_maxrss;

    [FieldOffset(20)]
    public int ru_ixrss;

    [FieldOffset(24)]
    public int ru_idrss;

    [FieldOffset(28)]
    public int ru_isrss;

    [FieldOffset(32)]
    public int ru_minflt;

    [FieldOffset(36)]
    public int ru_majflt;

    [FieldOffset(40)]
    public int ru_nswap;

    [FieldOffset(44)]
    public int ru_inblock;

    [FieldOffset(48)]
    public int ru_oublock;

    [FieldOffset(52)]
    public int ru_msgsnd;

    [FieldOffset(56)]
    public int ru_msgrcv;

    [FieldOffset(60)]
    public int ru_nsignals;

    [FieldOffset(64)]
    public int ru_nvcsw;

    [FieldOffset(68)]
    public int ru_nivcsw;
}
