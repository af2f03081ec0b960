using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>ITIMER_VIRTUAL or ITIMER_PROF: a timer on the process's processor time.</summary>
internal sealed class IntervalTimer(ThreadGroup group, Signal signal)
{
    private readonly Lock _lock = new();
    private CpuTimer? _timer;
    private long _interval;

    public (long Remaining, long Interval) Get(long now)
    {
        lock (_lock)
            return GetLocked(now);
    }

    public (long Remaining, long Interval) Set(long now, long initial, long interval)
    {
        lock (_lock)
        {
            var old = GetLocked(now);
            group.Timers.Cpu.Remove(_timer);
            _interval = interval;
            _timer = initial == 0 ? null : group.Timers.Cpu.Add(() => group.CpuTime, Moment.Add(now, initial), Expired);
            return old;
        }
    }

    private (long Remaining, long Interval) GetLocked(long now) => _timer is null
        ? (0, _interval)
        : (Math.Max(_timer.Expires - now, 1_000), _interval);

    private void Expired()
    {
        lock (_lock)
        {
            if (_timer is null)
                return;
            var next = _interval == 0 ? 0 : ProcessTimers.Forward(_timer.Expires, _interval, group.CpuTime, out _);
            _timer = next == 0 ? null : group.Timers.Cpu.Add(() => group.CpuTime, next, Expired);
        }

        group.Send(SignalInfo.FromKernel(signal));
    }
}
