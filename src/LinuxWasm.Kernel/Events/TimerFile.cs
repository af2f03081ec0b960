using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>
/// A timer to wait for (timerfd_create(2)). An interval costs nothing while nobody reads: after the first expiration the others are counted when they are asked for.
/// </summary>
internal sealed class TimerFile(in OpenRequest request, bool onRealtime) : OpenFile(request, OpenModes.Seek)
{
    private const int ValueSize = sizeof(ulong);

    private readonly Lock _lock = new();
    private readonly Lock _watchLock = new();
    private Alarm _alarm;
    private int _generation;
    private long _expires;
    private long _interval;
    private ulong _ticks;
    private bool _isAbsolute;
    private bool _hasExpired;
    private bool _isCancelled;
    private CancelOnSet? _cancelOnSet;

    public override bool HasWrite => false;

    public override WaitQueue Readiness { get; } = new();

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var target = new IoTarget(buffer);
        return Read(ref target, ref position);
    }

    public override SysResult Read(ref IoTarget target, ref long position)
    {
        if (target.Remaining < ValueSize)
            return Errno.EINVAL;
        ulong ticks;
        lock (_lock)
        {
            if (_isCancelled)
            {
                _isCancelled = false;
                _ticks = 0;
                return Errno.ECANCELED;
            }

            if (_ticks == 0)
                return Errno.EAGAIN;
            CountExpired();
            if (_hasExpired && _interval > 0)
                Arm();
            ticks = _ticks;
            _ticks = 0;
        }

        return target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in ticks))) == ValueSize ? ValueSize : Errno.EFAULT;
    }

    public override PollEvents Poll()
    {
        lock (_lock)
            return _ticks > 0 || _isCancelled ? PollEvents.POLLIN : PollEvents.None;
    }

    /// <summary>What remains until the next expiration, and the interval; nanoseconds.</summary>
    public (long Remaining, long Interval) Get()
    {
        lock (_lock)
        {
            if (_hasExpired && _interval > 0)
            {
                CountExpired();
                Arm();
            }

            return GetLocked();
        }
    }

    /// <summary>timerfd_settime(2); nanoseconds, a value of 0 turns it off. Expirations that nobody read are forgotten.</summary>
    /// <param name="value">When it expires first.</param>
    /// <param name="interval">How often from then on; 0 for once.</param>
    /// <param name="absolute">The value is a moment of the clock.</param>
    /// <param name="cancelOnSet">Reading gives ECANCELED once the clock was set, if it is CLOCK_REALTIME and the value absolute.</param>
    public (long Remaining, long Interval) Set(long value, long interval, bool absolute, bool cancelOnSet)
    {
        WatchClock(cancelOnSet && absolute && onRealtime && value != 0);
        lock (_lock)
        {
            _isCancelled = false;
            CountExpired();
            var old = GetLocked();
            _alarm.Dispose();
            _generation++;
            _ticks = 0;
            _hasExpired = false;
            _interval = interval;
            _isAbsolute = absolute;
            _expires = value == 0 ? 0 : Math.Max(1, absolute ? value : Moment.Add(Now, value));
            if (_expires != 0)
                Arm();
            return old;
        }
    }

    protected override void OnRelease()
    {
        WatchClock(false);
        lock (_lock)
        {
            _generation++;
            _alarm.Dispose();
        }
    }

    /// <summary>A relative time on CLOCK_REALTIME does not move when that clock is set.</summary>
    private bool FollowsRealtime => onRealtime && _isAbsolute;

    private long Now => FollowsRealtime ? Kernel.Clock.Now + Kernel.Clock.RealtimeOffset : Kernel.Clock.Now;

    private (long Remaining, long Interval) GetLocked() =>
        _expires == 0 || (_hasExpired && _interval == 0) ? (0, _interval) : (Math.Max(1, _expires - Now), _interval);

    /// <summary>The expirations since the one that was noted, and when the next will be.</summary>
    private void CountExpired()
    {
        if (!_hasExpired || _interval == 0)
            return;
        _expires = ProcessTimers.Forward(_expires, _interval, Now, out var passed);
        _ticks += (ulong)Math.Max(0, passed - 1);
    }

    private void Arm()
    {
        _hasExpired = false;
        var generation = ++_generation;
        _alarm = Kernel.Clock.Schedule(FollowsRealtime ? Deadline.AtRealtime(_expires) : Deadline.AtMonotonic(_expires), () => Expired(generation));
    }

    private void Expired(int generation)
    {
        lock (_lock)
        {
            // Set anew while it was ringing.
            if (generation != _generation)
                return;
            _hasExpired = true;
            _ticks++;
        }

        Readiness.WakeAll();
    }

    private void WatchClock(bool watch)
    {
        // Not under the timer's own lock, which the clock's queue comes before.
        lock (_watchLock)
        {
            if (watch == _cancelOnSet is not null)
                return;
            if (_cancelOnSet is { } old)
            {
                Kernel.Clock.RealtimeSet.Remove(old);
                _cancelOnSet = null;
            }
            else
            {
                _cancelOnSet = new CancelOnSet(this);
                Kernel.Clock.RealtimeSet.Add(_cancelOnSet);
            }
        }
    }

    private sealed class CancelOnSet(TimerFile timer) : Wakeable
    {
        internal override void Wake()
        {
            lock (timer._lock)
                timer._isCancelled = true;
            timer.Readiness.WakeAll();
        }
    }
}
