using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>connect(2), listen(2), accept(2).</summary>
internal sealed partial class UnixSocket
{
    private readonly Queue<UnixSocket> _arrivals = new();
    private int _backlog;

    public override Errno Connect(LinuxTask task, ref ConnectAttempt attempt)
    {
        if (!IsConnectionBased)
            return ConnectPacket(task, attempt.Address);
        var error = UnixName.Validate(attempt.Address);
        if (error == Errno.None && WantsCredentials && Name is null)
            error = BindToAny();
        if (error != Errno.None)
            return error;
        // A listener that ended between the look and the arrival is looked for again, and not found.
        while (true)
        {
            error = Find(task, attempt.Address, out var listener);
            if (error != Errno.None)
                return error;
            error = ArriveAt(listener!, task, out var isDead);
            if (isDead)
                continue;
            attempt.Also = listener!.Room;
            return error;
        }
    }

    public override Errno Listen(LinuxTask task, int backlog)
    {
        if (!IsConnectionBased)
            return Errno.EOPNOTSUPP;
        if (Name is null)
            return Errno.EINVAL;
        bool isMore;
        lock (Lock)
        {
            if (State is not (SocketState.Closed or SocketState.Listening))
                return Errno.EINVAL;
            isMore = backlog > _backlog;
            _backlog = backlog;
            State = SocketState.Listening;
            // Who connects is told who listened, not who accepts.
            _peerCredentials = PeerCredentialsOf(task);
            _peerGroups = task.Credentials.Groups;
        }

        if (isMore)
            Room.WakeAll();
        return Errno.None;
    }

    public override Errno Accept(bool mayWait, out Socket? accepted)
    {
        accepted = null;
        if (!IsConnectionBased)
            return Errno.EOPNOTSUPP;
        lock (Lock)
        {
            if (State != SocketState.Listening)
                return Errno.EINVAL;
            var error = TakeError();
            if (error != Errno.None)
                return error;
            if (!_arrivals.TryDequeue(out var arrival))
                return mayWait && (Shutdown & ShutdownSides.Receive) != 0 ? Errno.EINVAL : Errno.EAGAIN;
            accepted = arrival;
        }

        Room.WakeAll(PollKeys.Writable);
        return Errno.None;
    }

    /// <summary>Puts a new connection into a listener's queue: ECONNREFUSED, EISCONN, and EAGAIN where the queue is full.</summary>
    private Errno ArriveAt(UnixSocket listener, LinuxTask task, out bool isDead)
    {
        isDead = false;
        // A listener is never connecting, so it is never locked second.
        if (ReferenceEquals(listener, this))
            return State == SocketState.Listening ? Errno.EINVAL : Errno.ECONNREFUSED;
        var (first, second) = Serial < listener.Serial ? (this, listener) : (listener, this);
        lock (first.Lock)
        {
            lock (second.Lock)
            {
                isDead = listener._isDead;
                if (isDead || listener.State != SocketState.Listening || (listener.Shutdown & ShutdownSides.Receive) != 0)
                    return Errno.ECONNREFUSED;
                if (listener._arrivals.Count > listener._backlog)
                    return Errno.EAGAIN;
                if (State != SocketState.Closed)
                    return State == SocketState.Established ? Errno.EISCONN : Errno.EINVAL;
                var arrival = new UnixSocket(Kernel, Type);
                arrival.Options[SocketOption.SO_PASSCRED] = listener.WantsCredentials;
                arrival.JoinTo(this, task);
                arrival._name = listener._name;
                JoinTo(arrival, task);
                _peerCredentials = listener._peerCredentials;
                _peerGroups = listener._peerGroups;
                listener._arrivals.Enqueue(arrival);
            }
        }

        listener.Queue.WakeAll(PollKeys.Readable);
        return Errno.None;
    }

    /// <summary>unix_dgram_connect: a datagram socket takes a peer, another one, or with AF_UNSPEC none.</summary>
    private Errno ConnectPacket(LinuxTask task, ReadOnlySpan<byte> address)
    {
        if (address.Length < UnixName.PathOffset)
            return Errno.EINVAL;
        UnixSocket? receiver = null;
        if (UnixName.FamilyOf(address) != AddressFamily.AF_UNSPEC)
        {
            var error = UnixName.Validate(address);
            if (error == Errno.None && WantsCredentials && Name is null)
                error = BindToAny();
            if (error == Errno.None)
                error = Find(task, address, out receiver);
            if (error != Errno.None)
                return error;
            if (receiver!.Peer is { } other && !ReferenceEquals(other, this))
                return Errno.EPERM;
        }

        UnixSocket? old;
        UnixMessage? unread = null;
        lock (Lock)
        {
            old = _peer;
            _peer = receiver;
            State = receiver is null ? SocketState.Closed : SocketState.Established;
            // What an earlier peer sent is thrown away.
            if (old is not null && !ReferenceEquals(old, receiver))
                unread = _incoming.TakeAll();
        }

        if (old is not null)
            StopRelaying(old);
        if (unread is not null)
        {
            Discard(unread);
            Room.WakeAll();
            if (ReferenceEquals(old!.Peer, this))
            {
                old.SetError(Errno.ECONNRESET);
                old.Queue.WakeAll();
            }
        }

        if (receiver is not null)
            RelayRoomOf(receiver);
        return Errno.None;
    }

    /// <summary>Who polls this socket for writing is to learn when the queue of its peer, which is nobody's in particular, has room again.</summary>
    private void RelayRoomOf(UnixSocket receiver)
    {
        lock (Lock)
        {
            if (_relay is not null || ReferenceEquals(receiver, this))
                return;
            _relay = new RoomRelay(this);
            receiver.Room.Add(_relay);
        }
    }

    private void StopRelaying(UnixSocket receiver)
    {
        lock (Lock)
        {
            if (_relay is not null)
                receiver.Room.Remove(_relay);
            _relay = null;
        }
    }

    private sealed class RoomRelay(UnixSocket sender) : Wakeable
    {
        internal override void Wake() => sender.Queue.WakeAll(PollKeys.Writable);
    }
}
