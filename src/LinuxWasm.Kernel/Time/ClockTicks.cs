namespace LinuxWasm.Kernel.Time;

/// <summary>The unit of times(2) and of a child's siginfo: USER_HZ is 100 everywhere.</summary>
public static class ClockTicks
{
    public const int PerSecond = 100;

    public const long Nanoseconds = 1_000_000_000 / PerSecond;
}
