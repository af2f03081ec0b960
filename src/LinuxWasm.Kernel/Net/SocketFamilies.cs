using LinuxWasm.Abi;
using LinuxWasm.Kernel.Net.Inet;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net;

/// <summary>Which sockets there are (socket(2)). Other families answer as from a Linux that was built without them.</summary>
internal static class SocketFamilies
{
    /// <summary>NPROTO: no family has a higher number.</summary>
    private const int Families = 46;

    /// <summary>SOCK_MAX.</summary>
    private const int Types = 11;

    /// <summary>PF_UNIX as a protocol means the same as 0.</summary>
    private const int UnixProtocol = 1;

    /// <summary>EAFNOSUPPORT, EINVAL, EPROTONOSUPPORT, ESOCKTNOSUPPORT.</summary>
    public static Errno Create(LinuxTask task, AddressFamily domain, SocketType type, int protocol, out Socket? socket)
    {
        socket = null;
        var error = Check(domain, type);
        if (error != Errno.None)
            return error;
        switch (domain)
        {
            case AddressFamily.AF_UNIX:
                error = CheckUnix(ref type, protocol);
                if (error == Errno.None)
                    socket = new UnixSocket(task.Kernel, type);
                return error;
            case AddressFamily.AF_INET or AddressFamily.AF_INET6:
                return CreateInet(task, domain, type, protocol, out socket);
            default:
                return Errno.EAFNOSUPPORT;
        }
    }

    /// <summary>inet_create: a protocol fits its type, and 0 is the type's own.</summary>
    private static Errno CreateInet(LinuxTask task, AddressFamily domain, SocketType type, int protocol, out Socket? socket)
    {
        const int MaxProtocol = 263;
        socket = null;
        if (protocol is < 0 or >= MaxProtocol)
            return Errno.EINVAL;
        switch (type)
        {
            case SocketType.SOCK_STREAM when protocol is 0 or TcpSocket.IPPROTO_TCP:
                socket = new TcpSocket(task.Kernel, domain, task.Credentials.Fsuid);
                return Errno.None;
            case SocketType.SOCK_DGRAM when protocol is 0 or UdpSocket.IPPROTO_UDP:
                socket = new UdpSocket(task.Kernel, domain) { Uid = task.Credentials.Fsuid };
                return Errno.None;
            case SocketType.SOCK_STREAM or SocketType.SOCK_DGRAM:
                return Errno.EPROTONOSUPPORT;
            case SocketType.SOCK_RAW when !task.Credentials.Has(Capability.CAP_NET_RAW):
                return protocol == 0 ? Errno.EPROTONOSUPPORT : Errno.EPERM;
            case SocketType.SOCK_RAW:
                return Errno.EPROTONOSUPPORT;
            default:
                return Errno.ESOCKTNOSUPPORT;
        }
    }

    /// <summary>What socketpair(2) finds wrong once it has its numbers: only AF_UNIX has pairs.</summary>
    public static Errno CheckPair(LinuxTask task, AddressFamily domain, ref SocketType type, int protocol)
    {
        var error = Check(domain, type);
        if (error != Errno.None)
            return error;
        if (domain == AddressFamily.AF_UNIX)
            return CheckUnix(ref type, protocol);
        error = Create(task, domain, type, protocol, out var socket);
        socket?.Close();
        return error == Errno.None ? Errno.EOPNOTSUPP : error;
    }

    private static Errno Check(AddressFamily domain, SocketType type)
    {
        if ((uint)domain >= Families)
            return Errno.EAFNOSUPPORT;
        return (uint)type >= Types ? Errno.EINVAL : Errno.None;
    }

    private static Errno CheckUnix(ref SocketType type, int protocol)
    {
        if (protocol is not (0 or UnixProtocol))
            return Errno.EPROTONOSUPPORT;
        // "Believe it or not BSD has AF_UNIX, SOCK_RAW though nothing uses it."
        if (type == SocketType.SOCK_RAW)
            type = SocketType.SOCK_DGRAM;
        return type is SocketType.SOCK_STREAM or SocketType.SOCK_DGRAM or SocketType.SOCK_SEQPACKET ? Errno.None : Errno.ESOCKTNOSUPPORT;
    }
}
