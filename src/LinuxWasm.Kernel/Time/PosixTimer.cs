using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>How a POSIX timer says that it expired (sigevent(3)).</summary>
internal readonly record struct TimerNotification(bool IsSilent, Signal Signal, ulong Value, LinuxTask? Thread);

/// <summary>
/// A timer of timer_create(2). With an interval it is set again when its signal is taken, not before; the expirations in between
/// are the signal's overrun count.
/// </summary>
internal sealed class PosixTimer(ThreadGroup group, int id, ClockSource source, TimerNotification notification)
{
    /// <summary>DELAYTIMER_MAX.</summary>
    private const long MostOverruns = int.MaxValue;

    private readonly Lock _lock = new();
    private Alarm _alarm;
    private CpuTimer? _cpuTimer;
    private long _expires;
    private long _interval;
    private long _overrun;
    private long _lastOverrun;
    private int _generation;
    private bool _onRealtime;
    private bool _signalled;
    private bool _deleted;

    public int Id => id;

    /// <summary>timer_getoverrun(2): of the signal that was taken last.</summary>
    public int LastOverrun
    {
        get
        {
            lock (_lock)
                return (int)Math.Min(_lastOverrun, MostOverruns);
        }
    }

    /// <summary>What remains, and the interval; nanoseconds, both 0 where it is off.</summary>
    public (long Remaining, long Interval) Get()
    {
        lock (_lock)
            return GetLocked();
    }

    public (long Remaining, long Interval) Set(long value, long interval, bool absolute)
    {
        lock (_lock)
        {
            var old = GetLocked();
            Disarm();
            _interval = interval;
            _overrun = 0;
            _lastOverrun = 0;
            if (value == 0)
            {
                _interval = 0;
                return old;
            }

            // A relative time on CLOCK_REALTIME does not move when that clock is set (timer_settime(2)).
            _onRealtime = absolute && source.IsRealtime;
            _expires = absolute ? value - (_onRealtime ? source.RealtimeLead : 0) : Moment.Add(NowLocked(), value);
            if (_expires <= 0)
                _expires = 1;
            Arm();
            return old;
        }
    }

    public void Delete()
    {
        lock (_lock)
        {
            _deleted = true;
            Disarm();
        }

        group.DiscardPending(this);
    }

    /// <summary>Its signal is being taken: the overrun count to go with it, and it is set again.</summary>
    public int SignalTaken()
    {
        lock (_lock)
        {
            // Set anew or deleted since: the old signal counts nothing and sets nothing.
            if (_deleted || !_signalled)
                return 0;
            _signalled = false;
            if (_interval != 0 && _expires != 0)
            {
                _expires = ProcessTimers.Forward(_expires, _interval, NowLocked(), out var passed);
                _overrun += Math.Max(0, passed - 1);
                Arm();
            }

            _lastOverrun = _overrun;
            _overrun = 0;
            return (int)Math.Min(_lastOverrun, MostOverruns);
        }
    }

    private (long Remaining, long Interval) GetLocked()
    {
        if (_expires == 0)
            return (0, _interval);
        var now = NowLocked();
        var expires = _expires;
        if (expires <= now && _interval != 0)
            expires = ProcessTimers.Forward(expires, _interval, now, out _);
        var remaining = expires - now;
        if (remaining <= 0)
            remaining = notification.IsSilent || _interval == 0 ? 0 : 1;
        return (remaining, _interval);
    }

    private long NowLocked() => _onRealtime ? group.Kernel.Clock.Now + group.Kernel.Clock.RealtimeOffset
        : source.IsCpu ? source.Now!()
        : group.Kernel.Clock.Now;

    private void Arm()
    {
        var generation = ++_generation;
        if (notification.IsSilent)
            return;
        if (source.IsCpu)
            _cpuTimer = (source.CpuOwner ?? group).Timers.Cpu.Add(source.Now!, _expires, () => Expired(generation));
        else
            _alarm = group.Kernel.Clock.Schedule(
                _onRealtime ? Deadline.AtRealtime(_expires) : Deadline.AtMonotonic(_expires), () => Expired(generation));
    }

    private void Disarm()
    {
        _generation++;
        _alarm.Dispose();
        _alarm = default;
        (source.CpuOwner ?? group).Timers.Cpu.Remove(_cpuTimer);
        _cpuTimer = null;
        _expires = 0;
        _signalled = false;
    }

    private void Expired(int generation)
    {
        lock (_lock)
        {
            if (generation != _generation)
                return;
            _signalled = true;
            if (_interval == 0)
                _expires = 0;
        }

        var info = new SignalInfo(notification.Signal, SignalCode.SI_TIMER) { TimerId = id, Value = notification.Value, Timer = this };
        group.Send(info, notification.Thread, out var kept);
        if (!kept)
            SetAgainUnseen(generation);
    }

    /// <summary>The signal is ignored: nobody takes it, so the timer goes on by itself, no faster than the clock ticks.</summary>
    private void SetAgainUnseen(int generation)
    {
        const long Fastest = 1_000_000;
        lock (_lock)
        {
            if (generation != _generation || _interval == 0 || !_signalled)
                return;
            _signalled = false;
            _expires = ProcessTimers.Forward(_expires, _interval, Moment.Add(NowLocked(), Math.Max(0, Fastest - _interval)), out _);
            Arm();
        }
    }
}
