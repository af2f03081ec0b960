using System.Diagnostics;

namespace LinuxWasm.Kernel.Time;

/// <summary>Time as the host has it.</summary>
public sealed class RealClock : KernelClock
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly long _start = Stopwatch.GetTimestamp();

    public RealClock() => InitialRealtime((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100);

    public override long Monotonic => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp() - _start
        : Stopwatch.GetElapsedTime(_start).Ticks * 100;

    public override bool IsReal => true;

    private protected override int WaitFor(long monotonic)
    {
        var remaining = monotonic - Monotonic;
        // Rounded up: a sleep never ends early (nanosleep(2)).
        return remaining <= 0 ? 0 : (int)Math.Min((remaining + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond, 60_000);
    }
}
