using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>alarm(2), getitimer(2), setitimer(2).</summary>
public static class IntervalTimers
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("alarm")]
    public static SysResult Alarm(LinuxTask task, uint seconds)
    {
        const uint Most = int.MaxValue;
        var old = task.Group.Timers.Set(IntervalTimerKind.ITIMER_REAL, Math.Min(seconds, Most) * Moment.PerSecond, 0).Remaining;
        // Rounded, but never to 0 while there is something left (alarm_setitimer).
        var (whole, rest) = Moment.ToParts(old);
        return whole == 0 && rest > 0 || rest >= Moment.PerSecond / 2 ? whole + 1 : whole;
    }

    [Syscall("getitimer", On = WideOnly)]
    public static SysResult GetITimer(LinuxTask task, IntervalTimerKind which, [Out] GuestPtr<TimerSetting<Timeval>> curr_value) =>
        Get(task, which, curr_value);

    [Syscall("getitimer", On = SyscallTable.I386)]
    public static SysResult GetITimer32(LinuxTask task, IntervalTimerKind which, [Out] GuestPtr<TimerSetting<OldTimeval32>> curr_value) =>
        Get(task, which, curr_value);

    [Syscall("setitimer", On = WideOnly, Man = "getitimer(2)")]
    public static SysResult SetITimer(
        LinuxTask task, IntervalTimerKind which, [In] GuestPtr<TimerSetting<Timeval>> new_value, [Out] GuestPtr<TimerSetting<Timeval>> old_value) =>
        Set(task, which, new_value, old_value);

    [Syscall("setitimer", On = SyscallTable.I386, Man = "getitimer(2)")]
    public static SysResult SetITimer32(
        LinuxTask task, IntervalTimerKind which, [In] GuestPtr<TimerSetting<OldTimeval32>> new_value, [Out] GuestPtr<TimerSetting<OldTimeval32>> old_value) =>
        Set(task, which, new_value, old_value);

    private static SysResult Get<T>(LinuxTask task, IntervalTimerKind which, GuestPtr<TimerSetting<T>> curr_value)
        where T : unmanaged, ITimePair<T>
    {
        if (!Enum.IsDefined(which))
            return Errno.EINVAL;
        return task.Memory.TryWrite(curr_value, Pack<T>(task.Group.Timers.Get(which))) ? 0 : Errno.EFAULT;
    }

    private static SysResult Set<T>(
        LinuxTask task, IntervalTimerKind which, GuestPtr<TimerSetting<T>> new_value, GuestPtr<TimerSetting<T>> old_value)
        where T : unmanaged, ITimePair<T>
    {
        // Without a new value the timer is turned off: a misfeature that Linux keeps (setitimer(2), BUGS).
        TimerSetting<T> setting = default;
        if (!new_value.IsNull && !task.Memory.TryRead(new_value, out setting))
            return Errno.EFAULT;
        if (TimeArguments.FromMicroseconds(setting.it_value) is not { } value || TimeArguments.FromMicroseconds(setting.it_interval) is not { } interval)
            return Errno.EINVAL;
        if (!Enum.IsDefined(which))
            return Errno.EINVAL;
        var old = task.Group.Timers.Set(which, value, interval);
        return old_value.IsNull || task.Memory.TryWrite(old_value, Pack<T>(old)) ? 0 : Errno.EFAULT;
    }

    private static TimerSetting<T> Pack<T>((long Remaining, long Interval) timer)
        where T : unmanaged, ITimePair<T> => new()
        {
            it_value = TimeArguments.PackMicroseconds<T>(timer.Remaining),
            it_interval = TimeArguments.PackMicroseconds<T>(timer.Interval),
        };
}
