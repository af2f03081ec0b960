using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct sigevent with 64-bit pointers.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct SigEvent64
{
    [FieldOffset(0)]
    public ulong sigev_value;

    [FieldOffset(8)]
    public int sigev_signo;

    [FieldOffset(12)]
    public int sigev_notify;

    [FieldOffset(16)]
    public int sigev_notify_thread_id;
}

/// <summary>struct sigevent with 32-bit pointers: i386 and WALI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct SigEvent32
{
    [FieldOffset(0)]
    public uint sigev_value;

    [FieldOffset(4)]
    public int sigev_signo;

    [FieldOffset(8)]
    public int sigev_notify;

    [FieldOffset(12)]
    public int sigev_notify_thread_id;
}
