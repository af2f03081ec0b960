using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Sending signals to the process or to one of its threads.</summary>
public sealed partial class ThreadGroup
{
    private const int LegacySignals = 32;

    /// <summary>What each signal does; shared with processes that were cloned with CLONE_SIGHAND.</summary>
    public SignalActions Actions { get; internal set; }

    /// <summary>Signals for the process as a whole: any thread that does not block them takes them. Guarded by <see cref="Lock"/>.</summary>
    internal PendingSignals SharedPending { get; } = new();

    /// <summary>Woken with each signal that is sent to the process or one of its threads, whoever takes it (signalfd(2)).</summary>
    internal WaitQueue SignalsArrived { get; } = new();

    /// <summary>Sends a signal to the process, as kill(2). Permission is the caller's to check. From any thread.</summary>
    /// <returns>EAGAIN where a queued real-time signal finds no room, or no error.</returns>
    public Errno Send(SignalInfo info) => Send(info, target: null);

    /// <summary>Sends a signal to the process by the number of one of its threads, which takes it before the others if it can (complete_signal).</summary>
    internal Errno SendByThread(SignalInfo info, LinuxTask named) => Send(info, target: null, named, out _);

    /// <summary>Sends a signal to one thread, as tgkill(2), or (null) to the process.</summary>
    internal Errno Send(SignalInfo info, LinuxTask? target) => Send(info, target, out _);

    /// <param name="kept">True where the signal waits to be taken, false where nobody will take it.</param>
    internal Errno Send(SignalInfo info, LinuxTask? target, out bool kept) => Send(info, target, named: null, out kept);

    private Errno Send(SignalInfo info, LinuxTask? target, LinuxTask? named, out bool kept)
    {
        var wake = new Wakes();
        Errno error;
        lock (Lock)
            error = Enqueue(info, target, named, ref wake);
        wake.Deliver();
        SignalsArrived.WakeAll();
        kept = wake.Kept;
        if (wake.Continued)
            ReportContinue();
        return error;
    }

    /// <summary>Tasks that have a pending signal newly to take, among those that are left. Caller holds <see cref="Lock"/>.</summary>
    internal List<LinuxTask> TasksToRetarget(SignalSet signals)
    {
        var tasks = new List<LinuxTask>();
        if (signals.IsEmpty)
            return tasks;
        foreach (var task in _tasks)
        {
            if (!(signals & ~task.Blocked).IsEmpty)
                tasks.Add(task);
        }

        return tasks;
    }

    /// <summary>sigaction(2) has made a signal ignored: what waits of it is forgotten, even where it is blocked.</summary>
    internal void DiscardPending(SignalSet signals)
    {
        lock (Lock)
            DiscardLocked(signals);
    }

    internal void DiscardPending(Time.PosixTimer timer)
    {
        lock (Lock)
        {
            SharedPending.Discard(timer);
            foreach (var task in _tasks)
                task.Pending.Discard(timer);
        }
    }

    /// <summary>Linux's send_signal_locked: filter, queue, and find a thread to take it.</summary>
    private Errno Enqueue(SignalInfo info, LinuxTask? target, LinuxTask? named, ref Wakes wake)
    {
        var signal = info.Signal;
        if (_status is not null || _tasks.Count == 0)
            return Errno.None;
        if (signal == Signal.SIGKILL)
        {
            _status = WaitStatus.Killed(signal);
            wake.EndAll(_tasks);
            return Errno.None;
        }

        if (SignalSet.Stops.Contains(signal))
            DiscardLocked(SignalSet.Of(Signal.SIGCONT));
        else if (signal == Signal.SIGCONT)
            wake.Continued = Continue();

        var receiver = target ?? named ?? _tasks[0];
        var action = Actions[signal];
        // A blocked signal is kept even if it is ignored now: until it is unblocked, somebody may want it (sig_ignored).
        // Nor is it dropped where a tracer wants to see it.
        if (!receiver.Blocked.Contains(signal) && !receiver.WaitsFor.Contains(signal) && action.Ignores(signal) && receiver.Tracer is null)
            return Errno.None;

        var pending = target?.Pending ?? SharedPending;
        wake.Kept = true;
        if (info.Timer is not null)
        {
            // A timer has its place in the queue from its creation on, whatever else waits.
            if (pending.Contains(info.Timer))
                return Errno.None;
            pending.Add(info);
        }
        else if ((int)signal < LegacySignals && pending.Set.Contains(signal))
            return Errno.None;
        else if (QueuedCount() < Limits[Resource.RLIMIT_SIGPENDING] || ((int)signal < LegacySignals && info.Code >= 0))
            pending.Add(info);
        else if ((int)signal >= LegacySignals && info.Code != SignalCode.SI_USER)
            return Errno.EAGAIN;
        else
            pending.AddBare(signal);

        var taker = Taker(signal, target, named);
        if (taker is null)
            return Errno.None;
        var isFatal = action.Disposition == Disposition.Default && SignalSet.DefaultActionOf(signal) == DefaultAction.Terminate;
        if (isFatal && !taker.WaitsFor.Contains(signal) && taker.Tracer is null)
        {
            // At once, so that waits which only a kill interrupts end, too; a tracer sees it first (complete_signal).
            _status = WaitStatus.Killed(signal);
            wake.EndAll(_tasks);
        }
        else
        {
            wake.Add(taker);
        }

        return Errno.None;
    }

    private LinuxTask? Taker(Signal signal, LinuxTask? target, LinuxTask? named)
    {
        // A stopped thread takes nothing before SIGCONT, not even what would end it (wants_signal).
        bool Wants(LinuxTask task) => !task.Blocked.Contains(signal) && !task.MustEnd && !_stoppedTasks.Contains(task);
        if (target is not null)
            return Wants(target) ? target : null;
        LinuxTask? busy = null;
        foreach (var task in named is null ? _tasks : _tasks.Prepend(named))
        {
            if (!Wants(task))
                continue;
            if (!task.HasWorkPending)
                return task;
            busy ??= task;
        }

        return busy;
    }

    private void DiscardLocked(SignalSet signals)
    {
        SharedPending.Discard(signals);
        foreach (var task in _tasks)
            task.Pending.Discard(signals);
    }

    private ulong QueuedCount()
    {
        var count = SharedPending.Count;
        foreach (var task in _tasks)
            count += task.Pending.Count;
        return (ulong)count;
    }

    /// <summary>Whom to wake once the lock is left: nothing is called back under it.</summary>
    private struct Wakes
    {
        private LinuxTask? _task;
        private LinuxTask[]? _ending;

        /// <summary>The process had stopped and goes on.</summary>
        public bool Continued;

        /// <summary>The signal is in a queue.</summary>
        public bool Kept;

        public void Add(LinuxTask task) => _task = task;

        public void EndAll(List<LinuxTask> tasks) => _ending = [.. tasks];

        public readonly void Deliver()
        {
            _task?.Notify(TaskWork.Signal);
            foreach (var task in _ending ?? [])
                task.Notify(TaskWork.End);
        }
    }
}
