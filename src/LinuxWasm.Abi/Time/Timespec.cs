using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>Seconds and a fraction, in one of the widths that calls take. One implementation serves all of them.</summary>
public interface ITimePair<TSelf>
    where TSelf : unmanaged, ITimePair<TSelf>
{
    /// <summary>tv_sec.</summary>
    long Seconds { get; }

    /// <summary>tv_nsec or tv_usec, as it stands there.</summary>
    long Fraction { get; }

    /// <summary>What does not fit is cut off, as Linux cuts it.</summary>
    static abstract TSelf From(long seconds, long fraction);
}

/// <summary>struct timespec of a 64-bit ABI, and __kernel_timespec of the _time64 calls.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Timespec : ITimePair<Timespec>
{
    [FieldOffset(0)]
    public long tv_sec;

    [FieldOffset(8)]
    public long tv_nsec;

    public readonly long Seconds => tv_sec;

    public readonly long Fraction => tv_nsec;

    public static Timespec From(long seconds, long fraction) => new() { tv_sec = seconds, tv_nsec = fraction };
}

/// <summary>struct old_timespec32: i386's struct timespec, whose seconds end in 2038.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct OldTimespec32 : ITimePair<OldTimespec32>
{
    [FieldOffset(0)]
    public int tv_sec;

    [FieldOffset(4)]
    public int tv_nsec;

    public readonly long Seconds => tv_sec;

    public readonly long Fraction => tv_nsec;

    public static OldTimespec32 From(long seconds, long fraction) => new() { tv_sec = (int)seconds, tv_nsec = (int)fraction };
}

/// <summary>struct timeval of a 64-bit ABI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Timeval : ITimePair<Timeval>
{
    [FieldOffset(0)]
    public long tv_sec;

    [FieldOffset(8)]
    public long tv_usec;

    public readonly long Seconds => tv_sec;

    public readonly long Fraction => tv_usec;

    public static Timeval From(long seconds, long fraction) => new() { tv_sec = seconds, tv_usec = fraction };
}

/// <summary>struct old_timeval32: i386's struct timeval.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct OldTimeval32 : ITimePair<OldTimeval32>
{
    [FieldOffset(0)]
    public int tv_sec;

    [FieldOffset(4)]
    public int tv_usec;

    public readonly long Seconds => tv_sec;

    public readonly long Fraction => tv_usec;

    public static OldTimeval32 From(long seconds, long fraction) => new() { tv_sec = (int)seconds, tv_usec = (int)fraction };
}

/// <summary>A first value and an interval: struct itimerspec, struct itimerval, in one width.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimerSetting<T>
    where T : unmanaged, ITimePair<T>
{
    public T it_interval;
    public T it_value;
}

/// <summary>struct timezone.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Timezone
{
    [FieldOffset(0)]
    public int tz_minuteswest;

    [FieldOffset(4)]
    public int tz_dsttime;
}
