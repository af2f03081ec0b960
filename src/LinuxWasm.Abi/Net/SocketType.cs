namespace LinuxWasm.Abi;

/// <summary>Types of socket(2), and the flags that may stand beside them.</summary>
[Flags]
public enum SocketType
{
    None = 0,
    SOCK_STREAM = 1,
    SOCK_DGRAM = 2,
    SOCK_RAW = 3,
    SOCK_RDM = 4,
    SOCK_SEQPACKET = 5,
    SOCK_DCCP = 6,
    SOCK_PACKET = 10,

    /// <summary>SOCK_TYPE_MASK: the bits that are a number.</summary>
    TypeMask = 0xf,

    SOCK_NONBLOCK = 0x800,
    SOCK_CLOEXEC = 0x80000,
}

/// <summary>Which direction shutdown(2) ends.</summary>
public enum ShutdownHow
{
    SHUT_RD = 0,
    SHUT_WR = 1,
    SHUT_RDWR = 2,
}

/// <summary>Numbers of socketcall(2) (linux/net.h).</summary>
public enum SocketCallNumber
{
    SYS_SOCKET = 1,
    SYS_BIND = 2,
    SYS_CONNECT = 3,
    SYS_LISTEN = 4,
    SYS_ACCEPT = 5,
    SYS_GETSOCKNAME = 6,
    SYS_GETPEERNAME = 7,
    SYS_SOCKETPAIR = 8,
    SYS_SEND = 9,
    SYS_RECV = 10,
    SYS_SENDTO = 11,
    SYS_RECVFROM = 12,
    SYS_SHUTDOWN = 13,
    SYS_SETSOCKOPT = 14,
    SYS_GETSOCKOPT = 15,
    SYS_SENDMSG = 16,
    SYS_RECVMSG = 17,
    SYS_ACCEPT4 = 18,
    SYS_RECVMMSG = 19,
    SYS_SENDMMSG = 20,
}
