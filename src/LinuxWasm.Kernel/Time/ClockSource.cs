using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>A clock id, resolved (Linux's k_clock): what it reads now, and what may be done with it.</summary>
internal sealed class ClockSource
{
    /// <summary>CONFIG_HZ is 250: the coarse clocks and the sampled processor time move with the tick.</summary>
    public const long TickResolution = 4_000_000;

    private static readonly ClockSource Absent = new(null) { IsKnown = false };

    private ClockSource(Func<long>? now, long resolution = 1)
    {
        Now = now;
        Resolution = resolution;
    }

    /// <summary>False where no clock has the id: every call gives EINVAL.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>Nanoseconds, without taking time on a virtual clock. Null where reading gives EINVAL: no such process, or no clock device.</summary>
    public Func<long>? Now { get; }

    /// <summary>Nanoseconds.</summary>
    public long Resolution { get; }

    /// <summary>clock_settime(2) sets it.</summary>
    public bool CanSet { get; private init; }

    /// <summary>It moves when CLOCK_REALTIME is set.</summary>
    public bool IsRealtime { get; private init; }

    /// <summary>What it is ahead of CLOCK_REALTIME: TAI's leap seconds, in nanoseconds.</summary>
    public long RealtimeLead { get; private init; }

    /// <summary>It counts processor time.</summary>
    public bool IsCpu { get; private init; }

    /// <summary>A negative id: clock_settime(2) gets as far as refusing it.</summary>
    public bool IsCpuById { get; private init; }

    /// <summary>Why clock_nanosleep(2) refuses it at once; none where it takes the request first.</summary>
    public Errno SleepRefusal { get; private init; } = Errno.EOPNOTSUPP;

    /// <summary>Why it refuses it after it has looked at the request.</summary>
    public Errno LateSleepRefusal { get; private init; }

    /// <summary>Why timer_create(2) refuses it at once.</summary>
    public Errno TimerRefusal { get; private init; } = Errno.EOPNOTSUPP;

    /// <summary>Why it refuses it last.</summary>
    public Errno LateTimerRefusal { get; private init; }

    /// <summary>The process whose processor time it counts, for timers that it may end.</summary>
    public ThreadGroup? CpuOwner { get; private init; }

    /// <summary>The clock behind an id, as a task sees it.</summary>
    public static ClockSource Find(LinuxTask task, int id)
    {
        var clock = task.Kernel.Clock;
        switch ((ClockId)id)
        {
            case ClockId.CLOCK_REALTIME:
                return new(() => clock.Now + clock.RealtimeOffset)
                {
                    IsRealtime = true,
                    CanSet = true,
                    SleepRefusal = Errno.None,
                    TimerRefusal = Errno.None,
                };
            case ClockId.CLOCK_TAI:
                var lead = clock.Discipline.TaiOffset * Moment.PerSecond;
                return new(() => clock.Now + clock.RealtimeOffset + lead)
                {
                    IsRealtime = true,
                    RealtimeLead = lead,
                    SleepRefusal = Errno.None,
                    TimerRefusal = Errno.None,
                };
            case ClockId.CLOCK_MONOTONIC or ClockId.CLOCK_BOOTTIME:
                return new(() => clock.Now) { SleepRefusal = Errno.None, TimerRefusal = Errno.None };
            case ClockId.CLOCK_MONOTONIC_RAW:
                return new(() => clock.Now);
            case ClockId.CLOCK_REALTIME_COARSE:
                return new(() => Coarse(clock.Now + clock.RealtimeOffset), TickResolution) { IsRealtime = true };
            case ClockId.CLOCK_MONOTONIC_COARSE:
                return new(() => Coarse(clock.Now), TickResolution);
            case ClockId.CLOCK_PROCESS_CPUTIME_ID:
                return new(() => task.Group.CpuTime)
                {
                    IsCpu = true,
                    CpuOwner = task.Group,
                    SleepRefusal = Errno.None,
                    TimerRefusal = Errno.None,
                };
            case ClockId.CLOCK_THREAD_CPUTIME_ID:
                return new(() => task.CpuTime) { IsCpu = true, CpuOwner = task.Group, TimerRefusal = Errno.None };
            case ClockId.CLOCK_REALTIME_ALARM or ClockId.CLOCK_BOOTTIME_ALARM:
                // They need a clock device that can wake a machine from suspension.
                return new(null)
                {
                    SleepRefusal = Errno.None,
                    LateSleepRefusal = Errno.EOPNOTSUPP,
                    TimerRefusal = Errno.None,
                    LateTimerRefusal = Errno.EOPNOTSUPP,
                };
            default:
                return id < 0 ? FindById(task, id) : Absent;
        }
    }

    /// <summary>
    /// clock_getcpuclockid(3) and pthread_getcpuclockid(3): a negative id holds a pid (its complement, 0 for the caller), a bit for
    /// "thread", and which clock: profiling, virtual or scheduler time, of one value here. Or it holds a descriptor of a clock device.
    /// </summary>
    private static ClockSource FindById(LinuxTask task, int id)
    {
        const int WhichMask = 3;
        const int PerThread = 4;
        const int Descriptor = 3;
        const int SchedulerTime = 2;
        if ((id & (WhichMask | PerThread)) == Descriptor)
            return new(null);
        var which = id & WhichMask;
        var pid = ~(id >> 3);
        LinuxTask? thread = null;
        ThreadGroup? group;
        if ((id & PerThread) != 0)
        {
            thread = pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
            // A thread's clock is for its own process.
            group = ReferenceEquals(thread?.Group, task.Group) ? thread!.Group : null;
        }
        else
        {
            group = pid == 0 || pid == task.Tid ? task.Group : task.Kernel.Pids.FindGroup(pid);
        }

        var found = group is not null && which <= SchedulerTime;
        Func<long>? now = !found ? null : thread is not null ? () => thread.CpuTime : () => group!.CpuTime;
        return new(now, which == SchedulerTime ? 1 : TickResolution)
        {
            IsCpu = true,
            IsCpuById = true,
            CpuOwner = group,
            SleepRefusal = Errno.None,
            // A thread that sleeps until it has run for longer would sleep for ever.
            LateSleepRefusal = !found || ReferenceEquals(thread, task) ? Errno.EINVAL : Errno.None,
            TimerRefusal = Errno.None,
            LateTimerRefusal = found ? Errno.None : Errno.EINVAL,
        };
    }

    private static long Coarse(long nanoseconds) => nanoseconds - nanoseconds % TickResolution;
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
