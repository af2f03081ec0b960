using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>connect(2), listen(2), accept(2) (inet_stream_connect, inet_csk_accept).</summary>
internal sealed partial class TcpSocket
{
    private readonly Queue<TcpSocket> _arrivals = new();

    /// <summary>Those who knock while the queue is full (their SYNs would be sent again and again).</summary>
    private readonly LinkedList<TcpSocket> _waiting = new();

    /// <summary>The listener before whose full queue it stands. Guarded by that listener's lock.</summary>
    private TcpSocket? _knocksAt;
    private int _backlog;
    private Phase _phase;

    /// <summary>What the socket's owner knows of its connection (Linux's socket_state).</summary>
    private enum Phase
    {
        Unconnected,
        Connecting,
        Connected,
    }

    public override Errno Connect(LinuxTask task, ref ConnectAttempt attempt)
    {
        if (attempt.Address.Length < sizeof(ushort))
            return Errno.EINVAL;
        if (InetEndpoint.FamilyOf(attempt.Address) == AddressFamily.AF_UNSPEC)
            return Disconnect();
        TcpSocket? listener;
        lock (Lock)
        {
            if (_phase == Phase.Connected)
                return Errno.EISCONN;
            if (_phase == Phase.Connecting)
                return Finish(ref attempt);
            if (State != SocketState.Closed)
                return Errno.EISCONN;
            var error = InetEndpoint.Read(Family, attempt.Address, out var to);
            if (error != Errno.None)
                return error;
            error = Route(ref to, out var from);
            if (error == Errno.None)
                error = BeginFrom(from, to);
            if (error != Errno.None)
                return error;
            listener = Ports.Find(to.Port, socket => ((TcpSocket)socket).Score(to.Address)) as TcpSocket;
            attempt.IfOver = Errno.EINPROGRESS;
        }

        var refused = listener is null ? Errno.ECONNREFUSED : ArriveAt(listener);
        lock (Lock)
        {
            if (refused == Errno.ECONNREFUSED)
                Refuse();

            // Who does not wait is not told how it went, even if it is known (as with Linux's own loopback).
            return attempt.MayWait ? Finish(ref attempt, isFirst: true) : Errno.EAGAIN;
        }
    }

    public override Errno Listen(LinuxTask task, int backlog)
    {
        lock (Lock)
        {
            if (_phase != Phase.Unconnected || State is not (SocketState.Closed or SocketState.Listening))
                return Errno.EINVAL;
            if (State == SocketState.Closed)
            {
                var error = BindToAny();
                if (error != Errno.None)
                    return error;
                if (!Ports.MayListen(this))
                    return Errno.EADDRINUSE;
                Shutdown = ShutdownSides.None;
                State = SocketState.Listening;
            }

            _backlog = backlog;
            return Errno.None;
        }
    }

    public override Errno Accept(bool mayWait, out Socket? accepted)
    {
        accepted = null;
        TcpSocket? waiting = null;
        lock (Lock)
        {
            if (State != SocketState.Listening)
                return Errno.EINVAL;
            if (!_arrivals.TryDequeue(out var arrival))
                return Errno.EAGAIN;
            accepted = arrival;
            if (_waiting.First is { Value: var next })
            {
                waiting = next;
                next._knocksAt = null;
                _waiting.RemoveFirst();
            }
        }

        if (waiting is not null)
            waiting.ArriveAt(this);
        return Errno.None;
    }

    private int Score(InetAddress to)
    {
        if (State != SocketState.Listening || !Covers(to))
            return -1;
        return (Local.Address.IsAny ? 0 : 2) + (Local.Address.IsV4 == to.IsV4 ? 1 : 0);
    }

    /// <summary>Caller holds the lock, here and in the next.</summary>
    private Errno BeginFrom(InetAddress from, InetEndpoint to)
    {
        var error = BindToAny();
        if (error != Errno.None)
            return Errno.EADDRNOTAVAIL;
        Local = Local with { Address = from };
        Remote = to;
        _phase = Phase.Connecting;
        State = SocketState.Connecting;
        return Errno.None;
    }

    private Errno Finish(ref ConnectAttempt attempt, bool isFirst = false)
    {
        switch (State)
        {
            case SocketState.Established:
                _phase = Phase.Connected;
                return Errno.None;
            case SocketState.Closed:
                var error = TakeError();
                Forget();
                return error == Errno.None ? Errno.ECONNABORTED : error;
            default:
                if (!isFirst && attempt.IfOver == Errno.EAGAIN)
                    attempt.IfOver = Errno.EALREADY;
                return Errno.EAGAIN;
        }
    }

    /// <summary>Makes the connection, or stands in line where the queue is full. ECONNREFUSED where the listener has ended.</summary>
    private Errno ArriveAt(TcpSocket listener)
    {
        var (first, second) = Serial < listener.Serial ? (this, listener) : (listener, this);
        lock (first.Lock)
        {
            lock (second.Lock)
            {
                if (State != SocketState.Connecting)
                    return Errno.None;
                if (listener.State != SocketState.Listening)
                    return Errno.ECONNREFUSED;
                if (listener._arrivals.Count > listener._backlog)
                {
                    listener._waiting.AddLast(this);
                    _knocksAt = listener;
                    return Errno.None;
                }

                var arrival = new TcpSocket(Kernel, listener.Family, listener.Uid)
                {
                    Local = new InetEndpoint(Remote.Address, Remote.Port),
                    Remote = Local,
                    _peer = this,
                    _phase = Phase.Connected,
                };
                arrival.Options.InheritFrom(listener.Options);
                arrival.Settings.InheritFrom(listener.Settings);
                arrival.State = SocketState.Established;
                Ports.Inherit(arrival, Remote.Port);
                _peer = arrival;
                State = SocketState.Established;
                listener._arrivals.Enqueue(arrival);
            }
        }

        listener.Queue.WakeAll(PollKeys.Readable);
        Queue.WakeAll();
        return Errno.None;
    }

    /// <summary>Nobody is let in any more: who waits to be accepted is reset, who waits in line refused.</summary>
    private void StopListening()
    {
        TcpSocket[] arrivals;
        TcpSocket[] waiting;
        lock (Lock)
        {
            if (State != SocketState.Listening)
                return;
            State = SocketState.Closed;
            arrivals = [.. _arrivals];
            waiting = [.. _waiting];
            _arrivals.Clear();
            foreach (var client in waiting)
                client._knocksAt = null;
            _waiting.Clear();
        }

        Queue.WakeAll();
        foreach (var arrival in arrivals)
            arrival.End(resets: true);
        foreach (var client in waiting)
            client.TakeRefusal();
    }

    /// <summary>Gives up its place before a full queue.</summary>
    private void LeaveLine()
    {
        if (Volatile.Read(ref _knocksAt) is not { } listener)
            return;
        lock (listener.Lock)
        {
            if (ReferenceEquals(_knocksAt, listener))
                listener._waiting.Remove(this);
            _knocksAt = null;
        }
    }

    private void TakeRefusal()
    {
        lock (Lock)
        {
            if (State != SocketState.Connecting)
                return;
            Refuse();
        }

        Queue.WakeAll();
    }

    /// <summary>Nobody listens there. Caller holds the lock.</summary>
    private void Refuse()
    {
        SetError(Errno.ECONNREFUSED);
        Shutdown = ShutdownSides.Both;
        State = SocketState.Closed;
    }

    /// <summary>connect(2) with AF_UNSPEC: the connection is reset, and the socket can be used anew.</summary>
    private Errno Disconnect()
    {
        StopListening();
        LeaveLine();
        TcpSocket? peer;
        lock (Lock)
        {
            peer = _peer;
            _peer = null;
            _received.Clear();
            State = SocketState.Closed;
            TakeError();
            Forget();
        }

        peer?.TakeReset();
        Queue.WakeAll();
        return Errno.None;
    }

    /// <summary>It may be connected again. Caller holds the lock.</summary>
    private void Forget()
    {
        _phase = Phase.Unconnected;
        Shutdown = ShutdownSides.None;
        _hasEnded = false;
        Remote = Remote with { Port = 0 };
        if (!HasOwnAddress)
            Local = Local with { Address = Family == AddressFamily.AF_INET ? InetAddress.Any4 : InetAddress.Any6 };
    }
}
