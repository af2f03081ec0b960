using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>The task's signals: what is blocked, what waits, what it raises itself.</summary>
public sealed partial class LinuxTask
{
    private SignalSet _savedMask;

    /// <summary>Signals that wait until they are unblocked. Changed by the task itself, under its process's lock.</summary>
    public SignalSet Blocked { get; private set; }

    /// <summary>What sigtimedwait(2) is waiting for: not ignored and not fatal meanwhile. Guarded by the process's lock.</summary>
    internal SignalSet WaitsFor { get; private set; }

    /// <summary>Signals for this thread alone. Guarded by the process's lock.</summary>
    internal PendingSignals Pending { get; } = new();

    internal SignalStack SignalStack { get; set; }

    /// <summary>What runs the task's handlers. Null where there is no guest code: then a handler counts as having run.</summary>
    public IGuestExecution? Execution { get; set; }

    /// <summary>How a call goes on that a signal without handler interrupted, where doing it again would not do (restart_syscall(2)).</summary>
    internal Func<LinuxTask, Syscalls.SysResult>? RestartBlock { get; set; }

    /// <summary>Goes on with the call that was interrupted; EINTR where there is none (restart_syscall(2)).</summary>
    internal Syscalls.SysResult Resume()
    {
        var block = RestartBlock;
        RestartBlock = null;
        return block?.Invoke(this) ?? Errno.EINTR;
    }

    /// <summary>Signals that wait for the task, for its process too, whether blocked or not.</summary>
    public SignalSet PendingSet
    {
        get
        {
            lock (Group.Lock)
                return Pending.Set | Group.SharedPending.Set;
        }
    }

    /// <summary>
    /// Sends the task a signal for what it just did itself: SIGPIPE, SIGXFSZ. Its action runs on the way back to the guest. Call it on the task's own thread.
    /// </summary>
    public void Raise(Signal signal) => Group.Send(SignalInfo.FromUser(signal, this), this);

    /// <summary>Sends this thread a signal, as tgkill(2); permission is the caller's to check. From any thread.</summary>
    public Errno Send(SignalInfo info) => Group.Send(info, this);

    /// <summary>
    /// A fault of the task's own code: the signal arrives even if it is blocked or ignored, but then it ends the process (force_sig).
    /// Call it on the task's own thread.
    /// </summary>
    public void Force(SignalInfo info)
    {
        var signal = info.Signal;
        lock (Group.Lock)
        {
            var action = Group.Actions[signal];
            if (Blocked.Contains(signal) || action.Disposition == Disposition.Ignore)
            {
                Group.Actions[signal] = SignalAction.Default;
                Blocked = Blocked.Without(signal);
            }
        }

        Group.Send(info, this);
    }

    /// <summary>Changes the mask; SIGKILL and SIGSTOP can't be in it. What this unblocks is handled on the way back to the guest.</summary>
    internal void SetBlocked(SignalSet mask)
    {
        List<LinuxTask> others;
        lock (Group.Lock)
        {
            var next = mask & ~SignalSet.Unblockable;
            // Somebody else has to take what this thread would have taken.
            others = Group.TasksToRetarget(Group.SharedPending.Set & next & ~Blocked);
            Blocked = next;
            Recalculate();
        }

        foreach (var other in others)
            other.Notify(TaskWork.Signal);
    }

    /// <summary>Takes another mask for the duration of a wait (sigsuspend, ppoll, pselect, epoll_pwait). End it with <see cref="RestoreMask"/>.</summary>
    internal void SetTemporaryMask(SignalSet mask)
    {
        _savedMask = Blocked;
        SetBlocked(mask);
    }

    /// <summary>
    /// Ends a temporary mask: at once, or, where a signal interrupted the wait, after the signal has been handled, since it
    /// may be one that only the temporary mask lets through.
    /// </summary>
    internal void RestoreMask(bool interrupted)
    {
        if (interrupted)
            Interlocked.Or(ref _work, (int)TaskWork.RestoreMask);
        else
            SetBlocked(_savedMask);
    }

    /// <summary>Takes a signal of a set that waits for the task or its process, or null.</summary>
    internal SignalInfo? TakeSignal(SignalSet wanted)
    {
        SignalInfo? info;
        lock (Group.Lock)
        {
            info = TakeSignalLocked(wanted);
            Recalculate();
        }

        return info is null ? null : Taken(info);
    }

    /// <summary>sigtimedwait(2) begins or ends (with an empty set) to wait for signals that are blocked otherwise.</summary>
    internal void WaitForSignals(SignalSet signals)
    {
        lock (Group.Lock)
        {
            if (!signals.IsEmpty)
            {
                WaitsFor = signals & Blocked;
                Blocked &= ~signals;
            }
            else
            {
                Blocked |= WaitsFor;
                WaitsFor = default;
            }

            Recalculate();
        }
    }

    /// <summary>Caller holds the process's lock.</summary>
    private SignalInfo? TakeSignalLocked(SignalSet wanted)
    {
        var mine = Pending.Set & wanted;
        var urgent = (mine & SignalSet.Synchronous).Lowest;
        if (urgent != Signal.None)
            return Pending.Take(urgent);
        if (!mine.IsEmpty)
            return Pending.Take(mine.Lowest);
        var shared = Group.SharedPending.Set & wanted;
        return shared.IsEmpty ? null : Group.SharedPending.Take(shared.Lowest);
    }

    /// <summary>Timers that ring again only once their signal is taken are set again.</summary>
    private SignalInfo Taken(SignalInfo info)
    {
        if (info.Signal == Signal.SIGALRM)
            Group.Timers.AlarmTaken();
        return info.Timer is { } timer ? info with { Overrun = timer.SignalTaken() } : info;
    }

    /// <summary>Says whether there is a signal to look at (recalc_sigpending). On the task's own thread; caller holds the process's lock.</summary>
    private void Recalculate()
    {
        var waiting = !((Pending.Set | Group.SharedPending.Set) & ~Blocked).IsEmpty || Group.MustStop;
        if (waiting)
            Interlocked.Or(ref _work, (int)TaskWork.Signal);
        else
            Interlocked.And(ref _work, ~(int)TaskWork.Signal);
    }
}
