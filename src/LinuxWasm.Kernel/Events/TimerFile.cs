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
    private Alarm _alarm;
    private int _generation;
    private long _expires;
    private long _interval;
    private ulong _ticks;
    private bool _isAbsolute;
    private bool _hasExpired;

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
            return _ticks > 0 ? PollEvents.POLLIN : PollEvents.None;
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
    public (long Remaining, long Interval) Set(long value, long interval, bool absolute)
    {
        lock (_lock)
        {
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
}
