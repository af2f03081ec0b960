using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>A socket of AF_UNIX (unix(7); Linux's net/unix/af_unix.c): two of them give each other messages, which lie in the receiver's queue.</summary>
internal sealed partial class UnixSocket : Socket
{
    private UnixMessageQueue _incoming;
    private UnixSocket? _peer;
    private RoomRelay? _relay;
    private Ucred _peerCredentials;
    private uint[]? _peerGroups;
    private int _outstanding;
    private volatile bool _isDead;

    public UnixSocket(LinuxKernel kernel, SocketType type)
        : base(kernel, AddressFamily.AF_UNIX, type, protocol: 0)
    {
        _peerCredentials = base.PeerCredentials;
        kernel.Net.UnixNames.Add(this);
    }

    /// <summary>Woken when a message or a connection is taken out of its queue: for those who found it full.</summary>
    public WaitQueue Room { get; } = new();

    public override Ucred PeerCredentials
    {
        get
        {
            lock (Lock)
                return _peerCredentials;
        }
    }

    public override uint[]? PeerGroups
    {
        get
        {
            lock (Lock)
                return _peerGroups;
        }
    }

    public override bool PassesCredentials => true;

    public override bool HasPeekOffset => true;

    /// <summary>Messages between the two go through connections: they begin with one and end with it.</summary>
    private bool IsConnectionBased => Type is SocketType.SOCK_STREAM or SocketType.SOCK_SEQPACKET;

    private UnixSocket? Peer => Volatile.Read(ref _peer);

    /// <summary>A sender waits while it has this much under way.</summary>
    private bool IsFull => Volatile.Read(ref _outstanding) >= Options.SendBuffer;

    /// <summary>poll(2) says so only once most of the buffer is free (unix_writable).</summary>
    private bool IsWritable => State != SocketState.Listening && (long)Volatile.Read(ref _outstanding) << 2 <= Options.SendBuffer;

    private bool WantsCredentials => Options[SocketOption.SO_PASSCRED];

    /// <summary>socketpair(2).</summary>
    public static (UnixSocket First, UnixSocket Second) Pair(LinuxTask task, SocketType type)
    {
        var first = new UnixSocket(task.Kernel, type);
        var second = new UnixSocket(task.Kernel, type);
        first.JoinTo(second, task);
        second.JoinTo(first, task);
        return (first, second);
    }

    public override Errno ShutDown(ShutdownSides sides)
    {
        UnixSocket? peer;
        lock (Lock)
        {
            Shutdown |= sides;
            peer = _peer;
        }

        Queue.WakeAll();
        if (peer is null || !IsConnectionBased)
            return Errno.None;
        var opposite = ((sides & ShutdownSides.Receive) != 0 ? ShutdownSides.Send : ShutdownSides.None)
            | ((sides & ShutdownSides.Send) != 0 ? ShutdownSides.Receive : ShutdownSides.None);
        lock (peer.Lock)
            peer.Shutdown |= opposite;
        peer.Queue.WakeAll();
        return Errno.None;
    }

    public override PollEvents Poll()
    {
        PollEvents events;
        UnixSocket? peer;
        lock (Lock)
        {
            events = HasError ? PollEvents.POLLERR : PollEvents.None;
            if (Shutdown == ShutdownSides.Both)
                events |= PollEvents.POLLHUP;
            if ((Shutdown & ShutdownSides.Receive) != 0)
                events |= PollEvents.POLLRDHUP | PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (_incoming.Count > 0 || _arrivals.Count > 0)
                events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (IsConnectionBased && State == SocketState.Closed)
                events |= PollEvents.POLLHUP;
            peer = _peer;
        }

        if (IsWritable && (Type == SocketType.SOCK_STREAM || peer is null || peer.HasRoomFor(this)))
            events |= PollKeys.Writable;
        return events;
    }

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        int value;
        switch (request)
        {
            case Ioctls.FIONREAD:
                if (State == SocketState.Listening)
                    return Errno.EINVAL;
                value = BytesWaiting();
                break;
            case Ioctls.TIOCOUTQ:
                value = Volatile.Read(ref _outstanding);
                break;
            default:
                return Errno.ENOTTY;
        }

        return task.Memory.TryWrite(GuestPtr.FromRegister(argument), value) ? 0 : Errno.EFAULT;
    }

    public override void Close()
    {
        Kernel.Net.UnixNames.Remove(this);
        ReleaseName();
        UnixSocket? peer;
        UnixMessage? unread;
        UnixSocket[] arrivals;
        lock (Lock)
        {
            _isDead = true;
            Shutdown = ShutdownSides.Both;
            State = SocketState.Closed;
            peer = _peer;
            unread = _incoming.TakeAll();
            arrivals = [.. _arrivals];
            _arrivals.Clear();
        }

        Room.WakeAll();
        if (peer is not null)
            LeavePeer(peer, hadUnread: unread is not null);
        foreach (var arrival in arrivals)
            arrival.Close();
        Discard(unread);
        Kernel.Net.InFlight.Collect();
    }

    /// <summary>The sockets that lie in its queue, and in those of connections that nobody accepted yet.</summary>
    public List<SocketFile> QueuedSockets()
    {
        var found = new List<SocketFile>();
        UnixSocket[] arrivals;
        lock (Lock)
        {
            for (var message = _incoming.First; message is not null; message = message.Next)
                found.AddRange(message.Rights?.Files.OfType<SocketFile>() ?? []);
            arrivals = [.. _arrivals];
        }

        foreach (var arrival in arrivals)
            found.AddRange(arrival.QueuedSockets());
        return found;
    }

    /// <summary>Takes the files out of the messages in its queue: nobody will ever receive them.</summary>
    public void TakeRights(List<Rights> taken)
    {
        UnixSocket[] arrivals;
        lock (Lock)
        {
            for (var message = _incoming.First; message is not null; message = message.Next)
            {
                if (message.Rights is { } rights)
                    taken.Add(rights);
                message.Rights = null;
            }

            arrivals = [.. _arrivals];
        }

        foreach (var arrival in arrivals)
            arrival.TakeRights(taken);
    }

    /// <summary>A message of its own is under way.</summary>
    internal void Charge(int cost) => Interlocked.Add(ref _outstanding, cost);

    /// <summary>A message of its own arrived, or was thrown away.</summary>
    internal void Uncharge(int cost, bool wakes)
    {
        Interlocked.Add(ref _outstanding, -cost);
        if (wakes && IsWritable)
            Queue.WakeAll(PollKeys.Writable);
    }

    private static Ucred CredentialsOf(LinuxTask task) =>
        new() { pid = task.Group.Pid, uid = task.Credentials.Uid, gid = task.Credentials.Gid };

    /// <summary>init_peercred: it is the effective ids that the other end is told.</summary>
    private static Ucred PeerCredentialsOf(LinuxTask task) =>
        new() { pid = task.Group.Pid, uid = task.Credentials.Euid, gid = task.Credentials.Egid };

    /// <summary>Throws messages away that were in a queue.</summary>
    private void Discard(UnixMessage? first)
    {
        while (first is not null)
        {
            var next = first.Next;
            first.Next = null;
            if (first.Rights is { } rights)
            {
                Kernel.Net.InFlight.Remove(rights);
                rights.Dispose();
            }

            first.Free();
            first = next;
        }
    }

    private void JoinTo(UnixSocket peer, LinuxTask task)
    {
        _peer = peer;
        _peerCredentials = PeerCredentialsOf(task);
        _peerGroups = task.Credentials.Groups;
        State = SocketState.Established;
    }

    /// <summary>The other end of a connection is told; what it sent and nobody read makes its next read an error (unix_release_sock).</summary>
    private void LeavePeer(UnixSocket peer, bool hadUnread)
    {
        if (!IsConnectionBased)
        {
            StopRelaying(peer);
            return;
        }

        lock (peer.Lock)
        {
            peer.Shutdown = ShutdownSides.Both;
            // Nobody has accepted this connection (the "embrion").
            if (hadUnread || Ino == 0)
                peer.SetError(Errno.ECONNRESET);
        }

        peer.Queue.WakeAll();
    }

    private int BytesWaiting()
    {
        lock (Lock)
        {
            if (Type == SocketType.SOCK_DGRAM)
                return _incoming.First?.Length ?? 0;
            var total = 0;
            for (var message = _incoming.First; message is not null; message = message.Next)
                total += message.Remaining;
            return total;
        }
    }
}
