using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>getrlimit(2)'s resources, x86 numbering.</summary>
public enum Resource
{
    RLIMIT_CPU = 0,
    RLIMIT_FSIZE = 1,
    RLIMIT_DATA = 2,
    RLIMIT_STACK = 3,
    RLIMIT_CORE = 4,
    RLIMIT_RSS = 5,
    RLIMIT_NPROC = 6,
    RLIMIT_NOFILE = 7,
    RLIMIT_MEMLOCK = 8,
    RLIMIT_AS = 9,
    RLIMIT_LOCKS = 10,
    RLIMIT_SIGPENDING = 11,
    RLIMIT_MSGQUEUE = 12,
    RLIMIT_NICE = 13,
    RLIMIT_RTPRIO = 14,
    RLIMIT_RTTIME = 15,
}

/// <summary>struct rlimit of a 64-bit ABI, and struct rlimit64 of every ABI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Rlimit
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Infinity = ulong.MaxValue;

    [FieldOffset(0)]
    public ulong rlim_cur;

    [FieldOffset(8)]
    public ulong rlim_max;
}

/// <summary>struct compat_rlimit: i386's struct rlimit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Rlimit32
{
    /// <summary>RLIM_INFINITY of i386; what is more than it can hold shows as it, too.</summary>
    public const uint Infinity = uint.MaxValue;

    /// <summary>What getrlimit's first form, of a signed long, shows at the most.</summary>
    public const uint OldInfinity = 0x7fffffff;

    [FieldOffset(0)]
    public uint rlim_cur;

    [FieldOffset(4)]
    public uint rlim_max;
}
