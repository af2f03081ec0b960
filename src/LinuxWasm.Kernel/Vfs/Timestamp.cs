namespace LinuxWasm.Kernel.Vfs;

/// <summary>A file's time: seconds since 1970 (negative: before), and 0 to 999 999 999 nanoseconds.</summary>
public readonly record struct Timestamp(long Seconds, uint Nanoseconds) : IComparable<Timestamp>
{
    private const long PerSecond = 1_000_000_000;

    public static Timestamp FromNanoseconds(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, PerSecond);
        return rest < 0 ? new Timestamp(seconds - 1, (uint)(rest + PerSecond)) : new Timestamp(seconds, (uint)rest);
    }

    public int CompareTo(Timestamp other)
    {
        var seconds = Seconds.CompareTo(other.Seconds);
        return seconds != 0 ? seconds : Nanoseconds.CompareTo(other.Nanoseconds);
    }
}
