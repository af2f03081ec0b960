using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>How a timeout stands in guest memory: struct timespec or timeval, of 32-bit or 64-bit members.</summary>
internal enum TimeLayout
{
    Timespec32,
    Timespec64,
    Timeval32,
    Timeval64,
}

/// <summary>
/// The timeout of select(2), ppoll(2) and their kin: read before the wait, and given back afterwards as what was left of it (poll_select_finish).
/// </summary>
internal readonly struct TimeoutArgument
{
    private const int NanosecondsPerMicrosecond = 1000;
    private const int MicrosecondsPerSecond = 1_000_000;

    private readonly GuestPtr _pointer;
    private readonly TimeLayout _layout;

    private TimeoutArgument(GuestPtr pointer, TimeLayout layout, Deadline deadline, bool isZero)
    {
        _pointer = pointer;
        _layout = layout;
        Deadline = deadline;
        IsZero = isZero;
    }

    /// <summary>When the wait ends; never without a timeout.</summary>
    public Deadline Deadline { get; }

    /// <summary>Nothing is waited for at all.</summary>
    public bool IsZero { get; }

    public static TimeLayout Timespec(LinuxTask task) => task.Abi.Is32Bit ? TimeLayout.Timespec32 : TimeLayout.Timespec64;

    public static TimeLayout Timeval(LinuxTask task) => task.Abi.Is32Bit ? TimeLayout.Timeval32 : TimeLayout.Timeval64;

    /// <summary>EFAULT, and EINVAL for negative times or a second of nanoseconds; microseconds may be more than a second.</summary>
    public static Errno Read(LinuxTask task, GuestPtr pointer, TimeLayout layout, out TimeoutArgument timeout)
    {
        timeout = default;
        if (pointer.IsNull)
            return Errno.None;
        if (!TryRead(task, pointer, layout, out var seconds, out var part))
            return Errno.EFAULT;
        if (layout is TimeLayout.Timeval32 or TimeLayout.Timeval64)
        {
            seconds = unchecked(seconds + part / MicrosecondsPerSecond);
            part = part % MicrosecondsPerSecond * NanosecondsPerMicrosecond;
        }

        if (seconds < 0 || part is < 0 or >= Moment.PerSecond)
            return Errno.EINVAL;
        var length = Moment.FromParts(seconds, part);
        var deadline = length == 0 ? default : After(task, length);
        timeout = new TimeoutArgument(pointer, layout, deadline, length == 0);
        return Errno.None;
    }

    public static Deadline After(LinuxTask task, long nanoseconds) => Deadline.AtMonotonic(Moment.Add(task.Kernel.Clock.Monotonic, nanoseconds));

    /// <summary>
    /// Writes back what is left. Where that can't be (memory that is only read), the call was still made, but can't be made again with less time: EINTR.
    /// </summary>
    public SysResult Finish(LinuxTask task, SysResult result)
    {
        if (_pointer.IsNull || IsZero)
            return result;
        var (seconds, nanoseconds) = Moment.ToParts(Math.Max(0, Deadline.Nanoseconds - task.Kernel.Clock.Now));
        return TryWrite(task.Memory, seconds, nanoseconds) || result.Errno != Restart.ERESTARTNOHAND ? result : Errno.EINTR;
    }

    /// <summary>Writes back what is left, for calls that fail where that can't be (recvmmsg(2)).</summary>
    public bool TryStoreRest(LinuxTask task)
    {
        if (_pointer.IsNull)
            return true;
        var (seconds, nanoseconds) = IsZero ? default : Moment.ToParts(Math.Max(0, Deadline.Nanoseconds - task.Kernel.Clock.Now));
        return TryWrite(task.Memory, seconds, nanoseconds);
    }

    private static bool TryRead(LinuxTask task, GuestPtr pointer, TimeLayout layout, out long seconds, out long part)
    {
        var memory = task.Memory;
        part = 0;
        if (layout is TimeLayout.Timespec64 or TimeLayout.Timeval64)
        {
            var wide = memory.TryRead(pointer, out seconds) & memory.TryRead(pointer + 8, out part);
            // A 32-bit process's tv_nsec has padding in its upper half (get_timespec64).
            if (task.Abi.Is32Bit)
                part &= uint.MaxValue;
            return wide;
        }

        var read = memory.TryRead<int>(pointer, out var narrow) & memory.TryRead<int>(pointer + 4, out var narrowPart);
        seconds = narrow;
        part = narrowPart;
        return read;
    }

    private bool TryWrite(GuestMemory memory, long seconds, long nanoseconds)
    {
        var part = _layout is TimeLayout.Timeval32 or TimeLayout.Timeval64 ? nanoseconds / NanosecondsPerMicrosecond : nanoseconds;
        return _layout is TimeLayout.Timespec64 or TimeLayout.Timeval64
            ? memory.TryWrite(_pointer, seconds) && memory.TryWrite(_pointer + 8, part)
            : memory.TryWrite(_pointer, (int)seconds) && memory.TryWrite(_pointer + 4, (int)part);
    }
}
