using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>A clock id, resolved: what it reads now, and what may be done with it.</summary>
internal sealed class ClockSource
{
    private ClockSource(Func<long> now, long resolution = 1)
    {
        Now = now;
        Resolution = resolution;
    }

    /// <summary>CONFIG_HZ is 250: the coarse clocks move with the tick.</summary>
    public const long CoarseResolution = 4_000_000;

    /// <summary>Nanoseconds, without taking time on a virtual clock.</summary>
    public Func<long> Now { get; }

    /// <summary>Nanoseconds.</summary>
    public long Resolution { get; }

    /// <summary>It moves when CLOCK_REALTIME is set.</summary>
    public bool IsRealtime { get; private init; }

    /// <summary>What it is ahead of CLOCK_REALTIME: TAI's leap seconds.</summary>
    public long RealtimeLead { get; private init; }

    /// <summary>It counts processor time.</summary>
    public bool IsCpu { get; private init; }

    /// <summary>clock_nanosleep(2) works with it; else EOPNOTSUPP.</summary>
    public bool CanSleep { get; private init; }

    /// <summary>timer_create(2) works with it; else EOPNOTSUPP.</summary>
    public bool CanTime { get; private init; }

    /// <summary>The process whose processor time it counts.</summary>
    public ThreadGroup? Process { get; private init; }

    /// <summary>The clock behind an id as a task sees it, or null: EINVAL.</summary>
    public static ClockSource? Find(LinuxTask task, int id)
    {
        var clock = task.Kernel.Clock;
        switch ((ClockId)id)
        {
            case ClockId.CLOCK_REALTIME:
                return new(() => clock.Now + clock.RealtimeOffset) { IsRealtime = true, CanSleep = true, CanTime = true };
            case ClockId.CLOCK_TAI:
                var lead = clock.Discipline.TaiOffset * Moment.PerSecond;
                return new(() => clock.Now + clock.RealtimeOffset + lead) { IsRealtime = true, RealtimeLead = lead, CanSleep = true, CanTime = true };
            case ClockId.CLOCK_MONOTONIC or ClockId.CLOCK_BOOTTIME:
                return new(() => clock.Now) { CanSleep = true, CanTime = true };
            case ClockId.CLOCK_MONOTONIC_RAW:
                return new(() => clock.Now);
            case ClockId.CLOCK_REALTIME_COARSE:
                return new(() => Coarse(clock.Now + clock.RealtimeOffset), CoarseResolution) { IsRealtime = true };
            case ClockId.CLOCK_MONOTONIC_COARSE:
                return new(() => Coarse(clock.Now), CoarseResolution);
            case ClockId.CLOCK_PROCESS_CPUTIME_ID:
                return new(() => task.Group.CpuTime) { IsCpu = true, CanSleep = true, CanTime = true, Process = task.Group };
            case ClockId.CLOCK_THREAD_CPUTIME_ID:
                return new(() => task.CpuTime) { IsCpu = true, CanTime = true };
            default:
                return id < 0 ? FindCpuClock(task, id) : null;
        }
    }

    /// <summary>
    /// clock_getcpuclockid(3) and pthread_getcpuclockid(3): a negative id holds a pid (its complement, 0 for the caller), a bit for
    /// "thread", and which clock: profiling, virtual or scheduler time, all the same here.
    /// </summary>
    private static ClockSource? FindCpuClock(LinuxTask task, int id)
    {
        const int ClockMask = 3;
        const int PerThread = 4;
        var pid = ~(id >> 3);
        if ((id & ClockMask) == ClockMask)
            return null;
        if ((id & PerThread) != 0)
        {
            var thread = pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
            // A thread's clock is for its own process.
            return thread is null || !ReferenceEquals(thread.Group, task.Group)
                ? null
                : new(() => thread.CpuTime) { IsCpu = true, CanSleep = !ReferenceEquals(thread, task), CanTime = true };
        }

        var group = pid == 0 ? task.Group : task.Kernel.Pids.FindGroup(pid);
        return group is null ? null : new(() => group.CpuTime) { IsCpu = true, CanSleep = true, CanTime = true, Process = group };
    }

    private static long Coarse(long nanoseconds) => nanoseconds - nanoseconds % CoarseResolution;
}

/// <summary>clock_gettime(2)'s clocks.</summary>
public enum ClockId
{
    CLOCK_REALTIME = 0,
    CLOCK_MONOTONIC = 1,
    CLOCK_PROCESS_CPUTIME_ID = 2,
    CLOCK_THREAD_CPUTIME_ID = 3,
    CLOCK_MONOTONIC_RAW = 4,
    CLOCK_REALTIME_COARSE = 5,
    CLOCK_MONOTONIC_COARSE = 6,
    CLOCK_BOOTTIME = 7,
    CLOCK_REALTIME_ALARM = 8,
    CLOCK_BOOTTIME_ALARM = 9,
    CLOCK_TAI = 11,
}
