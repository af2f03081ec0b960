namespace LinuxWasm.Kernel.Time;

/// <summary>A moment on one of the kernel's clocks, in nanoseconds, or never (the default).</summary>
public readonly struct Deadline
{
    private readonly long _nanosecondsPlusOne;

    private Deadline(long nanoseconds, bool realtime)
    {
        _nanosecondsPlusOne = nanoseconds == long.MaxValue ? nanoseconds : nanoseconds + 1;
        IsRealtime = realtime;
    }

    public static Deadline Never => default;

    public bool IsNever => _nanosecondsPlusOne == 0;

    /// <summary>True where the moment is one of CLOCK_REALTIME, and moves when that clock is set.</summary>
    public bool IsRealtime { get; }

    /// <summary>The moment, in nanoseconds since the clock's zero.</summary>
    public long Nanoseconds => _nanosecondsPlusOne - 1;

    /// <summary>A moment of CLOCK_MONOTONIC; negative ones have passed.</summary>
    public static Deadline AtMonotonic(long nanoseconds) => new(Math.Max(nanoseconds, 0), realtime: false);

    /// <summary>A moment of CLOCK_REALTIME; negative ones have passed.</summary>
    public static Deadline AtRealtime(long nanoseconds) => new(Math.Max(nanoseconds, 0), realtime: true);
}
