using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>time(2), stime(2), gettimeofday(2), settimeofday(2), times(2).</summary>
public static class TimeOfDay
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("time", On = WideOnly)]
    public static SysResult Time(LinuxTask task, [Out] GuestPtr<long> tloc)
    {
        var now = Seconds(task);
        return tloc.IsNull || task.Memory.TryWrite(tloc, now) ? now : Errno.EFAULT;
    }

    [Syscall("time", On = SyscallTable.I386)]
    public static SysResult Time32(LinuxTask task, [Out] GuestPtr<int> tloc)
    {
        var now = (int)Seconds(task);
        return tloc.IsNull || task.Memory.TryWrite(tloc, now) ? now : Errno.EFAULT;
    }

    [Syscall("stime")]
    public static SysResult STime32(LinuxTask task, [In] GuestPtr<int> t)
    {
        if (!task.Memory.TryRead<int>(t, out var seconds))
            return Errno.EFAULT;
        return Clocks.SetRealtime(task, (seconds, 0));
    }

    [Syscall("gettimeofday", On = WideOnly)]
    public static SysResult GetTimeOfDay(LinuxTask task, [Out] GuestPtr<Timeval> tv, [Out] GuestPtr<Timezone> tz) => Get(task, tv, tz);

    [Syscall("gettimeofday", On = SyscallTable.I386)]
    public static SysResult GetTimeOfDay32(LinuxTask task, [Out] GuestPtr<OldTimeval32> tv, [Out] GuestPtr<Timezone> tz) => Get(task, tv, tz);

    [Syscall("settimeofday", On = WideOnly, Man = "gettimeofday(2)")]
    public static SysResult SetTimeOfDay(LinuxTask task, [In] GuestPtr<Timeval> tv, [In] GuestPtr<Timezone> tz) => Set(task, tv, tz);

    [Syscall("settimeofday", On = SyscallTable.I386, Man = "gettimeofday(2)")]
    public static SysResult SetTimeOfDay32(LinuxTask task, [In] GuestPtr<OldTimeval32> tv, [In] GuestPtr<Timezone> tz) => Set(task, tv, tz);

    /// <summary>Answers ticks since some moment: the kernel's start, less five minutes as Linux counts jiffies.</summary>
    [Syscall("times", On = WideOnly)]
    public static SysResult Times(LinuxTask task, [Out] GuestPtr<Tms> buf)
    {
        if (buf.IsNull)
            return Ticks(task);
        var (mine, children) = (task.Group.Usage, task.Group.ChildrenUsage);
        var times = new Tms
        {
            tms_utime = mine.UserTime / ClockTicks.Nanoseconds,
            tms_stime = mine.SystemTime / ClockTicks.Nanoseconds,
            tms_cutime = children.UserTime / ClockTicks.Nanoseconds,
            tms_cstime = children.SystemTime / ClockTicks.Nanoseconds,
        };
        return task.Memory.TryWrite(buf, times) ? Ticks(task) : Errno.EFAULT;
    }

    [Syscall("times", On = SyscallTable.I386)]
    public static SysResult Times32(LinuxTask task, [Out] GuestPtr<Tms32> buf)
    {
        if (buf.IsNull)
            return Ticks(task);
        var (mine, children) = (task.Group.Usage, task.Group.ChildrenUsage);
        var times = new Tms32
        {
            tms_utime = (int)(mine.UserTime / ClockTicks.Nanoseconds),
            tms_stime = (int)(mine.SystemTime / ClockTicks.Nanoseconds),
            tms_cutime = (int)(children.UserTime / ClockTicks.Nanoseconds),
            tms_cstime = (int)(children.SystemTime / ClockTicks.Nanoseconds),
        };
        return task.Memory.TryWrite(buf, times) ? Ticks(task) : Errno.EFAULT;
    }

    private static SysResult Get<T>(LinuxTask task, GuestPtr<T> tv, GuestPtr<Timezone> tz)
        where T : unmanaged, ITimePair<T>
    {
        if (!tv.IsNull && !task.Memory.TryWrite(tv, TimeArguments.PackMicroseconds<T>(task.Kernel.Clock.Realtime)))
            return Errno.EFAULT;
        return tz.IsNull || task.Memory.TryWrite(tz, task.Kernel.Timezone) ? 0 : Errno.EFAULT;
    }

    private static SysResult Set<T>(LinuxTask task, GuestPtr<T> tv, GuestPtr<Timezone> tz)
        where T : unmanaged, ITimePair<T>
    {
        const long MicrosecondsPerSecond = 1_000_000;
        const int FarthestZone = 15 * 60;
        T time = default;
        Timezone zone = default;
        if (!tv.IsNull)
        {
            if (!task.Memory.TryRead(tv, out time))
                return Errno.EFAULT;
            // A whole second of microseconds gets past this check and fails the next one, with the same error.
            if (time.Fraction is < 0 or > MicrosecondsPerSecond)
                return Errno.EINVAL;
        }

        if (!tz.IsNull && !task.Memory.TryRead(tz, out zone))
            return Errno.EFAULT;
        var moment = (time.Seconds, time.Fraction * 1000);
        if (!tv.IsNull && !Clocks.IsSettable(moment))
            return Errno.EINVAL;
        if (!task.Credentials.Has(Capability.CAP_SYS_TIME))
            return Errno.EPERM;
        if (!tz.IsNull)
        {
            if (zone.tz_minuteswest is > FarthestZone or < -FarthestZone)
                return Errno.EINVAL;
            task.Kernel.Timezone = zone;
        }

        return tv.IsNull ? 0 : Clocks.SetRealtime(task, moment);
    }

    private static long Seconds(LinuxTask task) => Moment.ToParts(task.Kernel.Clock.Realtime).Seconds;

    private static SysResult Ticks(LinuxTask task)
    {
        // Neither negative nor small: what looks like an error number must not come out.
        const long Start = 0x4000_0000;
        var ticks = Start + task.Kernel.Clock.Monotonic / ClockTicks.Nanoseconds;
        return task.Abi.Is32Bit ? (int)ticks & int.MaxValue : ticks;
    }
}
