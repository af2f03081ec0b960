using System.Runtime.InteropServices;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>
/// Options of the levels of IP, IPv6, TCP and UDP (ip(7), ipv6(7), tcp(7), udp(7)). On a network without wires most of them change nothing: they are kept,
/// within their bounds, for those who ask.
/// </summary>
internal sealed class InetOptions
{
    private const string Congestion = "cubic";
    private const int CongestionLength = 16;
    private const int TCP_CONGESTION = 13;
    private const int IPV6_V6ONLY = 26;

    /// <summary>Level, option and its name, value at first, least, most. A single bit is 0 or 1 whatever was said.</summary>
    private static readonly (SocketLevel Level, int Option, string Name, int First, int Least, int Most)[] Known =
    [
        (SocketLevel.SOL_TCP, 1, "TCP_NODELAY", 0, 0, 1),
        (SocketLevel.SOL_TCP, 3, "TCP_CORK", 0, 0, 1),
        (SocketLevel.SOL_TCP, 4, "TCP_KEEPIDLE", 7200, 1, 32767),
        (SocketLevel.SOL_TCP, 5, "TCP_KEEPINTVL", 75, 1, 32767),
        (SocketLevel.SOL_TCP, 6, "TCP_KEEPCNT", 9, 1, 127),
        (SocketLevel.SOL_TCP, 7, "TCP_SYNCNT", 6, 1, 127),
        (SocketLevel.SOL_TCP, 8, "TCP_LINGER2", 60, int.MinValue, int.MaxValue),
        (SocketLevel.SOL_TCP, 9, "TCP_DEFER_ACCEPT", 0, int.MinValue, int.MaxValue),
        (SocketLevel.SOL_TCP, 12, "TCP_QUICKACK", 1, 0, 1),
        (SocketLevel.SOL_TCP, 18, "TCP_USER_TIMEOUT", 0, 0, int.MaxValue),
        (SocketLevel.SOL_TCP, 25, "TCP_NOTSENT_LOWAT", int.MaxValue, int.MinValue, int.MaxValue),
        (SocketLevel.SOL_IP, 1, "IP_TOS", 0, 0, 255),
        (SocketLevel.SOL_IP, 2, "IP_TTL", 64, 1, 255),
        (SocketLevel.SOL_IP, 8, "IP_PKTINFO", 0, 0, 1),
        (SocketLevel.SOL_IP, 10, "IP_MTU_DISCOVER", 1, 0, 5),
        (SocketLevel.SOL_IP, 11, "IP_RECVERR", 0, 0, 1),
        (SocketLevel.SOL_IP, 12, "IP_RECVTTL", 0, 0, 1),
        (SocketLevel.SOL_IP, 13, "IP_RECVTOS", 0, 0, 1),
        (SocketLevel.SOL_IP, 15, "IP_FREEBIND", 0, 0, 1),
        (SocketLevel.SOL_IP, 24, "IP_BIND_ADDRESS_NO_PORT", 0, 0, 1),
        (SocketLevel.SOL_IP, 33, "IP_MULTICAST_TTL", 1, 0, 255),
        (SocketLevel.SOL_IP, 34, "IP_MULTICAST_LOOP", 1, 0, 1),
        (SocketLevel.SOL_IPV6, 16, "IPV6_UNICAST_HOPS", 64, -1, 255),
        (SocketLevel.SOL_IPV6, 18, "IPV6_MULTICAST_HOPS", 1, -1, 255),
        (SocketLevel.SOL_IPV6, 19, "IPV6_MULTICAST_LOOP", 1, 0, 1),
        (SocketLevel.SOL_IPV6, 23, "IPV6_MTU_DISCOVER", 1, 0, 5),
        (SocketLevel.SOL_IPV6, 25, "IPV6_RECVERR", 0, 0, 1),
        (SocketLevel.SOL_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY", 0, 0, 1),
        (SocketLevel.SOL_IPV6, 49, "IPV6_RECVPKTINFO", 0, 0, 1),
        (SocketLevel.SOL_IPV6, 51, "IPV6_RECVHOPLIMIT", 0, 0, 1),
        (SocketLevel.SOL_IPV6, 66, "IPV6_RECVTCLASS", 0, 0, 1),
        (SocketLevel.SOL_IPV6, 67, "IPV6_TCLASS", 0, -1, 255),
        (SocketLevel.SOL_UDP, 1, "UDP_CORK", 0, 0, 1),
    ];

    private readonly AddressFamily _family;
    private readonly SocketType _type;
    private readonly Lock _lock = new();
    private readonly Dictionary<(SocketLevel, int), int> _values = [];

    public InetOptions(AddressFamily family, SocketType type)
    {
        _family = family;
        _type = type;
    }

    public bool IsV6Only { get; private set; }

    /// <summary>An option's name in Linux's headers, or null.</summary>
    public static string? NameOf(SocketLevel level, int option) =>
        Known.FirstOrDefault(known => known.Level == level && known.Option == option).Name;

    public Errno Set(LinuxTask task, InetSocket socket, SocketLevel level, int option, OptionArgument argument)
    {
        if (!Has(level))
            return Errno.ENOPROTOOPT;
        if (level == SocketLevel.SOL_TCP && option == TCP_CONGESTION)
            return argument.Length < 1 ? Errno.EINVAL : Errno.ENOENT;
        var value = 0;
        var error = level is SocketLevel.SOL_IP ? argument.ReadShort(out value) : argument.Read(out value);
        if (error != Errno.None)
            return error;
        foreach (var (ofLevel, number, _, first, least, most) in Known)
        {
            if (ofLevel != level || number != option)
                continue;
            if ((least, most) == (0, 1))
                value = value != 0 ? 1 : 0;
            // -1 is what it was at first.
            if (value == -1 && ((level == SocketLevel.SOL_IPV6 && least == -1) || (level, option) is (SocketLevel.SOL_IP, 2 or 33)))
                value = first;
            if (value < least || value > most)
                return Errno.EINVAL;
            if (level == SocketLevel.SOL_IPV6 && option == IPV6_V6ONLY)
            {
                if (socket.Local.Port != 0)
                    return Errno.EINVAL;
                IsV6Only = value != 0;
            }

            lock (_lock)
                _values[(level, option)] = value;
            return Errno.None;
        }

        return Errno.ENOPROTOOPT;
    }

    public Errno Get(InetSocket socket, SocketLevel level, int option, out byte[] value)
    {
        value = [];
        if (!Has(level))
            return Errno.EOPNOTSUPP;
        switch (level, option)
        {
            case (SocketLevel.SOL_TCP, TCP_CONGESTION):
                value = new byte[CongestionLength];
                Encoding.ASCII.GetBytes(Congestion, value);
                return Errno.None;
            // TCP_MAXSEG, before anything was agreed.
            case (SocketLevel.SOL_TCP, 2):
                value = Bytes(536);
                return Errno.None;
        }

        foreach (var (ofLevel, number, _, first, _, _) in Known)
        {
            if (ofLevel != level || number != option)
                continue;
            lock (_lock)
                value = Bytes(_values.GetValueOrDefault((level, option), first));
            return Errno.None;
        }

        return Errno.ENOPROTOOPT;
    }

    /// <summary>What a connection has of its listener.</summary>
    public void InheritFrom(InetOptions listener)
    {
        IsV6Only = listener.IsV6Only;
        lock (listener._lock)
        {
            foreach (var (key, value) in listener._values)
                _values[key] = value;
        }
    }

    private bool Has(SocketLevel level) => level switch
    {
        SocketLevel.SOL_IP => true,
        SocketLevel.SOL_IPV6 => _family == AddressFamily.AF_INET6,
        SocketLevel.SOL_TCP => _type == SocketType.SOCK_STREAM,
        SocketLevel.SOL_UDP => _type == SocketType.SOCK_DGRAM,
        _ => false,
    };

    private static byte[] Bytes(int value) => MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)).ToArray();
}
