namespace LinuxWasm.Kernel.Tasks;

/// <summary>The time that the task did not sleep.</summary>
public sealed partial class LinuxTask
{
    private readonly Lock _usageLock = new();
    private long _cpuTime;
    private long _runningSince;
    private bool _isRunning;
    private long _sleeps;

    /// <summary>CLOCK_THREAD_CPUTIME_ID, in nanoseconds. From any thread.</summary>
    public long CpuTime
    {
        get
        {
            lock (_usageLock)
                return _cpuTime + (_isRunning ? Kernel.Clock.Now - _runningSince : 0);
        }
    }

    /// <summary>False while it sleeps. From any thread.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_usageLock)
                return _isRunning;
        }
    }

    public ResourceUsage Usage => new(CpuTime, 0, (long)(AddressSpace.PeakBytes >> 10), Volatile.Read(ref _sleeps));

    /// <summary>The task is about to run: at its start, and after each sleep.</summary>
    internal void StartsRunning()
    {
        lock (_usageLock)
        {
            if (_isRunning)
                return;
            _isRunning = true;
            _runningSince = Kernel.Clock.Now;
        }

        Group.Timers.TaskRuns();
    }

    /// <summary>The task is about to sleep, or has ended.</summary>
    internal void StopsRunning()
    {
        lock (_usageLock)
        {
            if (!_isRunning)
                return;
            _isRunning = false;
            _cpuTime += Kernel.Clock.Now - _runningSince;
            _sleeps++;
        }

        Group.Timers.TaskRests();
    }
}
