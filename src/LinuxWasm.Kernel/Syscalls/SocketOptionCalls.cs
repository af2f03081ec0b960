using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getsockopt(2), setsockopt(2).</summary>
public static class SocketOptionCalls
{
    private const string NotDone = "SO_TIMESTAMP and its kin, SO_ATTACH_FILTER, SO_PASSPIDFD, SO_PEERPIDFD, SO_BINDTODEVICE (ENOPROTOOPT)";

    [Syscall("setsockopt", Man = "getsockopt(2)", Unsupported = NotDone)]
    public static SysResult SetSockOpt(LinuxTask task, Fd sockfd, SocketLevel level, int optname, [In("optlen")] GuestPtr optval, int optlen)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        if (optlen < 0)
            return Errno.EINVAL;
        var option = new OptionArgument(task, optval, optlen);
        return level == SocketLevel.SOL_SOCKET
            ? SocketLevelOptions.Set(task, file!.Socket, (SocketOption)optname, option)
            : file!.Socket.SetOption(task, level, optname, option);
    }

    [Syscall("getsockopt", Unsupported = NotDone)]
    public static SysResult GetSockOpt(LinuxTask task, Fd sockfd, SocketLevel level, int optname, [Out("optlen")] GuestPtr optval, [In, Out] GuestPtr<int> optlen)
    {
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        if (level != SocketLevel.SOL_SOCKET && !file!.Socket.HasOptions)
            return Errno.EOPNOTSUPP;
        if (!task.Memory.TryRead<int>(optlen, out var room))
            return Errno.EFAULT;
        if (room < 0)
            return Errno.EINVAL;
        error = level == SocketLevel.SOL_SOCKET
            ? SocketLevelOptions.Get(task, file!.Socket, (SocketOption)optname, room, out var value)
            : file!.Socket.GetOption(task, level, optname, room, out value);
        // A list that does not fit: how long it is, it is told all the same (SO_PEERGROUPS).
        if (error == Errno.ERANGE)
            return task.Memory.TryWrite(optlen, value.Length) ? error : Errno.EFAULT;
        if (error != Errno.None)
            return error;
        var length = Math.Min(room, value.Length);
        if (!task.Memory.TryWrite(optval, value.AsSpan(0, length)))
            return Errno.EFAULT;
        return task.Memory.TryWrite(optlen, length) ? 0 : Errno.EFAULT;
    }
}
