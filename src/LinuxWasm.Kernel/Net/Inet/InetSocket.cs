using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>
/// A socket of AF_INET or AF_INET6 (ip(7), ipv6(7)). The network is the kernel's own: 127.0.0.0/8 and ::1, and no way to anywhere else.
/// </summary>
internal abstract class InetSocket(LinuxKernel kernel, AddressFamily family, SocketType type, int protocol, PortTable ports)
    : Socket(kernel, family, type, protocol)
{
    /// <summary>net.ipv4.ip_unprivileged_port_start.</summary>
    private const int FirstFreePort = 1024;

    private readonly InetOptions _settings = new(family, type);

    /// <summary>The name of this end. Changed under <see cref="Socket.Lock"/>.</summary>
    public InetEndpoint Local { get; protected set; } = new(AnyOf(family), 0);

    /// <summary>The name of the other end; port 0 for none.</summary>
    public InetEndpoint Remote { get; protected set; } = new(AnyOf(family), 0);

    public override bool HasOptions => true;

    /// <summary>Whose socket it is, as far as SO_REUSEPORT cares.</summary>
    public uint Uid { get; init; }

    protected PortTable Ports => ports;

    protected InetOptions Settings => _settings;

    /// <summary>The address was asked for, and stays when the socket is no longer connected.</summary>
    protected bool HasOwnAddress { get; private set; }

    private bool IsV6Only => Family == AddressFamily.AF_INET6 && _settings.IsV6Only;

    public override Errno Bind(LinuxTask task, ReadOnlySpan<byte> address)
    {
        var error = ReadName(address, out var wanted);
        if (error == Errno.None && wanted.Port is > 0 and < FirstFreePort && !task.Credentials.Has(Capability.CAP_NET_BIND_SERVICE))
            error = Family == AddressFamily.AF_INET && !MayBindTo(wanted.Address) ? Errno.EADDRNOTAVAIL : Errno.EACCES;
        if (error != Errno.None)
            return error;
        lock (Lock)
        {
            // IPv4 looks at the address first, IPv6 at the socket.
            var isFree = State == SocketState.Closed && Local.Port == 0;
            if (!isFree && Family == AddressFamily.AF_INET6)
                return Errno.EINVAL;
            if (wanted.Address.IsV4 && IsV6Only)
                return Errno.EINVAL;
            if (!MayBindTo(wanted.Address))
                return wanted.Address.IsMulticast && Type == SocketType.SOCK_STREAM && Family == AddressFamily.AF_INET6 ? Errno.EINVAL : Errno.EADDRNOTAVAIL;
            if (!isFree)
                return Errno.EINVAL;
            error = ports.TryTake(this, wanted, out var port);
            if (error != Errno.None)
                return error;
            Local = wanted with { Port = port };
            HasOwnAddress = !wanted.Address.IsAny;
            return Errno.None;
        }
    }

    public override Errno GetName(out byte[] name)
    {
        name = Local.ToBytes(Family);
        return Errno.None;
    }

    public override Errno GetPeerName(out byte[] name)
    {
        name = Remote.ToBytes(Family);
        return Remote.Port == 0 || State is SocketState.Closed or SocketState.Connecting ? Errno.ENOTCONN : Errno.None;
    }

    public override Errno SetOption(LinuxTask task, SocketLevel level, int option, OptionArgument argument) =>
        _settings.Set(task, this, level, option, argument);

    public override Errno GetOption(LinuxTask task, SocketLevel level, int option, int room, out byte[] value) =>
        _settings.Get(this, level, option, out value);

    /// <summary>True where what is sent to an address comes to this socket, as far as addresses go.</summary>
    public bool Covers(InetAddress address)
    {
        var own = Local.Address;
        return own == address
            || (own == InetAddress.Any4 && address.IsV4)
            || (own == InetAddress.Any6 && (!address.IsV4 || !IsV6Only));
    }

    /// <summary>inet_csk_bind_conflict: both would be meant, and they have not agreed to share. Called under the table's lock.</summary>
    public bool ConflictsWith(InetSocket other, InetAddress address, bool listens)
    {
        if (!other.Covers(address) && !WouldCover(address, other.Local.Address))
            return false;
        if (Options[SocketOption.SO_REUSEPORT] && other.Options[SocketOption.SO_REUSEPORT] && Uid == other.Uid)
            return false;
        var isShared = Options[SocketOption.SO_REUSEADDR] && other.Options[SocketOption.SO_REUSEADDR];
        if (listens)
            return other.State == SocketState.Listening;
        return !isShared || (Type == SocketType.SOCK_STREAM && other.State == SocketState.Listening);
    }

    /// <summary>Takes a port where it has none yet: EADDRINUSE, or EAGAIN as Linux has it for datagrams. Caller holds the socket's lock.</summary>
    protected Errno BindToAny()
    {
        if (Local.Port != 0)
            return Errno.None;
        var error = ports.TryTake(this, Local, out var port);
        if (error == Errno.None)
            Local = Local with { Port = port };
        return error;
    }

    protected void LeavePort()
    {
        if (Local.Port != 0)
            ports.Leave(this, Local.Port);
    }

    /// <summary>
    /// Where a packet to an address goes, and what address it comes from: only to this kernel itself. 0.0.0.0 and :: mean here, too.
    /// </summary>
    protected Errno Route(ref InetEndpoint to, out InetAddress from)
    {
        from = Local.Address;
        if (to.Address.IsAny)
            to = to with { Address = to.Address.IsV4 || (from.IsV4 && !from.IsAny) ? InetAddress.Loopback4 : InetAddress.Loopback6 };
        if (!to.Address.IsLoopback || (to.Address.IsV4 && Family == AddressFamily.AF_INET6 && (IsV6Only || (!from.IsV4 && !from.IsAny))))
            return Errno.ENETUNREACH;
        if (from.IsAny)
            from = to.Address.IsV4 ? InetAddress.Loopback4 : InetAddress.Loopback6;
        else if (from.IsV4 != to.Address.IsV4)
            return from.IsV4 ? Errno.ENETUNREACH : Errno.EINVAL;
        return Errno.None;
    }

    private static InetAddress AnyOf(AddressFamily family) => family == AddressFamily.AF_INET ? InetAddress.Any4 : InetAddress.Any6;

    private static bool MayBindTo(InetAddress address) =>
        address.IsAny || address.IsLoopback || address.IsMulticast || address == InetAddress.OfV4(uint.MaxValue);

    private bool WouldCover(InetAddress own, InetAddress address) =>
        own == address || (own == InetAddress.Any4 && address.IsV4) || (own == InetAddress.Any6 && (!address.IsV4 || !IsV6Only));

    private Errno ReadName(ReadOnlySpan<byte> address, out InetEndpoint wanted)
    {
        var error = InetEndpoint.Read(Family, address, out wanted);
        // AF_UNSPEC is taken for AF_INET where it is every address: so old programs have it.
        if (error != Errno.EAFNOSUPPORT || Family != AddressFamily.AF_INET || InetEndpoint.FamilyOf(address) != AddressFamily.AF_UNSPEC)
            return error;
        wanted = InetEndpoint.OfBytes(Family, address);
        return wanted.Address.IsAny ? Errno.None : error;
    }
}
