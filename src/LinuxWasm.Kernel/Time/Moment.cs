namespace LinuxWasm.Kernel.Time;

/// <summary>Seconds and nanoseconds to nanoseconds without overflow: what is further than the 292 years that fit is as good as never.</summary>
internal static class Moment
{
    public const long PerSecond = 1_000_000_000;

    /// <summary>KTIME_SEC_MAX: the most seconds that fit.</summary>
    public const long MaxSeconds = long.MaxValue / PerSecond;

    public static long FromParts(long seconds, long nanoseconds) =>
        seconds >= MaxSeconds ? long.MaxValue
        : seconds <= -MaxSeconds ? -long.MaxValue
        : seconds * PerSecond + nanoseconds;

    /// <summary>Saturating, as ktime_add_safe.</summary>
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>Floored, so that the nanoseconds are never negative.</summary>
    public static (long Seconds, long Nanoseconds) ToParts(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, PerSecond);
        return rest < 0 ? (seconds - 1, rest + PerSecond) : (seconds, rest);
    }
}
