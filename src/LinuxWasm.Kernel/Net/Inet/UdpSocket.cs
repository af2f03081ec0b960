using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>Datagrams (udp(7)). What nobody can take is lost; a connected sender learns that nobody is there.</summary>
internal sealed class UdpSocket(LinuxKernel kernel, AddressFamily family)
    : InetSocket(kernel, family, SocketType.SOCK_DGRAM, IPPROTO_UDP, kernel.Net.UdpPorts)
{
    public const int IPPROTO_UDP = 17;

    private const int MostOverV4 = 65507;
    private const int MostOverV6 = 65527;

    private readonly Queue<Datagram> _incoming = new();
    private int _held;
    private bool _isClosed;

    public override bool HasPeekOffset => true;

    public override Errno Connect(LinuxTask task, ref ConnectAttempt attempt)
    {
        if (attempt.Address.Length < sizeof(ushort))
            return Errno.EINVAL;
        if (InetEndpoint.FamilyOf(attempt.Address) == AddressFamily.AF_UNSPEC)
            return Disconnect();
        var error = InetEndpoint.Read(Family, attempt.Address, out var to);
        if (error != Errno.None)
            return error;
        lock (Lock)
        {
            error = Route(ref to, out var from);
            if (error == Errno.None)
                error = BindToAny();
            if (error != Errno.None)
                return error;
            Local = Local with { Address = from };
            Remote = to;
            State = SocketState.Established;
            return Errno.None;
        }
    }

    public override Errno ShutDown(ShutdownSides sides)
    {
        lock (Lock)
            Shutdown |= sides;
        Queue.WakeAll();
        // It is shut all the same.
        return State == SocketState.Established ? Errno.None : Errno.ENOTCONN;
    }

    public override SysResult Send(LinuxTask task, ref OutgoingMessage message)
    {
        if (message.Source.Remaining > ushort.MaxValue)
            return Errno.EMSGSIZE;
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        var to = Remote;
        if (message.Name.Length > 0)
        {
            var wrong = ReadReceiver(message.Name, out to);
            if (wrong != Errno.None)
                return wrong;
        }
        else if (State != SocketState.Established)
        {
            return Errno.EDESTADDRREQ;
        }

        InetAddress from;
        lock (Lock)
        {
            var error = Route(ref to, out from);
            if (error == Errno.None && BindToAny() != Errno.None)
                error = Errno.EAGAIN;
            if (error == Errno.None)
                error = TakeError();
            if (error == Errno.None && (Shutdown & ShutdownSides.Send) != 0)
                error = Errno.EPIPE;
            if (error == Errno.None && message.Source.Remaining > (to.Address.IsV4 ? MostOverV4 : MostOverV6))
                error = Errno.EMSGSIZE;
            if (error != Errno.None)
                return error;
        }

        var bytes = new byte[message.Source.Remaining];
        if (message.Source.Read(bytes) < bytes.Length)
            return Errno.EFAULT;
        Deliver(new Datagram(bytes, new InetEndpoint(from, Local.Port), UnixMessage.CostOf(bytes.Length, 0)), to);
        return message.Done = bytes.Length;
    }

    public override SysResult Receive(LinuxTask task, ref IncomingMessage message)
    {
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        if ((message.Flags & MessageFlags.MSG_ERRQUEUE) != 0)
            return Errno.EAGAIN;
        Datagram? packet;
        lock (Lock)
        {
            var error = TakeError();
            if (error != Errno.None)
                return error;
            if (!_incoming.TryPeek(out packet))
                return message.MayWait && (Shutdown & ShutdownSides.Receive) != 0 ? 0 : Errno.EAGAIN;
            if (!message.IsPeek)
            {
                _incoming.Dequeue();
                _held -= packet.Cost;
            }
        }

        if (!message.IsPeek)
            Kernel.Net.Memory.Give(packet.Cost);
        var part = (int)Math.Min(packet.Bytes.Length, message.Target.Remaining);
        if (part < packet.Bytes.Length)
            message.Result |= MessageFlags.MSG_TRUNC;
        if (message.Target.Write(packet.Bytes.AsSpan(0, part)) < part)
            return Errno.EFAULT;
        if (message.WantsName)
            message.Name = packet.From.ToBytes(Family);
        message.Done = part;
        return (message.Flags & MessageFlags.MSG_TRUNC) != 0 ? packet.Bytes.Length : part;
    }

    public override PollEvents Poll()
    {
        lock (Lock)
        {
            // What is sent lies in the receiver's buffer at once, so there is always room.
            var events = PollKeys.Writable;
            if (HasError)
                events |= PollEvents.POLLERR;
            if ((Shutdown & ShutdownSides.Receive) != 0)
                events |= PollEvents.POLLRDHUP | PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (Shutdown == ShutdownSides.Both)
                events |= PollEvents.POLLHUP;
            return _incoming.Count > 0 ? events | PollEvents.POLLIN | PollEvents.POLLRDNORM : events;
        }
    }

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        int value;
        switch (request)
        {
            case Ioctls.FIONREAD:
                lock (Lock)
                    value = _incoming.TryPeek(out var first) ? first.Bytes.Length : 0;
                break;
            case Ioctls.TIOCOUTQ:
                value = 0;
                break;
            default:
                return Errno.ENOTTY;
        }

        return task.Memory.TryWrite(GuestPtr.FromRegister(argument), value) ? 0 : Errno.EFAULT;
    }

    public override void Close()
    {
        LeavePort();
        lock (Lock)
        {
            Kernel.Net.Memory.Give(_held);
            _held = 0;
            _isClosed = true;
            _incoming.Clear();
            Shutdown = ShutdownSides.Both;
        }
    }

    private Errno Disconnect()
    {
        lock (Lock)
        {
            State = SocketState.Closed;
            Remote = Remote with { Port = 0 };
            if (!HasOwnAddress)
                Local = Local with { Address = Family == AddressFamily.AF_INET ? InetAddress.Any4 : InetAddress.Any6 };
            return Errno.None;
        }
    }

    private Errno ReadReceiver(ReadOnlySpan<byte> name, out InetEndpoint to)
    {
        to = default;
        if (name.Length < sizeof(ushort))
            return Errno.EINVAL;
        // An IPv6 socket takes addresses of IPv4 as they are, and AF_UNSPEC is the peer that it has.
        var family = InetEndpoint.FamilyOf(name);
        if (Family == AddressFamily.AF_INET6 && family == AddressFamily.AF_INET && name.Length >= InetEndpoint.V4Length)
            to = InetEndpoint.OfBytes(family, name);
        else if (Family == AddressFamily.AF_INET && family == AddressFamily.AF_UNSPEC && name.Length >= InetEndpoint.V4Length)
            to = InetEndpoint.OfBytes(Family, name);
        else if (InetEndpoint.Read(Family, name, out to) is var error and not Errno.None)
            return error;
        return to.Port == 0 ? Errno.EINVAL : Errno.None;
    }

    private void Deliver(Datagram packet, InetEndpoint to)
    {
        if (Ports.Find(to.Port, socket => ((UdpSocket)socket).Score(packet.From, to.Address)) is not UdpSocket receiver)
        {
            // ICMP says that nobody is there; only who has one peer can know which datagram is meant.
            if (State == SocketState.Established)
            {
                SetError(Errno.ECONNREFUSED);
                Queue.WakeAll();
            }

            return;
        }

        lock (receiver.Lock)
        {
            // Full: it is lost (udp(7)). One always fits.
            if (receiver._isClosed || (receiver._held > 0 && receiver._held + packet.Cost > receiver.Options.ReceiveBuffer) || !Kernel.Net.Memory.TryTake(packet.Cost))
                return;
            receiver._held += packet.Cost;
            receiver._incoming.Enqueue(packet);
        }

        receiver.Queue.WakeAll(PollKeys.Readable);
    }

    /// <summary>compute_score: a socket that is connected takes from its peer only, and is meant before others; then one with the very address.</summary>
    private int Score(InetEndpoint from, InetAddress to)
    {
        if (!Covers(to))
            return -1;
        var points = Local.Address.IsAny ? 0 : 2;
        if (Local.Address.IsV4 == to.IsV4)
            points++;
        if (State != SocketState.Established)
            return points;
        return Remote == from ? points + 4 : -1;
    }

    private sealed record Datagram(byte[] Bytes, InetEndpoint From, int Cost);
}
