using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>getitimer(2)'s timers.</summary>
public enum IntervalTimerKind
{
    ITIMER_REAL = 0,
    ITIMER_VIRTUAL = 1,
    ITIMER_PROF = 2,
}

/// <summary>A process's timers: the three interval timers, its POSIX timers, its processor time limit.</summary>
internal sealed class ProcessTimers
{
    private readonly Lock _lock = new();
    private readonly ThreadGroup _group;
    private readonly SortedDictionary<int, PosixTimer> _posix = [];
    private readonly IntervalTimer _virtual;
    private readonly IntervalTimer _profile;
    private Alarm _realAlarm;
    private long _realExpires;
    private long _realInterval;
    private CpuTimer? _cpuLimit;
    private int _nextId;

    public ProcessTimers(ThreadGroup group)
    {
        _group = group;
        Cpu = new CpuTimers(group.Kernel.Clock);
        _virtual = new IntervalTimer(group, Signal.SIGVTALRM);
        _profile = new IntervalTimer(group, Signal.SIGPROF);
    }

    public CpuTimers Cpu { get; }

    private KernelClock Clock => _group.Kernel.Clock;

    public void TaskRuns() => Cpu.TaskRuns();

    public void TaskRests() => Cpu.TaskRests();

    /// <summary>What remains of an interval timer, and its interval; nanoseconds, both 0 where it is off.</summary>
    public (long Remaining, long Interval) Get(IntervalTimerKind kind)
    {
        if (kind == IntervalTimerKind.ITIMER_VIRTUAL)
            return _virtual.Get(_group.CpuTime);
        if (kind == IntervalTimerKind.ITIMER_PROF)
            return _profile.Get(_group.CpuTime);
        lock (_lock)
            return RealLocked();
    }

    /// <summary>Sets an interval timer; an initial value of 0 turns it off. Gives what it was.</summary>
    public (long Remaining, long Interval) Set(IntervalTimerKind kind, long initial, long interval)
    {
        if (kind == IntervalTimerKind.ITIMER_VIRTUAL)
            return _virtual.Set(_group.CpuTime, initial, interval);
        if (kind == IntervalTimerKind.ITIMER_PROF)
            return _profile.Set(_group.CpuTime, initial, interval);
        lock (_lock)
        {
            var old = RealLocked();
            _realAlarm.Dispose();
            _realExpires = initial == 0 ? 0 : Moment.Add(Clock.Now, initial);
            // As Linux: a timer that is turned off forgets its interval.
            _realInterval = initial == 0 ? 0 : interval;
            ScheduleReal();
            return old;
        }
    }

    /// <summary>
    /// A SIGALRM has been taken: only now ITIMER_REAL is set again (posix_timers' "itimers are restarted when the signal is dequeued"), so that a short interval can't
    /// flood a process that does not run.
    /// </summary>
    public void AlarmTaken()
    {
        lock (_lock)
        {
            if (_realInterval == 0 || _realExpires > Clock.Now)
                return;
            _realExpires = Forward(_realExpires, _realInterval, Clock.Now, out _);
            ScheduleReal();
        }
    }

    /// <summary>Makes a timer, or gives null where there are as many as there may be signals pending (EAGAIN).</summary>
    public PosixTimer? Create(Func<int, PosixTimer> make)
    {
        lock (_lock)
        {
            if ((ulong)_posix.Count >= _group.Limits[Resource.RLIMIT_SIGPENDING])
                return null;
            while (_posix.ContainsKey(_nextId))
                _nextId = (_nextId + 1) & int.MaxValue;
            var timer = make(_nextId);
            _posix.Add(_nextId, timer);
            _nextId = (_nextId + 1) & int.MaxValue;
            return timer;
        }
    }

    public PosixTimer? Find(int id)
    {
        lock (_lock)
            return _posix.GetValueOrDefault(id);
    }

    /// <summary>False where there is no such timer.</summary>
    public bool Delete(int id)
    {
        PosixTimer? timer;
        lock (_lock)
        {
            if (!_posix.Remove(id, out timer))
                return false;
        }

        timer.Delete();
        return true;
    }

    /// <summary>execve(2) deletes POSIX timers and keeps interval timers; a process's end turns all off.</summary>
    public void DeletePosix()
    {
        PosixTimer[] timers;
        lock (_lock)
        {
            timers = [.. _posix.Values];
            _posix.Clear();
            _nextId = 0;
        }

        foreach (var timer in timers)
            timer.Delete();
    }

    public void TurnOff()
    {
        DeletePosix();
        foreach (var kind in Enum.GetValues<IntervalTimerKind>())
            Set(kind, 0, 0);
        lock (_lock)
            Cpu.Remove(_cpuLimit);
    }

    /// <summary>RLIMIT_CPU was set, to a number of seconds: SIGXCPU then and each second from then on, SIGKILL at the hard limit.</summary>
    public void LimitCpu()
    {
        lock (_lock)
        {
            Cpu.Remove(_cpuLimit);
            _cpuLimit = null;
            var limit = _group.Limits[Resource.RLIMIT_CPU];
            if (limit == Rlimit.Infinity)
                return;
            // 0 would be over before anything could be done: Linux takes 1 for it.
            var next = Moment.FromParts((long)Math.Min(Math.Max(limit, 1), (ulong)Moment.MaxSeconds), 0);
            _cpuLimit = Cpu.Add(() => _group.CpuTime, next, CpuLimitReached);
        }
    }

    private void CpuLimitReached()
    {
        var limit = _group.Limits.Get(Resource.RLIMIT_CPU);
        var used = (ulong)(_group.CpuTime / Moment.PerSecond);
        if (used >= limit.Hard)
        {
            _group.Kill(Signal.SIGKILL);
            return;
        }

        _group.Send(SignalInfo.FromKernel(Signal.SIGXCPU));
        // As Linux, which moves the soft limit itself (check_process_timers).
        _group.Limits.Exchange(Resource.RLIMIT_CPU, limit with { Soft = used + 1 }, mayRaiseHard: false, out _);
        LimitCpu();
    }

    /// <summary>The first moment after now that is a whole number of intervals after another; how many were passed over.</summary>
    internal static long Forward(long expires, long interval, long now, out long passed)
    {
        passed = 0;
        if (now < expires)
            return expires;
        passed = (now - expires) / interval + 1;
        return Moment.Add(expires, passed > (long.MaxValue - expires) / interval ? long.MaxValue : passed * interval);
    }

    private (long Remaining, long Interval) RealLocked()
    {
        if (_realExpires == 0)
            return (0, 0);
        var remaining = _realExpires - Clock.Now;
        // It has rung, and is set again only when the signal is taken.
        if (remaining <= 0)
            remaining = _realInterval == 0 ? 0 : 1_000;
        return (remaining, _realInterval);
    }

    private void ScheduleReal() => _realAlarm = _realExpires == 0
        ? default
        : Clock.Schedule(Deadline.AtMonotonic(_realExpires), RealExpired);

    private void RealExpired()
    {
        lock (_lock)
        {
            if (_realExpires == 0 || _realExpires > Clock.Now)
                return;
            if (_realInterval == 0)
                _realExpires = 0;
        }

        _group.Send(SignalInfo.FromKernel(Signal.SIGALRM));
    }
}
