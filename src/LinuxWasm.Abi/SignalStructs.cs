using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>siginfo_t of a 64-bit ABI; WALI's too, whose pointers are the low halves. Fields overlap as the union in C does.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SigInfo64
{
    [FieldOffset(0)]
    public int si_signo;

    [FieldOffset(4)]
    public int si_errno;

    [FieldOffset(8)]
    public int si_code;

    [FieldOffset(16)]
    public int si_pid;

    [FieldOffset(20)]
    public uint si_uid;

    [FieldOffset(24)]
    public ulong si_value;

    [FieldOffset(16)]
    public int si_timerid;

    [FieldOffset(20)]
    public int si_overrun;

    [FieldOffset(24)]
    public int si_status;

    [FieldOffset(32)]
    public long si_utime;

    [FieldOffset(40)]
    public long si_stime;

    [FieldOffset(16)]
    public ulong si_addr;

    [FieldOffset(16)]
    public long si_band;

    [FieldOffset(24)]
    public int si_fd;
}

/// <summary>siginfo_t of i386 (struct compat_siginfo).</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SigInfo32
{
    [FieldOffset(0)]
    public int si_signo;

    [FieldOffset(4)]
    public int si_errno;

    [FieldOffset(8)]
    public int si_code;

    [FieldOffset(12)]
    public int si_pid;

    [FieldOffset(16)]
    public uint si_uid;

    [FieldOffset(20)]
    public uint si_value;

    [FieldOffset(12)]
    public int si_timerid;

    [FieldOffset(16)]
    public int si_overrun;

    [FieldOffset(20)]
    public int si_status;

    [FieldOffset(24)]
    public int si_utime;

    [FieldOffset(28)]
    public int si_stime;

    [FieldOffset(12)]
    public uint si_addr;

    [FieldOffset(12)]
    public int si_band;

    [FieldOffset(16)]
    public int si_fd;
}

/// <summary>struct sigaction as rt_sigaction takes it, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct KernelSigAction64
{
    [FieldOffset(0)]
    public ulong sa_handler;

    [FieldOffset(8)]
    public ulong sa_flags;

    [FieldOffset(16)]
    public ulong sa_restorer;

    [FieldOffset(24)]
    public ulong sa_mask;
}

/// <summary>struct sigaction as rt_sigaction takes it, i386 (struct compat_sigaction).</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
public struct KernelSigAction32
{
    [FieldOffset(0)]
    public uint sa_handler;

    [FieldOffset(4)]
    public uint sa_flags;

    [FieldOffset(8)]
    public uint sa_restorer;

    [FieldOffset(12)]
    public ulong sa_mask;
}

/// <summary>struct old_sigaction of i386's sigaction.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct OldSigAction
{
    [FieldOffset(0)]
    public uint sa_handler;

    [FieldOffset(4)]
    public uint sa_mask;

    [FieldOffset(8)]
    public uint sa_flags;

    [FieldOffset(12)]
    public uint sa_restorer;
}

/// <summary>WALI's k_sigaction: 32-bit pointers and 64-bit flags, packed.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct WaliSigAction
{
    [FieldOffset(0)]
    public uint sa_handler;

    [FieldOffset(4)]
    public ulong sa_flags;

    [FieldOffset(12)]
    public uint sa_restorer;

    [FieldOffset(16)]
    public ulong sa_mask;
}

/// <summary>stack_t, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct SigAltStack64
{
    [FieldOffset(0)]
    public ulong ss_sp;

    [FieldOffset(8)]
    public uint ss_flags;

    [FieldOffset(16)]
    public ulong ss_size;
}

/// <summary>stack_t of 32-bit pointers: i386 and WALI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct SigAltStack32
{
    [FieldOffset(0)]
    public uint ss_sp;

    [FieldOffset(4)]
    public uint ss_flags;

    [FieldOffset(8)]
    public uint ss_size;
}
