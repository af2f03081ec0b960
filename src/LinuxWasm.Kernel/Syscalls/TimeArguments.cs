using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Times out of and into guest memory, whatever their width.</summary>
internal static class TimeArguments
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long NanosecondsPerMicrosecond = 1_000;

    /// <summary>A timespec as it stands there. The upper half of a 32-bit process's tv_nsec is padding (get_timespec64).</summary>
    public static bool TryReadTime<T>(this LinuxTask task, GuestPtr<T> pointer, out (long Seconds, long Nanoseconds) time)
        where T : unmanaged, ITimePair<T>
    {
        var read = task.Memory.TryRead<T>(pointer, out var pair);
        time = Unpack(task, pair);
        return read;
    }

    public static (long Seconds, long Nanoseconds) Unpack<T>(LinuxTask task, T pair)
        where T : unmanaged, ITimePair<T> =>
        (pair.Seconds, task.Abi.Is32Bit && typeof(T) == typeof(Timespec) ? pair.Fraction & uint.MaxValue : pair.Fraction);

    /// <summary>timespec64_valid: not negative, and less than a second in the fraction.</summary>
    public static bool IsValid((long Seconds, long Nanoseconds) time) =>
        time.Seconds >= 0 && (ulong)time.Nanoseconds < Moment.PerSecond;

    public static T Pack<T>(long nanoseconds)
        where T : unmanaged, ITimePair<T>
    {
        var (seconds, rest) = Moment.ToParts(nanoseconds);
        return T.From(seconds, rest);
    }

    public static T PackMicroseconds<T>(long nanoseconds)
        where T : unmanaged, ITimePair<T>
    {
        var (seconds, rest) = Moment.ToParts(nanoseconds);
        return T.From(seconds, rest / NanosecondsPerMicrosecond);
    }

    /// <summary>A timeval's nanoseconds, or null where it is negative or has a second or more in the fraction.</summary>
    public static long? FromMicroseconds<T>(T pair)
        where T : unmanaged, ITimePair<T> =>
        pair.Seconds < 0 || (ulong)pair.Fraction >= MicrosecondsPerSecond
            ? null
            : Moment.FromParts(pair.Seconds, pair.Fraction * NanosecondsPerMicrosecond);
}
