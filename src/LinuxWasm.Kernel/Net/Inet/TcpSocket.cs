using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>
/// A stream (tcp(7)). Both ends are in this kernel, so there are no segments: what one sends stands in the other's buffer. What programs can see of
/// TCP is kept: the queue of a listener, half-closed connections, resets.
/// </summary>
internal sealed partial class TcpSocket : InetSocket
{
    public const int IPPROTO_TCP = 6;

    /// <summary>net.ipv4.tcp_wmem and tcp_rmem, as a socket has them at first.</summary>
    private const int FirstSendBuffer = 16384;
    private const int FirstReceiveBuffer = 131072;

    private readonly StreamBuffer _received;
    private TcpSocket? _peer;
    private bool _isClosed;
    private bool _hasEnded;

    public TcpSocket(LinuxKernel kernel, AddressFamily family, uint uid)
        : base(kernel, family, SocketType.SOCK_STREAM, IPPROTO_TCP, kernel.Net.TcpPorts)
    {
        Uid = uid;
        _received = new StreamBuffer(kernel.Net.Memory);
        Options.SendBuffer = FirstSendBuffer;
        Options.ReceiveBuffer = FirstReceiveBuffer;
    }

    /// <summary>What may be under way to it from its peer.</summary>
    private long Capacity => (long)Options.ReceiveBuffer + (Volatile.Read(ref _peer)?.Options.SendBuffer ?? 0);

    public override Errno ShutDown(ShutdownSides sides)
    {
        TcpSocket? peer;
        lock (Lock)
        {
            if (State is SocketState.Closed or SocketState.Connecting)
                return Errno.ENOTCONN;
            peer = _peer;
            if (State == SocketState.Established)
                Shutdown |= sides;
        }

        if (State == SocketState.Listening)
        {
            if ((sides & ShutdownSides.Receive) != 0)
                StopListening();
            return Errno.None;
        }

        Queue.WakeAll();
        if ((sides & ShutdownSides.Send) != 0)
            peer?.TakeEnd();
        return Errno.None;
    }

    public override SysResult Send(LinuxTask task, ref OutgoingMessage message)
    {
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        if (State == SocketState.Connecting)
            return Errno.EAGAIN;
        do
        {
            var peer = Volatile.Read(ref _peer);
            if (HasError || (Shutdown & ShutdownSides.Send) != 0 || State != SocketState.Established || peer is null)
                return message.Done > 0 ? message.Done : Broken(task, message);
            if (message.Source.Remaining == 0)
                break;
            var error = peer.Take(ref message, out var isGone);
            if (isGone)
            {
                // Nobody is there to take it: the answer comes after the call (a reset).
                message.Done += message.Source.TakeAll();
                TakeReset();
                return message.Done;
            }

            if (error != Errno.None)
                return error;
            peer.Queue.WakeAll(PollKeys.Readable);
        }
        while (message.Source.Remaining > 0);
        return message.Done;
    }

    public override SysResult Receive(LinuxTask task, ref IncomingMessage message)
    {
        if (State == SocketState.Listening)
            return Errno.ENOTCONN;
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EINVAL;
        if ((message.Flags & MessageFlags.MSG_ERRQUEUE) != 0)
            return Errno.EAGAIN;
        var wanted = Options.WantedBytes(message.Done + message.Target.Remaining, (message.Flags & MessageFlags.MSG_WAITALL) != 0);
        long moved;
        var error = Errno.None;
        lock (Lock)
        {
            var there = Math.Min(_received.Length, message.Target.Remaining);
            var hasSome = _received.Length > 0;
            moved = _received.Read(ref message.Target, message.IsPeek, (message.Flags & MessageFlags.MSG_TRUNC) != 0);
            message.Done += moved;
            if (moved < there)
                error = message.Done > 0 ? Errno.None : Errno.EFAULT;
            else if (message.Done < wanted && !(hasSome && (message.IsPeek || message.Target.Remaining == 0)))
                error = WhyNoMore(message.Done);
        }

        if (moved > 0 && !message.IsPeek)
            Volatile.Read(ref _peer)?.Queue.WakeAll(PollKeys.Writable);
        return error == Errno.None ? message.Done : error;
    }

    public override PollEvents Poll()
    {
        var peer = Volatile.Read(ref _peer);
        var hasRoom = peer is null || peer.HasRoom;
        lock (Lock)
        {
            if (State == SocketState.Listening)
                return _arrivals.Count > 0 ? PollEvents.POLLIN | PollEvents.POLLRDNORM : PollEvents.None;
            var events = HasError ? PollEvents.POLLERR : PollEvents.None;
            if (Shutdown == ShutdownSides.Both || State == SocketState.Closed)
                events |= PollEvents.POLLHUP;
            if ((Shutdown & ShutdownSides.Receive) != 0)
                events |= PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLRDHUP;
            if (State == SocketState.Connecting)
                return events;
            if (_received.Length >= Options.ReceiveLowWater)
                events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (hasRoom || (Shutdown & ShutdownSides.Send) != 0)
                events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
            return events;
        }
    }

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        int value;
        switch (request)
        {
            case Ioctls.FIONREAD or Ioctls.TIOCOUTQ when State == SocketState.Listening:
                return Errno.EINVAL;
            case Ioctls.FIONREAD:
                lock (Lock)
                    value = (int)_received.Length;
                break;
            case Ioctls.TIOCOUTQ or Ioctls.SIOCATMARK:
                // What is sent has arrived, and nothing of it is urgent.
                value = 0;
                break;
            default:
                return Errno.ENOTTY;
        }

        return task.Memory.TryWrite(GuestPtr.FromRegister(argument), value) ? 0 : Errno.EFAULT;
    }

    public override void Close() => End(resets: Options[SocketOption.SO_LINGER] && Options.LingerSeconds == 0);

    /// <summary>There is room for a third of what it can hold, so that a writer is not woken for each byte (sk_stream_min_wspace).</summary>
    private bool HasRoom
    {
        get
        {
            lock (Lock)
                return Capacity - _received.Length >= Capacity / 3;
        }
    }

    private static Errno Broken(LinuxTask task, in OutgoingMessage message, Errno error)
    {
        if (error == Errno.EPIPE && !message.SignalsNothing)
            task.Raise(Signal.SIGPIPE);
        return error;
    }

    private Errno Broken(LinuxTask task, in OutgoingMessage message)
    {
        var error = TakeError();
        return Broken(task, message, error == Errno.None ? Errno.EPIPE : error);
    }

    /// <summary>Why a read gets no more: the end, an error, or nothing yet. Caller holds the socket's lock.</summary>
    private Errno WhyNoMore(long done)
    {
        if (done > 0 && (HasError || State == SocketState.Closed || (Shutdown & ShutdownSides.Receive) != 0))
            return Errno.None;
        if (_hasEnded)
            return Errno.None;
        var error = TakeError();
        if (error != Errno.None || (Shutdown & ShutdownSides.Receive) != 0)
            return error;
        return State == SocketState.Closed ? Errno.ENOTCONN : Errno.EAGAIN;
    }

    /// <summary>Takes in what its peer sends, as far as there is room: EAGAIN.</summary>
    private Errno Take(ref OutgoingMessage message, out bool isGone)
    {
        lock (Lock)
        {
            isGone = _isClosed;
            if (isGone)
                return Errno.EPIPE;
            var room = Capacity - _received.Length;
            if (room <= 0)
                return Errno.EAGAIN;
            var error = _received.Append(ref message.Source, Math.Min(room, message.Source.Remaining), out var taken);
            message.Done += taken;
            return error;
        }
    }

    /// <summary>The peer sends no more (FIN).</summary>
    private void TakeEnd()
    {
        lock (Lock)
        {
            Shutdown |= ShutdownSides.Receive;
            _hasEnded = true;
        }

        Queue.WakeAll();
    }

    /// <summary>The connection is no more (RST): EPIPE to who knew already that its peer sends nothing more, ECONNRESET to others.</summary>
    private void TakeReset()
    {
        lock (Lock)
        {
            if (State == SocketState.Closed)
                return;
            SetError(_hasEnded ? Errno.EPIPE : Errno.ECONNRESET);
            Shutdown = ShutdownSides.Both;
            State = SocketState.Closed;
        }

        Queue.WakeAll();
    }

    /// <summary>Ends this side. What nobody read, or who asks for it, resets the other.</summary>
    private void End(bool resets)
    {
        TcpSocket? peer;
        lock (Lock)
        {
            _isClosed = true;
            if (State == SocketState.Connecting)
                State = SocketState.Closed;
            peer = _peer;
            resets |= _received.Length > 0;
            _received.Clear();
        }

        LeavePort();
        LeaveLine();
        StopListening();
        if (resets)
            peer?.TakeReset();
        else
            peer?.TakeEnd();
        peer?.Queue.WakeAll();
    }
}
