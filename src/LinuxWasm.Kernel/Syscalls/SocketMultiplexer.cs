using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>socketcall(2): how 32-bit programs of old made all calls on sockets, their arguments in memory.</summary>
public static class SocketMultiplexer
{
    /// <summary>How many arguments each has, from SYS_SOCKET on.</summary>
    private static readonly byte[] Arguments = [3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4];

    [Syscall("socketcall", On = SyscallTable.I386)]
    public static SysResult SocketCall(LinuxTask task, SocketCallNumber call, GuestPtr args)
    {
        if (call is < SocketCallNumber.SYS_SOCKET or > SocketCallNumber.SYS_SENDMMSG)
            return Errno.EINVAL;
        Span<uint> a = stackalloc uint[6];
        a.Clear();
        for (var i = 0; i < Arguments[(int)call - 1]; i++)
        {
            if (!task.Memory.TryRead(args + (uint)(i * sizeof(uint)), out a[i]))
                return Errno.EFAULT;
        }

        var fd = new Fd((int)a[0]);
        var second = new GuestPtr(a[1]);
        var third = new GuestPtr(a[2]);
        var length = new GuestSize(a[2]);
        var flags = (MessageFlags)a[3];
        return call switch
        {
            SocketCallNumber.SYS_SOCKET => Sockets.Socket(task, (AddressFamily)a[0], (SocketType)a[1], (int)a[2]),
            SocketCallNumber.SYS_BIND => Sockets.Bind(task, fd, second, (int)a[2]),
            SocketCallNumber.SYS_CONNECT => Sockets.Connect(task, fd, second, (int)a[2]),
            SocketCallNumber.SYS_LISTEN => Sockets.Listen(task, fd, (int)a[1]),
            SocketCallNumber.SYS_ACCEPT => Sockets.Accept(task, fd, second, new GuestPtr<int>(a[2])),
            SocketCallNumber.SYS_GETSOCKNAME => Sockets.GetSockName(task, fd, second, new GuestPtr<int>(a[2])),
            SocketCallNumber.SYS_GETPEERNAME => Sockets.GetPeerName(task, fd, second, new GuestPtr<int>(a[2])),
            SocketCallNumber.SYS_SOCKETPAIR => Sockets.SocketPair(task, (AddressFamily)a[0], (SocketType)a[1], (int)a[2], new GuestPtr<int>(a[3])),
            SocketCallNumber.SYS_SEND => SocketSending.SendTo(task, fd, second, length, flags, default, 0),
            SocketCallNumber.SYS_SENDTO => SocketSending.SendTo(task, fd, second, length, flags, new GuestPtr(a[4]), (int)a[5]),
            SocketCallNumber.SYS_RECV => SocketReceiving.RecvFrom(task, fd, second, length, flags, default, default),
            SocketCallNumber.SYS_RECVFROM => SocketReceiving.RecvFrom(task, fd, second, length, flags, new GuestPtr(a[4]), new GuestPtr<int>(a[5])),
            SocketCallNumber.SYS_SHUTDOWN => Sockets.Shutdown(task, fd, (ShutdownHow)(int)a[1]),
            SocketCallNumber.SYS_SETSOCKOPT => SocketOptionCalls.SetSockOpt(task, fd, (SocketLevel)a[1], (int)a[2], new GuestPtr(a[3]), (int)a[4]),
            SocketCallNumber.SYS_GETSOCKOPT => SocketOptionCalls.GetSockOpt(task, fd, (SocketLevel)a[1], (int)a[2], new GuestPtr(a[3]), new GuestPtr<int>(a[4])),
            SocketCallNumber.SYS_SENDMSG => SocketSending.SendMsg(task, fd, second, (MessageFlags)a[2]),
            SocketCallNumber.SYS_RECVMSG => SocketReceiving.RecvMsg(task, fd, second, (MessageFlags)a[2]),
            SocketCallNumber.SYS_ACCEPT4 => Sockets.Accept4(task, fd, second, new GuestPtr<int>(a[2]), (SocketType)a[3]),
            SocketCallNumber.SYS_RECVMMSG => SocketReceiving.RecvMmsg(task, fd, second, a[2], flags, new GuestPtr(a[4])),
            _ => SocketSending.SendMmsg(task, fd, second, a[2], flags),
        };
    }
}
