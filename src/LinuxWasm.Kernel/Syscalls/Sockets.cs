using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>socket(2), socketpair(2), bind(2), listen(2), accept(2), connect(2), shutdown(2), getsockname(2), getpeername(2).</summary>
public static class Sockets
{
    private const SocketType Flags = SocketType.SOCK_CLOEXEC | SocketType.SOCK_NONBLOCK;

    [Syscall("socket")]
    public static SysResult Socket(LinuxTask task, AddressFamily domain, SocketType type, int protocol)
    {
        if ((type & ~(SocketType.TypeMask | Flags)) != 0)
            return Errno.EINVAL;
        var error = SocketFamilies.Create(task, domain, type & SocketType.TypeMask, protocol, out var socket);
        if (error != Errno.None)
            return error;
        error = task.Files.Reserve(LimitOf(task), IsCloseOnExec(type), out var fd);
        if (error != Errno.None)
        {
            socket!.Close();
            return error;
        }

        task.Files.Install(fd, SocketFile.Create(task, socket!, FileFlags(type)));
        return fd;
    }

    [Syscall("socketpair")]
    public static SysResult SocketPair(LinuxTask task, AddressFamily domain, SocketType type, int protocol, [Out("2")] GuestPtr<int> sv)
    {
        if ((type & ~(SocketType.TypeMask | Flags)) != 0)
            return Errno.EINVAL;
        var error = task.Files.Reserve(LimitOf(task), IsCloseOnExec(type), out var first);
        if (error != Errno.None)
            return error;
        error = task.Files.Reserve(LimitOf(task), IsCloseOnExec(type), out var second);
        if (error != Errno.None)
        {
            task.Files.Unreserve(first);
            return error;
        }

        // The numbers are told before it is known whether there will be sockets behind them.
        if (!task.Memory.TryWrite(sv, first) || !task.Memory.TryWrite((GuestPtr)sv + 4, second))
            error = Errno.EFAULT;
        var kind = type & SocketType.TypeMask;
        if (error == Errno.None)
            error = SocketFamilies.CheckPair(task, domain, ref kind, protocol);
        if (error != Errno.None)
        {
            task.Files.Unreserve(first);
            task.Files.Unreserve(second);
            return error;
        }

        var (one, other) = UnixSocket.Pair(task, kind);
        task.Files.Install(first, SocketFile.Create(task, one, FileFlags(type)));
        task.Files.Install(second, SocketFile.Create(task, other, FileFlags(type)));
        return 0;
    }

    [Syscall("bind")]
    public static SysResult Bind(LinuxTask task, Fd sockfd, [In("addrlen")] GuestPtr addr, int addrlen)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        error = SocketAddresses.Read(task, addr, addrlen, out var address);
        return error == Errno.None ? file!.Socket.Bind(task, address) : error;
    }

    [Syscall("listen")]
    public static SysResult Listen(LinuxTask task, Fd sockfd, int backlog)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        return error == Errno.None ? file!.Socket.Listen(task, (int)Math.Min((uint)backlog, Network.MaxBacklog)) : error;
    }

    [Syscall("accept")]
    public static SysResult Accept(LinuxTask task, Fd sockfd, [Out("addrlen")] GuestPtr addr, [In, Out] GuestPtr<int> addrlen) =>
        Accept4(task, sockfd, addr, addrlen, SocketType.None);

    [Syscall("accept4", Man = "accept(2)")]
    public static SysResult Accept4(LinuxTask task, Fd sockfd, [Out("addrlen")] GuestPtr addr, [In, Out] GuestPtr<int> addrlen, SocketType flags)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error == Errno.EBADF)
            return error;
        if ((flags & ~Flags) != 0)
            return Errno.EINVAL;
        // The number comes first: without one nobody is taken out of the queue.
        var reserved = task.Files.Reserve(LimitOf(task), IsCloseOnExec(flags), out var fd);
        if (reserved != Errno.None)
            return reserved;
        SocketFile? accepted = null;
        var result = error == Errno.None ? TakeConnection(task, file!, addr, addrlen, FileFlags(flags), out accepted) : error;
        if (result.IsError)
        {
            task.Files.Unreserve(fd);
            return result;
        }

        task.Files.Install(fd, accepted!);
        return fd;
    }

    [Syscall("connect")]
    public static SysResult Connect(LinuxTask task, Fd sockfd, [In("addrlen")] GuestPtr addr, int addrlen)
    {
        using var use = task.Files.Get(sockfd.Value);
        var found = SocketAddresses.Find(use, out var file);
        if (found == Errno.EBADF)
            return found;
        // Whether the descriptor is a socket is asked after its address was read, unlike with bind (__sys_connect).
        var error = SocketAddresses.Read(task, addr, addrlen, out var address);
        if (error == Errno.None)
            error = found;
        if (error != Errno.None)
            return error;
        var socket = file!.Socket;
        var timeout = file.IsNonBlocking ? 0 : socket.Options.SendTimeout;
        var attempt = new ConnectAttempt(task, socket, address, mayWait: timeout != 0);
        var result = SocketIo.Wait(task, socket, ref attempt, timeout);
        return result.Errno == Errno.EAGAIN ? attempt.IfOver : result;
    }

    [Syscall("shutdown")]
    public static SysResult Shutdown(LinuxTask task, Fd sockfd, ShutdownHow how)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        return how is ShutdownHow.SHUT_RD or ShutdownHow.SHUT_WR or ShutdownHow.SHUT_RDWR
            ? file!.Socket.ShutDown((ShutdownSides)((int)how + 1))
            : Errno.EINVAL;
    }

    [Syscall("getsockname")]
    public static SysResult GetSockName(LinuxTask task, Fd sockfd, [Out("addrlen")] GuestPtr addr, [In, Out] GuestPtr<int> addrlen) =>
        Name(task, sockfd, addr, addrlen, ofPeer: false);

    [Syscall("getpeername")]
    public static SysResult GetPeerName(LinuxTask task, Fd sockfd, [Out("addrlen")] GuestPtr addr, [In, Out] GuestPtr<int> addrlen) =>
        Name(task, sockfd, addr, addrlen, ofPeer: true);

    private static SysResult TakeConnection(LinuxTask task, SocketFile listener, GuestPtr addr, GuestPtr<int> addrlen, OpenFlags flags, out SocketFile? made)
    {
        made = null;
        var timeout = listener.IsNonBlocking ? 0 : listener.Socket.Options.ReceiveTimeout;
        var attempt = new AcceptAttempt(listener.Socket, mayWait: timeout != 0);
        var result = SocketIo.Wait(task, listener.Socket, ref attempt, timeout);
        if (result.IsError)
            return result;
        made = SocketFile.Create(task, attempt.Accepted!, flags);
        if (addr.IsNull)
            return result;
        var error = made.Socket.GetPeerName(out var name);
        error = error == Errno.None ? SocketAddresses.Write(task, name, addr, addrlen) : Errno.ECONNABORTED;
        // The connection is lost where its address can't be told.
        if (error != Errno.None)
            made.Release();
        return error;
    }

    private static SysResult Name(LinuxTask task, Fd sockfd, GuestPtr addr, GuestPtr<int> addrlen, bool ofPeer)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        error = ofPeer ? file!.Socket.GetPeerName(out var name) : file!.Socket.GetName(out name);
        return error == Errno.None ? SocketAddresses.Write(task, name, addr, addrlen) : error;
    }

    private static ulong LimitOf(LinuxTask task) => task.Group.Limits[Resource.RLIMIT_NOFILE];

    private static bool IsCloseOnExec(SocketType flags) => (flags & SocketType.SOCK_CLOEXEC) != 0;

    private static OpenFlags FileFlags(SocketType flags) => (flags & SocketType.SOCK_NONBLOCK) != 0 ? OpenFlags.O_NONBLOCK : OpenFlags.O_RDONLY;
}
