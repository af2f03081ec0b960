using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>timerfd_create(2), timerfd_settime(2), timerfd_gettime(2).</summary>
public static class TimerDescriptors
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const string Man = "timerfd_create(2)";

    /// <summary>timerfd_settime(2)'s flags.</summary>
    [Flags]
    public enum TimerFdFlags
    {
        None = 0,
        TFD_TIMER_ABSTIME = 1,
        TFD_TIMER_CANCEL_ON_SET = 2,
        All = 3,
    }

    [Syscall("timerfd_create")]
    public static SysResult Create(LinuxTask task, ClockId clockid, [Show("open_flags")] OpenFlags flags)
    {
        const OpenFlags Known = OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC;
        var isAlarm = clockid is ClockId.CLOCK_REALTIME_ALARM or ClockId.CLOCK_BOOTTIME_ALARM;
        if ((flags & ~Known) != 0 || !(isAlarm || clockid is ClockId.CLOCK_REALTIME or ClockId.CLOCK_MONOTONIC or ClockId.CLOCK_BOOTTIME))
            return Errno.EINVAL;
        if (isAlarm && !task.Credentials.Has(Capability.CAP_WAKE_ALARM))
            return Errno.EPERM;
        var onRealtime = clockid is ClockId.CLOCK_REALTIME or ClockId.CLOCK_REALTIME_ALARM;
        return AnonymousFiles.Install(
            task,
            "[timerfd]",
            OpenFlags.O_RDWR | (flags & OpenFlags.O_NONBLOCK),
            (flags & OpenFlags.O_CLOEXEC) != 0,
            request => new TimerFile(request, onRealtime));
    }

    [Syscall("timerfd_settime", On = WideOnly, Man = Man)]
    [Syscall("timerfd_settime64", Man = Man)]
    public static SysResult SetTime(
        LinuxTask task, Fd fd, TimerFdFlags flags, [In] GuestPtr<TimerSetting<Timespec>> new_value, [Out] GuestPtr<TimerSetting<Timespec>> old_value) =>
        Set(task, fd, flags, new_value, old_value);

    [Syscall("timerfd_settime", On = SyscallTable.I386, Man = Man)]
    public static SysResult SetTime32(
        LinuxTask task, Fd fd, TimerFdFlags flags, [In] GuestPtr<TimerSetting<OldTimespec32>> new_value, [Out] GuestPtr<TimerSetting<OldTimespec32>> old_value) =>
        Set(task, fd, flags, new_value, old_value);

    [Syscall("timerfd_gettime", On = WideOnly, Man = Man)]
    [Syscall("timerfd_gettime64", Man = Man)]
    public static SysResult GetTime(LinuxTask task, Fd fd, [Out] GuestPtr<TimerSetting<Timespec>> curr_value) => Get(task, fd, curr_value);

    [Syscall("timerfd_gettime", On = SyscallTable.I386, Man = Man)]
    public static SysResult GetTime32(LinuxTask task, Fd fd, [Out] GuestPtr<TimerSetting<OldTimespec32>> curr_value) => Get(task, fd, curr_value);

    private static SysResult Set<T>(LinuxTask task, Fd fd, TimerFdFlags flags, GuestPtr<TimerSetting<T>> pointer, GuestPtr<TimerSetting<T>> oldPointer)
        where T : unmanaged, ITimePair<T>
    {
        if (!task.Memory.TryRead<TimerSetting<T>>(pointer, out var setting))
            return Errno.EFAULT;
        var value = TimeArguments.Unpack(task, setting.it_value);
        var interval = TimeArguments.Unpack(task, setting.it_interval);
        if ((flags & ~TimerFdFlags.All) != 0 || !TimeArguments.IsValid(value) || !TimeArguments.IsValid(interval))
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if (file is not TimerFile timer)
            return Errno.EINVAL;
        var old = timer.Set(
            Moment.FromParts(value.Seconds, value.Nanoseconds),
            Moment.FromParts(interval.Seconds, interval.Nanoseconds),
            (flags & TimerFdFlags.TFD_TIMER_ABSTIME) != 0,
            (flags & TimerFdFlags.TFD_TIMER_CANCEL_ON_SET) != 0);
        return oldPointer.IsNull || task.Memory.TryWrite(oldPointer, Pack<T>(old)) ? 0 : Errno.EFAULT;
    }

    private static SysResult Get<T>(LinuxTask task, Fd fd, GuestPtr<TimerSetting<T>> pointer)
        where T : unmanaged, ITimePair<T>
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if (file is not TimerFile timer)
            return Errno.EINVAL;
        return task.Memory.TryWrite(pointer, Pack<T>(timer.Get())) ? 0 : Errno.EFAULT;
    }

    private static TimerSetting<T> Pack<T>((long Remaining, long Interval) setting)
        where T : unmanaged, ITimePair<T> =>
        new() { it_value = TimeArguments.Pack<T>(setting.Remaining), it_interval = TimeArguments.Pack<T>(setting.Interval) };
}
