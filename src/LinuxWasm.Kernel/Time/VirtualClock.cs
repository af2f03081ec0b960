namespace LinuxWasm.Kernel.Time;

/// <summary>
/// Time that costs nothing and repeats itself: while a task runs each look at the clock moves it by a microsecond (so that a loop that
/// waits for the time to pass ends), and when all tasks sleep it jumps to the next timer. A task that neither looks nor sleeps sees no time pass.
/// </summary>
public sealed class VirtualClock : KernelClock
{
    /// <summary>2020-01-01 00:00:00 UTC, so that dates look like dates.</summary>
    public const long DefaultStart = 1_577_836_800_000_000_000;

    private const long NanosecondsPerLook = 1_000;

    private long _now;
    private int _running;

    /// <param name="realtimeStart">CLOCK_REALTIME at the kernel's start, in nanoseconds since 1970.</param>
    public VirtualClock(long realtimeStart = DefaultStart) => InitialRealtime(realtimeStart);

    public override long Monotonic
    {
        get
        {
            var now = Interlocked.Add(ref _now, NanosecondsPerLook);
            if (now >= NextDueTime)
                Ring();
            return now;
        }
    }

    internal override long Now => Interlocked.Read(ref _now);

    public override bool IsReal => false;

    internal override void TaskSleeps()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            Ring();
    }

    internal override void TaskWoke() => Interlocked.Increment(ref _running);

    private protected override int WaitFor(long monotonic)
    {
        var now = Interlocked.Read(ref _now);
        if (now >= monotonic)
            return 0;
        if (Volatile.Read(ref _running) > 0)
            return Timeout.Infinite;
        // A task that wakes and looks at this very moment moves the clock by itself; it must not be set back.
        Interlocked.CompareExchange(ref _now, monotonic, now);
        return Interlocked.Read(ref _now) >= monotonic ? 0 : 1;
    }
}
