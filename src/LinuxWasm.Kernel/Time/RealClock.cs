using System.Diagnostics;

namespace LinuxWasm.Kernel.Time;

/// <summary>Time as the host has it.</summary>
public sealed class RealClock : KernelClock
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const int LongestWait = 60_000;

    private readonly long _start = Stopwatch.GetTimestamp();

    public RealClock() => InitialRealtime((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100);

    public override long Monotonic => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp() - _start
        : Stopwatch.GetElapsedTime(_start).Ticks * 100;

    internal override long Now => Monotonic;

    public override bool IsReal => true;

    // CLOCK_REALTIME may be set meanwhile, so its sleepers leave the watch to the clock.
    internal override int OwnWait(Deadline deadline) =>
        deadline.IsNever || deadline.IsRealtime ? Timeout.Infinite : Math.Max(1, WaitFor(deadline.Nanoseconds));

    private protected override int WaitFor(long monotonic)
    {
        var remaining = monotonic - Monotonic;
        if (remaining <= 0)
            return 0;
        // Rounded up: a sleep never ends early (nanosleep(2)).
        return remaining > LongestWait * NanosecondsPerMillisecond
            ? LongestWait
            : (int)((remaining + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
    }
}
