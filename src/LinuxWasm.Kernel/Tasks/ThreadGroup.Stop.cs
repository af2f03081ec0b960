using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Job control: stopping all threads, and letting them go on.</summary>
public sealed partial class ThreadGroup
{
    private readonly HashSet<LinuxTask> _stoppedTasks = [];
    private readonly WaitQueue _continued = new();
    private Signal _stopSignal;
    private bool _stopReported;
    private bool _stopUnwaited;
    private bool _continueUnwaited;

    /// <summary>
    /// A thread has taken a stop signal and is about to stop the process. A SIGCONT that comes in between takes it back, or the process would
    /// sleep for ever (JOBCTL_STOP_DEQUEUED). Guarded by <see cref="Lock"/>.
    /// </summary>
    internal bool StopTaken { get; set; }

    /// <summary>True once all threads have stopped, as state T of ps shows.</summary>
    public bool IsStopped
    {
        get
        {
            lock (Lock)
                return _stopReported;
        }
    }

    /// <summary>True where threads have to stop. Caller holds <see cref="Lock"/>.</summary>
    internal bool MustStop => _stopSignal != Signal.None;

    /// <summary>A stop signal's default action. Every thread stops when it next looks at what is pending.</summary>
    internal void BeginStop(Signal signal)
    {
        LinuxTask[] tasks;
        lock (Lock)
        {
            if (_status is not null || MustStop || !StopTaken)
                return;
            StopTaken = false;
            _stopSignal = signal;
            tasks = [.. _tasks];
        }

        foreach (var task in tasks)
            task.Notify(TaskWork.Signal);
    }

    /// <summary>The calling task's part in the stop: sleeps until SIGCONT or its end.</summary>
    internal void Stop(LinuxTask task)
    {
        using var wait = task.BeginWait(_continued);
        bool all;
        Signal signal;
        lock (Lock)
        {
            if (!MustStop)
                return;
            signal = _stopSignal;
            _stoppedTasks.Add(task);
            all = AllStopped();
        }

        task.Tracer?.Stopped(task, signal);
        if (all)
            ReportStop();
        while (true)
        {
            lock (Lock)
            {
                if (!_stoppedTasks.Contains(task))
                    return;
            }

            if (wait.SleepKillable() == WaitOutcome.Interrupted)
                return;
        }
    }

    /// <summary>SIGCONT came: forgets stop signals and lets the threads go on. True if they had stopped. Caller holds <see cref="Lock"/>.</summary>
    private bool Continue()
    {
        DiscardLocked(SignalSet.Stops);
        StopTaken = false;
        if (!MustStop)
            return false;
        var had = _stopReported;
        _stopSignal = Signal.None;
        _stopReported = false;
        _stopUnwaited = false;
        _continueUnwaited = had;
        _stoppedTasks.Clear();
        _continued.WakeAll();
        return had;
    }

    /// <summary>A task that ends need not stop any more. True if the rest now has. Caller holds <see cref="Lock"/>.</summary>
    private bool LeaveStop(LinuxTask task)
    {
        _stoppedTasks.Remove(task);
        return MustStop && _tasks.Count > 0 && AllStopped();
    }

    private bool AllStopped()
    {
        if (_stopReported || _stoppedTasks.Count < _tasks.Count)
            return false;
        _stopReported = true;
        _stopUnwaited = true;
        return true;
    }

    private void ReportStop() => ReportToParent(SignalCode.CLD_STOPPED, (int)_stopSignal);

    private void ReportContinue() => ReportToParent(SignalCode.CLD_CONTINUED, (int)Signal.SIGCONT);

    private void ReportToParent(int code, int status)
    {
        var parent = Kernel.Pids.ParentOf(this);
        if (parent is null)
            return;
        var action = parent.Actions[Signal.SIGCHLD];
        if (action.Disposition != Disposition.Ignore && !action.Has(SignalFlags.SA_NOCLDSTOP))
            parent.Send(ChildSignal(code, status));
        parent.ChildEvents.WakeAll();
    }
}
