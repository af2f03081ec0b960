using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>SOCK_DGRAM and SOCK_SEQPACKET: messages that keep their bounds (unix_dgram_sendmsg, unix_dgram_recvmsg).</summary>
internal sealed partial class UnixSocket
{
    /// <summary>net.unix.max_dgram_qlen: what a socket takes of those that are not its peer.</summary>
    public const int MaxQueueLength = 10;

    /// <summary>SKB_MAX_ALLOC: bytes of a datagram that stand in one block.</summary>
    private const int BlockBytes = 16064;

    /// <summary>MAX_SKB_FRAGS pages: the most that stand in pages.</summary>
    private const int MostPaged = 17 * 4096;

    private bool IsQueueFull => _incoming.Count > MaxQueueLength;

    private SysResult SendPacket(LinuxTask task, ref OutgoingMessage message)
    {
        var error = message.HasStarted ? Errno.None : BeginPacket(task, ref message);
        message.HasStarted = true;
        if (error == Errno.None)
            error = TakeError();
        // A broken pipe without a signal: there is none for datagrams.
        if (error == Errno.None && (Shutdown & ShutdownSides.Send) != 0)
            error = Errno.EPIPE;
        if (error == Errno.None && IsFull)
            error = Errno.EAGAIN;
        if (error != Errno.None)
            return error;

        // A copy: the bytes are taken again where the receiver has no room yet.
        var source = message.Source;
        var size = (int)source.Remaining;
        var paged = UnixMessage.Align(Math.Min(Math.Max(0, size - BlockBytes), MostPaged), 4096);
        error = UnixMessage.Create(this, ref source, size, paged, out var made);
        if (error != Errno.None)
            return error;
        error = FindReceiver(task, ref message, out var receiver);
        if (error != Errno.None)
        {
            made!.Free(wakes: error != Errno.EAGAIN);
            return error;
        }

        error = Deliver(task, receiver!, made!, ref message, out var isDead);
        if (isDead)
            return LosePeer(receiver!);
        if (error != Errno.None)
            return error;
        message.Source = source;
        return message.Done = size;
    }

    private Errno BeginPacket(LinuxTask task, ref OutgoingMessage message)
    {
        if (Type == SocketType.SOCK_SEQPACKET)
        {
            var error = TakeError();
            if (error != Errno.None)
                return error;
            if (State != SocketState.Established)
                return Errno.ENOTCONN;
            message.Name = default;
        }

        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        if (message.Name.Length > 0)
        {
            var error = UnixName.Validate(message.Name);
            if (error != Errno.None)
                return error;
        }

        if (WantsCredentials && Name is null)
        {
            var error = BindToAny();
            if (error != Errno.None)
                return error;
        }

        return message.Source.Remaining > Options.SendBuffer - 32 ? Errno.EMSGSIZE : Errno.None;
    }

    /// <summary>Comes last: a message that is too long, or that can't be read, is so without anybody to send it to (unix_dgram_sendmsg since Linux 6.14).</summary>
    private Errno FindReceiver(LinuxTask task, ref OutgoingMessage message, out UnixSocket? receiver)
    {
        receiver = Peer;
        if (message.Name.Length > 0)
        {
            var error = Find(task, message.Name, out receiver);
            if (error != Errno.None)
                return error;
        }

        if (receiver is null)
            return Errno.ENOTCONN;
        if (receiver.Peer is { } other && !ReferenceEquals(other, this))
            return Errno.EPERM;
        if (receiver._isDead)
            return message.Name.Length > 0 ? Errno.ECONNREFUSED : LosePeer(receiver);
        if ((receiver.Shutdown & ShutdownSides.Receive) != 0)
            return Errno.EPIPE;
        if (receiver.HasRoomFor(this))
            return Errno.None;
        message.Also = receiver.Room;
        return Errno.EAGAIN;
    }

    /// <summary>Only strangers are kept waiting; a peer's messages are bounded by its own buffer.</summary>
    private bool HasRoomFor(UnixSocket sender)
    {
        if (ReferenceEquals(this, sender) || ReferenceEquals(Peer, sender))
            return true;
        lock (Lock)
            return !IsQueueFull;
    }

    /// <summary>The other end of a datagram socket is gone: told once, and then it has none.</summary>
    private Errno LosePeer(UnixSocket dead)
    {
        if (Type == SocketType.SOCK_SEQPACKET)
            return Errno.EPIPE;
        UnixMessage? unread = null;
        lock (Lock)
        {
            if (ReferenceEquals(_peer, dead))
            {
                _peer = null;
                State = SocketState.Closed;
                unread = _incoming.TakeAll();
            }
        }

        StopRelaying(dead);
        Discard(unread);
        return Errno.ECONNREFUSED;
    }

    private SysResult ReceivePacket(ref IncomingMessage message)
    {
        if (Type == SocketType.SOCK_SEQPACKET && State != SocketState.Established)
            return Errno.ENOTCONN;
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        UnixMessage? packet;
        bool madeRoom;
        var skip = 0;
        var result = new SysResult(0);
        Rights? arrived = null;
        lock (Lock)
        {
            var error = TakeError();
            if (error != Errno.None)
                return error;
            packet = message.IsPeek ? Peeked(out skip) : _incoming.First;
            if (packet is null)
            {
                // Who would wait learns of the end; who would not, only where there are connections.
                var isEnd = (Shutdown & ShutdownSides.Receive) != 0 && (message.MayWait || Type == SocketType.SOCK_SEQPACKET);
                return isEnd ? 0 : Errno.EAGAIN;
            }

            madeRoom = !message.IsPeek && IsQueueFull;
            if (message.IsPeek)
            {
                result = HandOver(ref message, packet, skip);
                message.Rights = packet.Rights?.Duplicate();
            }
            else
            {
                _incoming.RemoveFirst();
                arrived = packet.Rights;
                packet.Rights = null;
                arrived?.Hold();
            }
        }

        if (message.IsPeek)
            return result;
        if (madeRoom)
            Room.WakeAll(PollKeys.Writable);
        // Where it can't be stored it is lost all the same.
        result = HandOver(ref message, packet, skip: 0);
        MovePeekOffset(-packet.Length);
        packet.Free();
        Arrived(ref message, arrived);
        return result;
    }

    private UnixMessage? Peeked(out int skip)
    {
        skip = Math.Max(Options.PeekOffset, 0);
        var next = _incoming.First;
        while (next is not null && skip > 0 && skip >= next.Length)
        {
            skip -= next.Length;
            next = next.Next;
        }

        return next;
    }

    private SysResult HandOver(ref IncomingMessage message, UnixMessage packet, int skip)
    {
        Introduce(ref message, packet);
        var bytes = packet.Bytes[skip..];
        var part = (int)Math.Min(bytes.Length, message.Target.Remaining);
        if (part < bytes.Length)
            message.Result |= MessageFlags.MSG_TRUNC;
        if (message.Target.Write(bytes[..part]) < part)
            return Errno.EFAULT;
        if (message.IsPeek)
            MovePeekOffset(part);
        message.Done = part;
        return (message.Flags & MessageFlags.MSG_TRUNC) != 0 ? bytes.Length : part;
    }
}
