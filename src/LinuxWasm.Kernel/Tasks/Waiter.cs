using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Why a sleep ended.</summary>
public enum WaitOutcome
{
    /// <summary>Something that is waited for changed: look again.</summary>
    Woken,

    /// <summary>The deadline has passed.</summary>
    TimedOut,

    /// <summary>A signal is to be handled, and what is waited for has not come with it; or the task is to end: leave the call with <see cref="Syscalls.Restart"/> or EINTR.</summary>
    Interrupted,
}

/// <summary>
/// The one interruptible wait. Every call that blocks joins the queues of what it waits for, looks whether it has come, and
/// sleeps; a wake, a signal, a deadline, a kill and a kernel stop all end the sleep. A wake that comes between the look and the sleep is not lost:
/// <code>
/// using var wait = task.BeginWait(queue);
/// while (!TryTake(out item))
///     if (wait.Sleep(deadline) is not WaitOutcome.Woken) ...
/// </code>
/// </summary>
public sealed class Waiter : Wakeable
{
    private readonly object _monitor = new();
    private readonly LinuxTask _task;
    private readonly List<WaitQueue> _queues = [];
    private readonly List<OpenFile> _held = [];
    private bool _woken;
    private bool _sleeping;

    internal Waiter(LinuxTask task) => _task = task;

    internal bool IsSleeping
    {
        get
        {
            lock (_monitor)
                return _sleeping;
        }
    }

    internal void Join(WaitQueue queue)
    {
        queue.Add(this);
        _queues.Add(queue);
    }

    internal void Hold(OpenFile file)
    {
        file.AddReference();
        _held.Add(file);
    }

    internal void LeaveAll()
    {
        foreach (var queue in _queues)
            queue.Remove(this);
        _queues.Clear();
        Volatile.Write(ref _woken, false);
        if (_held.Count == 0)
            return;
        // The last reference to a socket that lingers waits itself.
        OpenFile[] held = [.. _held];
        _held.Clear();
        foreach (var file in held)
            file.Release();
    }

    /// <summary>Ends the sleep, or the next one if the task does not sleep now.</summary>
    internal override void Wake()
    {
        lock (_monitor)
        {
            _woken = true;
            if (!_sleeping)
                return;
            // Counted as running from here on, not from when its thread gets the processor: else virtual time would jump over it.
            _sleeping = false;
            _task.Kernel.Clock.TaskWoke();
            Monitor.PulseAll(_monitor);
        }
    }

    internal WaitOutcome Sleep(Deadline deadline, bool interruptible)
    {
        var clock = _task.Kernel.Clock;
        if (Outcome(deadline, interruptible) is { } atOnce)
            return atOnce;
        _task.StopsRunning();
        using var alarm = clock.WakeAt(deadline, this);
        WaitOutcome? outcome;
        lock (_monitor)
        {
            while ((outcome = OutcomeLocked(deadline, interruptible)) is null)
            {
                _sleeping = true;
                clock.TaskSleeps();
                while (_sleeping)
                {
                    // A clock that leaves short waits to the waiters themselves wakes nobody: the time is looked at here.
                    if (Monitor.Wait(_monitor, clock.OwnWait(deadline)) || !_sleeping || !clock.HasPassed(deadline))
                        continue;
                    _sleeping = false;
                    clock.TaskWoke();
                }
            }
        }

        if (outcome == WaitOutcome.TimedOut)
            clock.LetEarlierRing(deadline);
        _task.StartsRunning();
        return outcome.Value;
    }

    private WaitOutcome? Outcome(Deadline deadline, bool interruptible)
    {
        lock (_monitor)
            return OutcomeLocked(deadline, interruptible);
    }

    /// <summary>Why not to sleep, or null. Caller holds the monitor.</summary>
    private WaitOutcome? OutcomeLocked(Deadline deadline, bool interruptible)
    {
        // What is waited for may have come with the signal, as a child's end comes with SIGCHLD: who is woken looks for it once more, and then for
        // signals (___wait_event).
        if (_task.MustEnd || (interruptible && !_woken && _task.IsInterrupted))
            return WaitOutcome.Interrupted;
        // An alarm and a queue wake alike; the clock tells them apart.
        var passed = _task.Kernel.Clock.HasPassed(deadline);
        if (!_woken)
            return passed ? WaitOutcome.TimedOut : null;
        _woken = false;
        return passed ? WaitOutcome.TimedOut : WaitOutcome.Woken;
    }
}

/// <summary>A wait that has begun: it is on its queues until it is disposed of.</summary>
public readonly ref struct Wait
{
    private readonly Waiter _waiter;

    internal Wait(Waiter waiter) => _waiter = waiter;

    /// <summary>Waits for one thing more, as poll(2) does.</summary>
    public void Add(WaitQueue queue) => _waiter.Join(queue);

    /// <summary>Waits for a file, which stays open until the wait is over, also where another thread closes its last descriptor (__pollwait). The caller has a reference.</summary>
    public void Add(WaitQueue queue, OpenFile file)
    {
        _waiter.Hold(file);
        _waiter.Join(queue);
    }

    /// <summary>Sleeps until one of the queues is woken, the deadline passes, or a signal comes.</summary>
    public WaitOutcome Sleep(Deadline deadline = default) => _waiter.Sleep(deadline, interruptible: true);

    /// <summary>Sleeps as Linux does in state D (or TASK_KILLABLE): only the task's end interrupts it, signals wait.</summary>
    public WaitOutcome SleepKillable(Deadline deadline = default) => _waiter.Sleep(deadline, interruptible: false);

    public void Dispose() => _waiter.LeaveAll();
}
