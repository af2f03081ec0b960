using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct ucred: who is at the other end of a socket (unix(7)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct Ucred
{
    [FieldOffset(0)]
    public int pid;

    [FieldOffset(4)]
    public uint uid;

    [FieldOffset(8)]
    public uint gid;
}

/// <summary>struct linger (socket(7), SO_LINGER).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Linger
{
    [FieldOffset(0)]
    public int l_onoff;

    [FieldOffset(4)]
    public int l_linger;
}

/// <summary>struct msghdr of i386 (sendmsg(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 28)]
public struct Msghdr32
{
    [FieldOffset(0)]
    public uint msg_name;

    [FieldOffset(4)]
    public int msg_namelen;

    [FieldOffset(8)]
    public uint msg_iov;

    [FieldOffset(12)]
    public uint msg_iovlen;

    [FieldOffset(16)]
    public uint msg_control;

    [FieldOffset(20)]
    public uint msg_controllen;

    [FieldOffset(24)]
    public uint msg_flags;
}

/// <summary>struct msghdr where longs and pointers have 64 bits.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
public struct Msghdr64
{
    [FieldOffset(0)]
    public ulong msg_name;

    [FieldOffset(8)]
    public int msg_namelen;

    [FieldOffset(16)]
    public ulong msg_iov;

    [FieldOffset(24)]
    public ulong msg_iovlen;

    [FieldOffset(32)]
    public ulong msg_control;

    [FieldOffset(40)]
    public ulong msg_controllen;

    [FieldOffset(48)]
    public uint msg_flags;
}

/// <summary>struct msghdr of WALI's C library: 32-bit pointers and sizes, with the padding that musl keeps for 64-bit kernels.</summary>
[StructLayout(LayoutKind.Explicit, Size = 36)]
public struct MsghdrWali
{
    [FieldOffset(0)]
    public uint msg_name;

    [FieldOffset(4)]
    public int msg_namelen;

    [FieldOffset(8)]
    public uint msg_iov;

    [FieldOffset(12)]
    public uint msg_iovlen;

    [FieldOffset(20)]
    public uint msg_control;

    [FieldOffset(24)]
    public uint msg_controllen;

    [FieldOffset(32)]
    public uint msg_flags;
}

/// <summary>struct cmsghdr of i386 (cmsg(3)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct Cmsghdr32
{
    [FieldOffset(0)]
    public uint cmsg_len;

    [FieldOffset(4)]
    public int cmsg_level;

    [FieldOffset(8)]
    public int cmsg_type;
}

/// <summary>struct cmsghdr where size_t has 64 bits, and of WALI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Cmsghdr64
{
    [FieldOffset(0)]
    public ulong cmsg_len;

    [FieldOffset(8)]
    public int cmsg_level;

    [FieldOffset(12)]
    public int cmsg_type;
}
