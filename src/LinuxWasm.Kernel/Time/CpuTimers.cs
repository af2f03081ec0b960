namespace LinuxWasm.Kernel.Time;

/// <summary>
/// Timers on the processor time of a process or of one of its threads. While nobody runs that time stands still and nothing is scheduled; while
/// n threads run, the earliest that a timer can expire is an n-th of what remains, and then it is looked at again.
/// </summary>
internal sealed class CpuTimers(KernelClock clock)
{
    /// <summary>No timer is looked at more often: the scheduler tick of a Linux with HZ=1000.</summary>
    private const long Granularity = 1_000_000;

    private readonly Lock _lock = new();
    private readonly List<CpuTimer> _timers = [];
    private Alarm _alarm;
    private int _running;
    private volatile bool _any;

    public void TaskRuns()
    {
        Interlocked.Increment(ref _running);
        if (_any)
            Reschedule();
    }

    public void TaskRests()
    {
        Interlocked.Decrement(ref _running);
        if (_any)
            Reschedule();
    }

    /// <summary>Has an action run when a clock reaches a moment, on the kernel clock's thread.</summary>
    public CpuTimer Add(Func<long> cpuClock, long expires, Action action)
    {
        var timer = new CpuTimer(cpuClock, expires, action);
        lock (_lock)
        {
            _timers.Add(timer);
            _any = true;
        }

        Reschedule();
        return timer;
    }

    public void Remove(CpuTimer? timer)
    {
        if (timer is null)
            return;
        lock (_lock)
        {
            _timers.Remove(timer);
            _any = _timers.Count > 0;
        }
    }

    private void Reschedule()
    {
        lock (_lock)
        {
            _alarm.Dispose();
            _alarm = default;
            var running = Volatile.Read(ref _running);
            if (_timers.Count == 0 || running <= 0)
                return;
            var remaining = _timers.Min(static timer => timer.Expires - timer.Clock());
            var due = Moment.Add(clock.Now, Math.Max(Granularity, remaining / running));
            _alarm = clock.Schedule(Deadline.AtMonotonic(remaining <= 0 ? clock.Now : due), Look);
        }
    }

    private void Look()
    {
        List<CpuTimer> expired;
        lock (_lock)
        {
            expired = _timers.FindAll(static timer => timer.Clock() >= timer.Expires);
            foreach (var timer in expired)
                _timers.Remove(timer);
            _any = _timers.Count > 0;
        }

        foreach (var timer in expired)
            timer.Action();
        Reschedule();
    }
}

/// <summary>One timer on processor time.</summary>
internal sealed record CpuTimer(Func<long> Clock, long Expires, Action Action);
