using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>SOCK_STREAM: bytes without bounds (unix_stream_sendmsg, unix_stream_read_generic).</summary>
internal sealed partial class UnixSocket
{
    /// <summary>SKB_MAX_HEAD(0): bytes of a message that stand in one block.</summary>
    private const int HeadBytes = 3776;

    /// <summary>UNIX_SKB_FRAGS_SZ: those that stand in pages.</summary>
    private const int PageBytes = 32768;

    public override SysResult Send(LinuxTask task, ref OutgoingMessage message) =>
        Type == SocketType.SOCK_STREAM ? SendStream(task, ref message) : SendPacket(task, ref message);

    public override SysResult Receive(LinuxTask task, ref IncomingMessage message) =>
        Type == SocketType.SOCK_STREAM ? ReceiveStream(ref message) : ReceivePacket(ref message);

    private SysResult SendStream(LinuxTask task, ref OutgoingMessage message)
    {
        if (!message.HasStarted)
        {
            message.HasStarted = true;
            if ((message.Flags & MessageFlags.MSG_OOB) != 0)
                return Errno.EOPNOTSUPP;
            if (message.Name.Length > 0)
                return State == SocketState.Established ? Errno.EISCONN : Errno.EOPNOTSUPP;
            if (Peer is null)
                return Errno.ENOTCONN;
            if ((Shutdown & ShutdownSides.Send) != 0)
                return BrokenPipe(task, message);
        }

        var peer = Peer!;
        while (message.Source.Remaining > 0)
        {
            var error = TakeError();
            // Shut down while the call waited: no signal then.
            if (error == Errno.None && (Shutdown & ShutdownSides.Send) != 0)
                error = Errno.EPIPE;
            if (error == Errno.None && IsFull)
                error = Errno.EAGAIN;
            if (error != Errno.None)
                return error;
            var size = (int)Math.Min(message.Source.Remaining, Math.Min((Options.SendBuffer >> 1) - 64, HeadBytes + PageBytes));
            error = UnixMessage.Create(this, ref message.Source, size, Math.Min(size, UnixMessage.Align(Math.Max(0, size - HeadBytes), 4096)), out var made);
            if (error == Errno.None)
                error = Deliver(task, peer, made!, ref message, out _);
            if (error == Errno.EPIPE)
                return BrokenPipe(task, message);
            if (error != Errno.None)
                return error;
            message.Done += size;
        }

        return message.Done;
    }

    private static Errno BrokenPipe(LinuxTask task, in OutgoingMessage message)
    {
        // Where some bytes got through there is no signal.
        if (message.Done == 0 && !message.SignalsNothing)
            task.Raise(Signal.SIGPIPE);
        return Errno.EPIPE;
    }

    /// <summary>Puts a message into a queue, with what goes along. It is freed where that can't be: EPIPE, ECONNREFUSED, ETOOMANYREFS.</summary>
    private Errno Deliver(LinuxTask task, UnixSocket receiver, UnixMessage made, ref OutgoingMessage message, out bool isDead)
    {
        isDead = false;
        var rights = message.Rights;
        if (rights is not null)
        {
            var refused = Kernel.Net.InFlight.TryAdd(rights, task);
            if (refused != Errno.None)
            {
                made.Free();
                return refused;
            }

            rights.Hold();
            made.Rights = rights;
        }

        made.Credentials = message.Credentials;
        if (made.Credentials is null && (WantsCredentials || receiver.WantsCredentials || receiver.Ino == 0))
            made.Credentials = CredentialsOf(task);
        var error = Errno.None;
        lock (receiver.Lock)
        {
            isDead = receiver._isDead;
            if (isDead || (receiver.Shutdown & ShutdownSides.Receive) != 0)
                error = Errno.EPIPE;
            else
                receiver._incoming.Append(made);
        }

        if (error == Errno.None)
        {
            message.Rights = null;
            receiver.Queue.WakeAll(PollKeys.Readable);
        }
        else
        {
            made.Free();
            if (rights is not null)
                Kernel.Net.InFlight.Remove(rights);
        }

        rights?.Drop();
        return error;
    }

    private SysResult ReceiveStream(ref IncomingMessage message)
    {
        if (State != SocketState.Established)
            return Errno.EINVAL;
        if ((message.Flags & MessageFlags.MSG_OOB) != 0)
            return Errno.EOPNOTSUPP;
        var wanted = Options.WantedBytes(message.Done + message.Target.Remaining, (message.Flags & MessageFlags.MSG_WAITALL) != 0);
        UnixMessage? used = null;
        var error = Errno.None;
        bool isComplete;
        Rights? arrived = null;
        lock (Lock)
        {
            isComplete = message.IsPeek ? PeekStream(ref message, ref error) : TakeStream(ref message, ref used, ref arrived, ref error);
            if (!isComplete && error == Errno.None && message.Done < wanted)
            {
                error = TakeError();
                if (error == Errno.None && (Shutdown & ShutdownSides.Receive) == 0)
                    error = Errno.EAGAIN;
            }
        }

        while (used is not null)
        {
            var next = used.Next;
            used.Next = null;
            used.Free();
            used = next;
        }

        Arrived(ref message, arrived);
        return error == Errno.None ? message.Done : error;
    }

    /// <summary>Takes bytes off the queue. True where the call is complete, even with fewer bytes than it wants.</summary>
    private bool TakeStream(ref IncomingMessage message, ref UnixMessage? used, ref Rights? arrived, ref Errno error)
    {
        while (_incoming.First is { } first)
        {
            // What several have sent is never told as one's.
            if (!Introduce(ref message, first))
                return true;
            var part = (int)Math.Min(first.Remaining, message.Target.Remaining);
            if (message.Target.Write(first.Bytes[..part]) < part)
            {
                error = Errno.EFAULT;
                return true;
            }

            first.Consumed += part;
            message.Done += part;
            MovePeekOffset(-part);
            var hasRights = first.Rights is not null;
            if (hasRights)
            {
                arrived = first.Rights;
                first.Rights = null;
                arrived!.Hold();
            }

            if (first.Remaining > 0)
                return true;
            _incoming.RemoveFirst();
            first.Next = used;
            used = first;
            if (hasRights || message.Target.Remaining == 0)
                return true;
        }

        return false;
    }

    private bool PeekStream(ref IncomingMessage message, ref Errno error)
    {
        var skip = Math.Max(Options.PeekOffset, 0);
        for (var next = _incoming.First; next is not null; next = next.Next)
        {
            if (skip > 0 && skip >= next.Remaining)
            {
                skip -= next.Remaining;
                continue;
            }

            if (!Introduce(ref message, next))
                return true;
            var part = (int)Math.Min(next.Remaining - skip, message.Target.Remaining);
            if (message.Target.Write(next.Bytes.Slice(skip, part)) < part)
            {
                error = Errno.EFAULT;
                return true;
            }

            skip = 0;
            message.Done += part;
            MovePeekOffset(part);
            if (next.Rights is { } rights)
            {
                message.Rights?.Dispose();
                message.Rights = rights.Duplicate();
                return true;
            }

            if (message.Target.Remaining == 0)
                return true;
        }

        // A look never waits for more than there is.
        return message.Done > 0;
    }

    /// <summary>Says who sent a message. False where the call has told another's credentials already.</summary>
    private bool Introduce(ref IncomingMessage message, UnixMessage first)
    {
        var sender = first.Credentials ?? new Ucred { uid = OldId.Overflow, gid = OldId.Overflow };
        if (message.HasCredentials)
        {
            var told = message.Credentials;
            if (told.pid != sender.pid || told.uid != sender.uid || told.gid != sender.gid)
                return false;
        }
        else if (WantsCredentials)
        {
            message.Credentials = sender;
            message.HasCredentials = true;
        }

        if (message.WantsName)
        {
            message.Name = first.Sender.Name?.Address ?? [];
            message.WantsName = false;
        }

        return true;
    }

    /// <summary>Files that have left the queue are the call's now. They were held while they did.</summary>
    private void Arrived(ref IncomingMessage message, Rights? arrived)
    {
        if (arrived is null)
            return;
        Kernel.Net.InFlight.Remove(arrived);
        arrived.Drop();
        message.Rights = arrived;
    }

    /// <summary>SO_PEEK_OFF moves with what is looked at, and back with what is taken.</summary>
    private void MovePeekOffset(int by)
    {
        var offset = Options.PeekOffset;
        if (offset >= 0)
            Options.PeekOffset = Math.Max(0, offset + by);
    }
}
