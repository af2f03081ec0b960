using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net;

/// <summary>A call on a socket that may have to wait.</summary>
internal interface ISocketAttempt
{
    /// <summary>What the call has done by now, if it ends before it is complete.</summary>
    long Done { get; }

    /// <summary>A queue beside the socket's own that may say when to try again.</summary>
    WaitQueue? Also { get; }

    /// <summary>EAGAIN where it is to be tried again.</summary>
    SysResult Try();
}

/// <summary>Waiting for sockets: SO_RCVTIMEO and SO_SNDTIMEO, O_NONBLOCK, and what a signal does to it (socket(7), signal(7)).</summary>
internal static class SocketIo
{
    /// <summary>read(2) and its kin.</summary>
    public static SysResult Read(LinuxTask task, SocketFile file, ref IoTarget target, RwFlags flags)
    {
        // Nothing is waited for where nothing is wanted (sock_read_iter).
        if (target.Remaining == 0)
            return 0;
        var message = new IncomingMessage { Target = target, Flags = WaitFlag(file, flags), Name = [] };
        var result = Receive(task, file.Socket, ref message);
        message.Rights?.Dispose();
        return result;
    }

    /// <summary>write(2) and its kin.</summary>
    public static SysResult Write(LinuxTask task, SocketFile file, ref IoSource source, RwFlags flags)
    {
        var signal = (flags & RwFlags.RWF_NOSIGNAL) != 0 ? MessageFlags.MSG_NOSIGNAL : MessageFlags.None;
        var message = new OutgoingMessage { Source = source, Flags = WaitFlag(file, flags) | signal };
        return Send(task, file.Socket, ref message);
    }

    public static SysResult Send(LinuxTask task, Socket socket, ref OutgoingMessage message)
    {
        var attempt = new SendAttempt(task, socket, message);
        var result = Wait(task, socket, ref attempt, Timeout(socket.Options.SendTimeout, message.Flags));
        message = attempt.Message;
        return result;
    }

    public static SysResult Receive(LinuxTask task, Socket socket, ref IncomingMessage message)
    {
        var timeout = Timeout(socket.Options.ReceiveTimeout, message.Flags);
        message.MayWait = timeout != 0;
        var attempt = new ReceiveAttempt(task, socket, message);
        var result = Wait(task, socket, ref attempt, timeout);
        message = attempt.Message;
        return result;
    }

    /// <param name="task">Who waits.</param>
    /// <param name="socket">For what.</param>
    /// <param name="attempt">What is tried.</param>
    /// <param name="timeout">Nanoseconds; 0: not at all; <see cref="SocketOptions.NoTimeout"/>.</param>
    public static SysResult Wait<T>(LinuxTask task, Socket socket, ref T attempt, long timeout)
        where T : struct, ISocketAttempt, allows ref struct
    {
        var result = attempt.Try();
        if (result.Errno != Errno.EAGAIN || timeout == 0)
            return OrDone(result, attempt.Done);
        var deadline = timeout == SocketOptions.NoTimeout ? Deadline.Never : TimeoutArgument.After(task, timeout);
        using var wait = task.BeginWait(socket.Queue);
        WaitQueue? joined = null;
        var isOver = false;
        while (true)
        {
            result = attempt.Try();
            if (result.Errno != Errno.EAGAIN || isOver)
                return OrDone(result, attempt.Done);
            // First the queue, then another look: what comes in between is not lost.
            if (attempt.Also is { } also && !ReferenceEquals(also, joined))
            {
                wait.Add(also);
                joined = also;
                continue;
            }

            switch (wait.Sleep(deadline))
            {
                case WaitOutcome.Interrupted:
                    // What has a timeout is not begun anew with all of its time (sock_intr_errno).
                    return OrDone(deadline.IsNever ? Restart.ERESTARTSYS : Errno.EINTR, attempt.Done);
                case WaitOutcome.TimedOut:
                    isOver = true;
                    break;
            }
        }
    }

    public static long Timeout(long timeout, MessageFlags flags) => (flags & MessageFlags.MSG_DONTWAIT) != 0 ? 0 : timeout;

    private static SysResult OrDone(SysResult result, long done) => result.IsError && done > 0 ? done : result;

    private static MessageFlags WaitFlag(SocketFile file, RwFlags flags) =>
        file.IsNonBlocking || (flags & RwFlags.RWF_NOWAIT) != 0 ? MessageFlags.MSG_DONTWAIT : MessageFlags.None;

    private ref struct SendAttempt(LinuxTask task, Socket socket, OutgoingMessage message) : ISocketAttempt
    {
        public OutgoingMessage Message = message;

        public readonly long Done => Message.Done;

        public readonly WaitQueue? Also => Message.Also;

        public SysResult Try() => socket.Send(task, ref Message);
    }

    private ref struct ReceiveAttempt(LinuxTask task, Socket socket, IncomingMessage message) : ISocketAttempt
    {
        public IncomingMessage Message = message;

        public readonly long Done => Message.Done;

        public readonly WaitQueue? Also => null;

        public SysResult Try() => socket.Receive(task, ref Message);
    }
}

/// <summary>A connect(2).</summary>
internal ref struct ConnectAttempt(LinuxTask task, Socket socket, ReadOnlySpan<byte> address, bool mayWait) : ISocketAttempt
{
    /// <summary>Where to, as long as the caller said.</summary>
    public readonly ReadOnlySpan<byte> Address = address;

    /// <summary>False with O_NONBLOCK.</summary>
    public readonly bool MayWait = mayWait;

    public readonly long Done => 0;

    public WaitQueue? Also { get; set; }

    /// <summary>What the call answers if it is not done when its time is over.</summary>
    public Errno IfOver { get; set; } = Errno.EAGAIN;

    public SysResult Try() => socket.Connect(task, ref this);
}

/// <summary>An accept(2).</summary>
internal struct AcceptAttempt(Socket socket, bool mayWait) : ISocketAttempt
{
    public Socket? Accepted { get; private set; }

    public readonly long Done => 0;

    public readonly WaitQueue? Also => null;

    public SysResult Try()
    {
        var error = socket.Accept(mayWait, out var accepted);
        Accepted = accepted;
        return error;
    }
}
