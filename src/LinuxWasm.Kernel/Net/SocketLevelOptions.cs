using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Net;

/// <summary>Options of SOL_SOCKET (socket(7); Linux's sk_setsockopt and sk_getsockopt).</summary>
internal static class SocketLevelOptions
{
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Timeouts are kept in ticks of a kernel with HZ=250.</summary>
    private const long TickMicroseconds = 4000;

    private const int MaxFreePriority = 6;

    public static Errno Set(LinuxTask task, Socket socket, SocketOption option, OptionArgument argument)
    {
        var options = socket.Options;
        switch (option)
        {
            case SocketOption.SO_LINGER:
                return SetLinger(options, argument);
            case SocketOption.SO_RCVTIMEO_OLD or SocketOption.SO_RCVTIMEO_NEW:
                return SetTimeout(task, argument, isOld: option == SocketOption.SO_RCVTIMEO_OLD, timeout => options.ReceiveTimeout = timeout);
            case SocketOption.SO_SNDTIMEO_OLD or SocketOption.SO_SNDTIMEO_NEW:
                return SetTimeout(task, argument, isOld: option == SocketOption.SO_SNDTIMEO_OLD, timeout => options.SendTimeout = timeout);
        }

        var error = argument.Read<int>(out var value);
        return error == Errno.None ? SetNumber(task, socket, option, value) : error;
    }

    public static Errno Get(LinuxTask task, Socket socket, SocketOption option, int room, out byte[] value)
    {
        value = [];
        switch (option)
        {
            case SocketOption.SO_LINGER:
                value = Bytes(new Linger { l_onoff = socket.Options[option] ? 1 : 0, l_linger = socket.Options.LingerSeconds });
                return Errno.None;
            case SocketOption.SO_RCVTIMEO_OLD or SocketOption.SO_RCVTIMEO_NEW:
                value = TimeoutBytes(task, socket.Options.ReceiveTimeout, isOld: option == SocketOption.SO_RCVTIMEO_OLD);
                return Errno.None;
            case SocketOption.SO_SNDTIMEO_OLD or SocketOption.SO_SNDTIMEO_NEW:
                value = TimeoutBytes(task, socket.Options.SendTimeout, isOld: option == SocketOption.SO_SNDTIMEO_OLD);
                return Errno.None;
            case SocketOption.SO_PEERCRED:
                value = Bytes(socket.PeerCredentials);
                return Errno.None;
            case SocketOption.SO_PEERGROUPS:
                if (socket.PeerGroups is not { } groups)
                    return Errno.ENODATA;
                value = [.. MemoryMarshal.AsBytes<uint>(groups)];
                return room < value.Length ? Errno.ERANGE : Errno.None;
            case SocketOption.SO_PEERNAME:
                if (socket.GetPeerName(out value) != Errno.None)
                    return Errno.ENOTCONN;
                return value.Length < room ? Errno.EINVAL : Errno.None;
            case SocketOption.SO_COOKIE:
                if (room != sizeof(long))
                    return Errno.EINVAL;
                value = Bytes(socket.Serial);
                return Errno.None;
            case SocketOption.SO_BINDTODEVICE:
                // To none.
                return Errno.None;
            default:
                var error = GetNumber(socket, option, out var number);
                value = Bytes(number);
                return error;
        }
    }

    private static Errno SetNumber(LinuxTask task, Socket socket, SocketOption option, int value)
    {
        var options = socket.Options;
        switch (option)
        {
            case SocketOption.SO_TYPE or SocketOption.SO_PROTOCOL or SocketOption.SO_DOMAIN or SocketOption.SO_ERROR:
                return Errno.ENOPROTOOPT;
            case SocketOption.SO_DEBUG when value != 0 && !task.Credentials.Has(Capability.CAP_NET_ADMIN):
                return Errno.EACCES;
            case SocketOption.SO_DEBUG or SocketOption.SO_REUSEADDR or SocketOption.SO_DONTROUTE or SocketOption.SO_BROADCAST
                or SocketOption.SO_KEEPALIVE or SocketOption.SO_OOBINLINE or SocketOption.SO_NO_CHECK or SocketOption.SO_RXQ_OVFL
                or SocketOption.SO_SELECT_ERR_QUEUE:
                options[option] = value != 0;
                return Errno.None;
            case SocketOption.SO_REUSEPORT:
                if (value != 0 && socket.Family == AddressFamily.AF_UNIX)
                    return Errno.EOPNOTSUPP;
                options[option] = value != 0;
                return Errno.None;
            case SocketOption.SO_PASSCRED:
                if (!socket.PassesCredentials)
                    return Errno.EOPNOTSUPP;
                options[option] = value != 0;
                return Errno.None;
            case SocketOption.SO_PASSSEC:
                return socket.PassesCredentials ? Errno.None : Errno.EOPNOTSUPP;
            case SocketOption.SO_SNDBUF:
                return SetSendBuffer(socket, (int)Math.Min((uint)value, SocketOptions.MaxBuffer));
            case SocketOption.SO_RCVBUF:
                options.ReceiveBuffer = Math.Max((int)Math.Min((uint)value, SocketOptions.MaxBuffer) * 2, SocketOptions.MinReceiveBuffer);
                return Errno.None;
            case SocketOption.SO_SNDBUFFORCE:
                return task.Credentials.Has(Capability.CAP_NET_ADMIN) ? SetSendBuffer(socket, Forced(value)) : Errno.EPERM;
            case SocketOption.SO_RCVBUFFORCE:
                if (!task.Credentials.Has(Capability.CAP_NET_ADMIN))
                    return Errno.EPERM;
                options.ReceiveBuffer = Math.Max(Forced(value) * 2, SocketOptions.MinReceiveBuffer);
                return Errno.None;
            case SocketOption.SO_PRIORITY:
                if (value is < 0 or > MaxFreePriority && !task.Credentials.Has(Capability.CAP_NET_RAW) && !task.Credentials.Has(Capability.CAP_NET_ADMIN))
                    return Errno.EPERM;
                options.Priority = value;
                return Errno.None;
            case SocketOption.SO_RCVLOWAT:
                options.ReceiveLowWater = value < 0 ? int.MaxValue : Math.Max(value, 1);
                return Errno.None;
            case SocketOption.SO_PEEK_OFF:
                if (!socket.HasPeekOffset)
                    return Errno.EOPNOTSUPP;
                options.PeekOffset = value;
                return Errno.None;
            case SocketOption.SO_BSDCOMPAT:
                return Errno.None;
            default:
                return Errno.ENOPROTOOPT;
        }
    }

    private static Errno GetNumber(Socket socket, SocketOption option, out int value)
    {
        var options = socket.Options;
        value = 0;
        switch (option)
        {
            case SocketOption.SO_TYPE:
                value = (int)socket.Type;
                return Errno.None;
            case SocketOption.SO_PROTOCOL:
                value = socket.Protocol;
                return Errno.None;
            case SocketOption.SO_DOMAIN:
                value = (int)socket.Family;
                return Errno.None;
            case SocketOption.SO_ERROR:
                value = (int)socket.TakeError();
                return Errno.None;
            case SocketOption.SO_ACCEPTCONN:
                value = socket.State == SocketState.Listening ? 1 : 0;
                return Errno.None;
            case SocketOption.SO_SNDBUF:
                value = options.SendBuffer;
                return Errno.None;
            case SocketOption.SO_RCVBUF:
                value = options.ReceiveBuffer;
                return Errno.None;
            case SocketOption.SO_RCVLOWAT:
                value = options.ReceiveLowWater;
                return Errno.None;
            case SocketOption.SO_SNDLOWAT:
                value = 1;
                return Errno.None;
            case SocketOption.SO_PRIORITY:
                value = options.Priority;
                return Errno.None;
            case SocketOption.SO_PEEK_OFF:
                value = options.PeekOffset;
                return socket.HasPeekOffset ? Errno.None : Errno.EOPNOTSUPP;
            case SocketOption.SO_PASSCRED:
                value = options[option] ? 1 : 0;
                return socket.PassesCredentials ? Errno.None : Errno.EOPNOTSUPP;
            case SocketOption.SO_BSDCOMPAT or SocketOption.SO_MARK:
                return Errno.None;
            case SocketOption.SO_DEBUG or SocketOption.SO_REUSEADDR or SocketOption.SO_REUSEPORT or SocketOption.SO_DONTROUTE or SocketOption.SO_BROADCAST
                or SocketOption.SO_KEEPALIVE or SocketOption.SO_OOBINLINE or SocketOption.SO_NO_CHECK or SocketOption.SO_RXQ_OVFL
                or SocketOption.SO_SELECT_ERR_QUEUE:
                value = options[option] ? 1 : 0;
                return Errno.None;
            default:
                return Errno.ENOPROTOOPT;
        }
    }

    private static int Forced(int value) => Math.Clamp(value, 0, SocketOptions.MaxForced);

    private static Errno SetSendBuffer(Socket socket, int value)
    {
        socket.Options.SendBuffer = Math.Max(value * 2, SocketOptions.MinSendBuffer);
        socket.BufferChanged();
        return Errno.None;
    }

    private static Errno SetLinger(SocketOptions options, OptionArgument argument)
    {
        var error = argument.Read<Linger>(out var linger);
        if (error != Errno.None)
            return error;
        options[SocketOption.SO_LINGER] = linger.l_onoff != 0;
        if (linger.l_onoff != 0)
            options.LingerSeconds = linger.l_linger;
        return Errno.None;
    }

    /// <summary>sock_set_timeout: EDOM for impossible fractions; 0 is for ever, and a negative time no wait at all.</summary>
    private static Errno SetTimeout(LinuxTask task, OptionArgument argument, bool isOld, Action<long> set)
    {
        long seconds;
        long microseconds;
        Errno error;
        if (isOld && task.Abi.Is32Bit)
        {
            error = argument.Read<OldTimeval32>(out var old);
            (seconds, microseconds) = (old.tv_sec, old.tv_usec);
        }
        else
        {
            error = argument.Read<Timeval>(out var time);
            (seconds, microseconds) = (time.tv_sec, time.tv_usec);
        }

        if (error != Errno.None)
            return error;
        if (microseconds is < 0 or >= MicrosecondsPerSecond)
            return Errno.EDOM;
        if (seconds < 0)
        {
            set(0);
            return Errno.None;
        }

        var ticks = (microseconds + TickMicroseconds - 1) / TickMicroseconds;
        var nanoseconds = Moment.FromParts(seconds, 0);
        nanoseconds = Moment.Add(nanoseconds, ticks * TickMicroseconds * 1000);
        set(nanoseconds == 0 ? SocketOptions.NoTimeout : nanoseconds);
        return Errno.None;
    }

    private static byte[] TimeoutBytes(LinuxTask task, long timeout, bool isOld)
    {
        var (seconds, nanoseconds) = timeout == SocketOptions.NoTimeout ? (0, 0) : Moment.ToParts(timeout);
        return isOld && task.Abi.Is32Bit
            ? Bytes(new OldTimeval32 { tv_sec = (int)seconds, tv_usec = (int)(nanoseconds / 1000) })
            : Bytes(new Timeval { tv_sec = seconds, tv_usec = nanoseconds / 1000 });
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
