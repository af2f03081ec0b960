using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net;

/// <summary>Where a socket stands on its way (Linux's sk_state, as far as anybody can tell).</summary>
internal enum SocketState
{
    /// <summary>TCP_CLOSE: not connected, or not any more.</summary>
    Closed,

    /// <summary>TCP_SYN_SENT: a connect(2) is under way.</summary>
    Connecting,

    /// <summary>TCP_ESTABLISHED; a datagram socket that has a peer, too.</summary>
    Established,

    /// <summary>TCP_LISTEN.</summary>
    Listening,
}

/// <summary>Directions that are over (Linux's sk_shutdown).</summary>
[Flags]
internal enum ShutdownSides
{
    None = 0,
    Receive = 1,
    Send = 2,
    Both = 3,
}

/// <summary>
/// A socket of any family (socket(7); Linux's struct socket and struct sock). What may wait answers EAGAIN, and <see cref="SocketIo"/> waits.
/// <para>
/// <see cref="Lock"/> guards what has come in, and the state. It comes after the file tree's locks and before wait queues; where two sockets are locked,
/// the older one first. Wakes are made outside of it.
/// </para>
/// </summary>
internal abstract class Socket
{
    private static long _lastSerial;

    private int _error;
    private int _state;
    private int _shutdown;

    protected Socket(LinuxKernel kernel, AddressFamily family, SocketType type, int protocol)
    {
        Kernel = kernel;
        Family = family;
        Type = type;
        Protocol = protocol;
        Serial = Interlocked.Increment(ref _lastSerial);
    }

    public LinuxKernel Kernel { get; }

    public AddressFamily Family { get; }

    public SocketType Type { get; }

    public int Protocol { get; }

    /// <summary>The order of two sockets' locks.</summary>
    public long Serial { get; }

    public Lock Lock { get; } = new();

    /// <summary>Woken when <see cref="Poll"/> may answer otherwise.</summary>
    public WaitQueue Queue { get; } = new();

    public SocketOptions Options { get; } = new();

    /// <summary>The number of the file's inode; 0 for a connection that nobody accepted yet.</summary>
    public ulong Ino { get; set; }

    public SocketState State
    {
        get => (SocketState)Volatile.Read(ref _state);
        protected set => Volatile.Write(ref _state, (int)value);
    }

    public ShutdownSides Shutdown
    {
        get => (ShutdownSides)Volatile.Read(ref _shutdown);
        protected set => Volatile.Write(ref _shutdown, (int)value);
    }

    public bool HasError => Volatile.Read(ref _error) != 0;

    /// <summary>SO_ERROR: what went wrong since the last look. Told once.</summary>
    public Errno TakeError() => HasError ? (Errno)Interlocked.Exchange(ref _error, 0) : Errno.None;

    /// <summary>bind(2). The address is as long as the caller said.</summary>
    public abstract Errno Bind(LinuxTask task, ReadOnlySpan<byte> address);

    /// <summary>connect(2): EAGAIN where it is to be tried again when <see cref="ConnectAttempt.Also"/> or the socket's own queue wakes.</summary>
    public abstract Errno Connect(LinuxTask task, ref ConnectAttempt attempt);

    /// <summary>listen(2), its backlog cut to somaxconn.</summary>
    public virtual Errno Listen(LinuxTask task, int backlog) => Errno.EOPNOTSUPP;

    /// <summary>accept(2): EAGAIN where nobody has come.</summary>
    /// <param name="mayWait">The caller would wait: it is told where nobody ever will.</param>
    /// <param name="accepted">The connection.</param>
    public virtual Errno Accept(bool mayWait, out Socket? accepted)
    {
        accepted = null;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>getsockname(2).</summary>
    public abstract Errno GetName(out byte[] name);

    /// <summary>getpeername(2): ENOTCONN.</summary>
    public abstract Errno GetPeerName(out byte[] name);

    /// <summary>shutdown(2).</summary>
    public abstract Errno ShutDown(ShutdownSides sides);

    /// <summary>Sends what there is room for. EAGAIN where it is not all; <see cref="OutgoingMessage.Done"/> says how much went.</summary>
    public abstract SysResult Send(LinuxTask task, ref OutgoingMessage message);

    /// <summary>Receives what is there. EAGAIN where more is wanted; <see cref="IncomingMessage.Done"/> says how much came.</summary>
    public abstract SysResult Receive(LinuxTask task, ref IncomingMessage message);

    public abstract PollEvents Poll();

    /// <summary>ioctl(2), after the requests that all sockets know.</summary>
    public abstract SysResult Ioctl(LinuxTask task, uint request, ulong argument);

    /// <summary>It has options of levels but SOL_SOCKET.</summary>
    public virtual bool HasOptions => false;

    /// <summary>setsockopt(2) of levels but SOL_SOCKET.</summary>
    public virtual Errno SetOption(LinuxTask task, SocketLevel level, int option, OptionArgument argument) => Errno.EOPNOTSUPP;

    /// <summary>getsockopt(2) of levels but SOL_SOCKET. More than there is room for is cut by the caller.</summary>
    public virtual Errno GetOption(LinuxTask task, SocketLevel level, int option, int room, out byte[] value)
    {
        value = [];
        return Errno.EOPNOTSUPP;
    }

    /// <summary>SO_PEERCRED: who made the other end. Nobody: no process, and ids of all ones.</summary>
    public virtual Ucred PeerCredentials => new() { uid = uint.MaxValue, gid = uint.MaxValue };

    /// <summary>SO_PEERGROUPS, or null where nobody is there.</summary>
    public virtual uint[]? PeerGroups => null;

    /// <summary>SO_PASSCRED can be set (sk_may_scm_recv).</summary>
    public virtual bool PassesCredentials => false;

    /// <summary>SO_PEEK_OFF can be set.</summary>
    public virtual bool HasPeekOffset => false;

    /// <summary>The last descriptor is closed.</summary>
    public abstract void Close();

    /// <summary>The room for what is sent has changed (SO_SNDBUF).</summary>
    public void BufferChanged() => Queue.WakeAll(PollKeys.Writable);

    /// <summary>The next call is told of an error that this one has no room for (recvmmsg(2)).</summary>
    public void TellLater(Errno error) => SetError(error);

    protected void SetError(Errno error) => Volatile.Write(ref _error, (int)error);
}
