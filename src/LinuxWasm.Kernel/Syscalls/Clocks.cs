using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>clock_gettime(2), clock_getres(2), clock_settime(2) in their widths.</summary>
public static class Clocks
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    /// <summary>TIME_SETTOD_SEC_MAX: thirty years before 64 bits of nanoseconds end.</summary>
    private const long LastSettableSecond = Moment.MaxSeconds - 30L * 365 * 24 * 3600;

    [Syscall("clock_gettime", On = WideOnly, Man = "clock_getres(2)")]
    [Syscall("clock_gettime64", Man = "clock_getres(2)")]
    public static SysResult GetTime(LinuxTask task, ClockId clockid, [Out] GuestPtr<Timespec> tp) => Get(task, clockid, tp);

    [Syscall("clock_gettime", On = SyscallTable.I386, Man = "clock_getres(2)")]
    public static SysResult GetTime32(LinuxTask task, ClockId clockid, [Out] GuestPtr<OldTimespec32> tp) => Get(task, clockid, tp);

    [Syscall("clock_getres", On = WideOnly)]
    [Syscall("clock_getres_time64", Man = "clock_getres(2)")]
    public static SysResult GetRes(LinuxTask task, ClockId clockid, [Out] GuestPtr<Timespec> res) => Resolution(task, clockid, res);

    [Syscall("clock_getres", On = SyscallTable.I386)]
    public static SysResult GetRes32(LinuxTask task, ClockId clockid, [Out] GuestPtr<OldTimespec32> res) => Resolution(task, clockid, res);

    [Syscall("clock_settime", On = WideOnly, Man = "clock_getres(2)")]
    [Syscall("clock_settime64", Man = "clock_getres(2)")]
    public static SysResult SetTime(LinuxTask task, ClockId clockid, [In] GuestPtr<Timespec> tp) => Set(task, clockid, tp);

    [Syscall("clock_settime", On = SyscallTable.I386, Man = "clock_getres(2)")]
    public static SysResult SetTime32(LinuxTask task, ClockId clockid, [In] GuestPtr<OldTimespec32> tp) => Set(task, clockid, tp);

    /// <summary>timespec64_valid_settod.</summary>
    internal static bool IsSettable((long Seconds, long Nanoseconds) time) => TimeArguments.IsValid(time) && time.Seconds < LastSettableSecond;

    /// <summary>do_sys_settimeofday64.</summary>
    internal static SysResult SetRealtime(LinuxTask task, (long Seconds, long Nanoseconds) time)
    {
        if (!IsSettable(time))
            return Errno.EINVAL;
        if (!task.Credentials.Has(Capability.CAP_SYS_TIME))
            return Errno.EPERM;
        var clock = task.Kernel.Clock;
        var nanoseconds = Moment.FromParts(time.Seconds, time.Nanoseconds);
        // A moment before the machine was started can't be now.
        if (nanoseconds < clock.Now)
            return Errno.EINVAL;
        clock.SetRealtime(nanoseconds);
        return 0;
    }

    private static SysResult Get<T>(LinuxTask task, ClockId id, GuestPtr<T> tp)
        where T : unmanaged, ITimePair<T>
    {
        // The two clocks that programs ask for all the time, without looking for them; on a virtual clock looking takes time.
        var clock = task.Kernel.Clock;
        var now = clock.Monotonic;
        if (id == ClockId.CLOCK_REALTIME)
            now += clock.RealtimeOffset;
        else if (id != ClockId.CLOCK_MONOTONIC)
        {
            if (ClockSource.Find(task, (int)id).Now is not { } read)
                return Errno.EINVAL;
            now = read();
        }

        return task.Memory.TryWrite(tp, TimeArguments.Pack<T>(now)) ? 0 : Errno.EFAULT;
    }

    private static SysResult Resolution<T>(LinuxTask task, ClockId id, GuestPtr<T> res)
        where T : unmanaged, ITimePair<T>
    {
        var source = ClockSource.Find(task, (int)id);
        if (source.Now is null)
            return Errno.EINVAL;
        return res.IsNull || task.Memory.TryWrite(res, TimeArguments.Pack<T>(source.Resolution)) ? 0 : Errno.EFAULT;
    }

    private static SysResult Set<T>(LinuxTask task, ClockId id, GuestPtr<T> tp)
        where T : unmanaged, ITimePair<T>
    {
        var source = ClockSource.Find(task, (int)id);
        if (!source.CanSet && !source.IsCpuById)
            return Errno.EINVAL;
        if (!task.TryReadTime(tp, out var time))
            return Errno.EFAULT;
        if (source.IsCpuById)
            return source.Now is null ? Errno.EINVAL : Errno.EPERM;
        return SetRealtime(task, time);
    }
}
