using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tty;

/// <summary>A terminal as programs have it open.</summary>
internal sealed class SlaveFile : OpenFile
{
    private const long TenthOfSecond = 100_000_000;

    private readonly Terminal _terminal;

    private SlaveFile(in OpenRequest request, Terminal terminal)
        : base(request, OpenModes.None) => _terminal = terminal;

    /// <summary>Opens a terminal through whatever leads to it. A session leader that has none gets it for its own, unless it said O_NOCTTY.</summary>
    public static Errno Open(in OpenRequest request, Terminal terminal, out OpenFile? file)
    {
        file = null;
        var error = terminal.OpenSlave(request.Task?.Credentials ?? Credentials.Root);
        if (error != Errno.None)
            return error;
        file = new SlaveFile(request, terminal);
        if (request.Task is { } task && (request.Flags & OpenFlags.O_NOCTTY) == 0 && file.CanRead)
            terminal.ClaimByOpening(task);
        return Errno.None;
    }

    public override WaitQueue Readiness => _terminal.Changed;

    public override bool WritesAll => true;

    /// <summary>Waiting is part of a read: whose turn it is, VTIME.</summary>
    public override bool KnowsNoWait => false;

    public override SysResult Read(Span<byte> buffer, ref long position) => buffer.IsEmpty ? 0 : _terminal.ReadSlave(buffer, takesLess: IsNonBlocking);

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => _terminal.WriteSlave(buffer);

    public override SysResult ReadAs(LinuxTask task, ref IoTarget target, ref long position)
    {
        if (!_terminal.HungUp)
        {
            var error = _terminal.CheckBackground(task, Signal.SIGTTIN);
            if (error != Errno.None)
                return error;
        }

        if (!_terminal.TryBeginRead(task))
            return IsNonBlocking ? Errno.EAGAIN : WaitForTurn(task, ref target, ref position);
        try
        {
            var result = Read(ref target, ref position);
            return result.Errno == Errno.EAGAIN && !IsNonBlocking ? WaitAndRead(task, ref target, ref position) : result;
        }
        finally
        {
            _terminal.EndRead();
        }
    }

    public override SysResult WriteAs(LinuxTask task, ref IoSource source, ref long position)
    {
        if (_terminal.Settings.Has(LocalModes.TOSTOP) && !_terminal.HungUp)
        {
            var error = _terminal.CheckBackground(task, Signal.SIGTTOU);
            if (error != Errno.None)
                return error;
        }

        return Write(ref source, ref position);
    }

    public override PollEvents Poll() => _terminal.PollSlave();

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        if (_terminal.HungUp)
            return request == Ioctls.TIOCSPGRP ? Errno.ENOTTY : Errno.EIO;
        return TerminalIoctls.Handle(_terminal, task, this, asMaster: false, request, argument);
    }

    protected override void OnRelease() => _terminal.CloseSlave();

    /// <summary>Readers take turns: whoever came first gets the next line, and the others what comes then (n_tty's atomic_read_lock).</summary>
    private SysResult WaitForTurn(LinuxTask task, ref IoTarget target, ref long position)
    {
        using (var wait = task.BeginWait(Readiness))
        {
            while (!_terminal.TryBeginRead(task))
            {
                if (wait.Sleep() == WaitOutcome.Interrupted)
                    return Restart.ERESTARTSYS;
            }
        }

        try
        {
            return WaitAndRead(task, ref target, ref position);
        }
        finally
        {
            _terminal.EndRead();
        }
    }

    /// <summary>
    /// Waits for a line, or for VMIN bytes. VTIME counts only where lines do not matter (termios(3), "noncanonical mode"): with VMIN 0 the read ends when a byte
    /// comes or the time is over; else the time runs from each byte on, and the first one is waited for.
    /// </summary>
    private SysResult WaitAndRead(LinuxTask task, ref IoTarget target, ref long position)
    {
        var settings = _terminal.Settings;
        var clock = task.Kernel.Clock;
        var hasTimer = !settings.Has(LocalModes.ICANON) && settings[ControlCharacter.VTIME] != 0;
        var patience = settings[ControlCharacter.VTIME] * TenthOfSecond;
        var needsFirst = settings[ControlCharacter.VMIN] != 0;
        using var wait = task.BeginWait(Readiness);
        var known = 0;
        var deadline = hasTimer && !needsFirst ? Deadline.AtMonotonic(clock.Monotonic + patience) : Deadline.Never;
        while (true)
        {
            var result = Read(ref target, ref position);
            if (result.Errno != Errno.EAGAIN)
                return result;
            var available = hasTimer ? _terminal.Available(asMaster: false) : 0;
            if (available != known)
            {
                known = available;
                deadline = Deadline.AtMonotonic(clock.Monotonic + patience);
            }

            if ((!deadline.IsNever && clock.HasPassed(deadline)) || (available > 0 && !needsFirst))
                return Partial(ref target);
            if (wait.Sleep(deadline) == WaitOutcome.Interrupted)
                return available > 0 ? Partial(ref target) : Restart.ERESTARTSYS;
        }
    }

    /// <summary>What there is, though it is less than VMIN.</summary>
    private SysResult Partial(ref IoTarget target)
    {
        if (!target.TryGetPiece(out var piece))
            return Errno.EFAULT;
        var result = _terminal.ReadSlave(piece, takesLess: true);
        if (result.Errno == Errno.EAGAIN)
            return 0;
        if (!result.IsError)
            target.Advance((int)result.Value);
        return result;
    }
}
