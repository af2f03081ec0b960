using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>timer_create(2), timer_settime(2), timer_gettime(2), timer_getoverrun(2), timer_delete(2).</summary>
public static class PosixTimers
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const int SIGEV_SIGNAL = 0;
    private const int SIGEV_NONE = 1;
    private const int SIGEV_THREAD = 2;
    private const int SIGEV_THREAD_ID = 4;
    private const int TIMER_ABSTIME = 1;

    [Syscall("timer_create")]
    public static SysResult Create(LinuxTask task, ClockId clockid, [In] GuestPtr sevp, [Out] GuestPtr<int> timerid)
    {
        (ulong Value, int Signal, int Notify, int Thread)? given = null;
        if (!sevp.IsNull)
        {
            if (!TryReadEvent(task, sevp, out var read))
                return Errno.EFAULT;
            given = read;
        }

        var source = ClockSource.Find(task, (int)clockid);
        if (!source.IsKnown)
            return Errno.EINVAL;
        if (source.TimerRefusal != Errno.None)
            return source.TimerRefusal;
        TimerNotification? notification = null;
        if (given is { } e)
        {
            if (!IsGood(task, e, out var thread))
                return Errno.EINVAL;
            notification = new TimerNotification(e.Notify == SIGEV_NONE, (Signal)e.Signal, e.Value, thread);
        }

        var timer = task.Group.Timers.Create(id => new PosixTimer(
            task.Group, id, source, notification ?? new TimerNotification(IsSilent: false, Signal.SIGALRM, (ulong)id, Thread: null)));
        if (timer is null)
            return Errno.EAGAIN;
        var error = !task.Memory.TryWrite(timerid, timer.Id) ? Errno.EFAULT : source.LateTimerRefusal;
        if (error != Errno.None)
            task.Group.Timers.Delete(timer.Id);
        return error;
    }

    [Syscall("timer_settime", On = WideOnly)]
    [Syscall("timer_settime64", Man = "timer_settime(2)")]
    public static SysResult SetTime(
        LinuxTask task, int timerid, int flags, [In] GuestPtr<TimerSetting<Timespec>> new_value, [Out] GuestPtr<TimerSetting<Timespec>> old_value) =>
        Set(task, timerid, flags, new_value, old_value);

    [Syscall("timer_settime", On = SyscallTable.I386)]
    public static SysResult SetTime32(
        LinuxTask task, int timerid, int flags, [In] GuestPtr<TimerSetting<OldTimespec32>> new_value, [Out] GuestPtr<TimerSetting<OldTimespec32>> old_value) =>
        Set(task, timerid, flags, new_value, old_value);

    [Syscall("timer_gettime", On = WideOnly, Man = "timer_settime(2)")]
    [Syscall("timer_gettime64", Man = "timer_settime(2)")]
    public static SysResult GetTime(LinuxTask task, int timerid, [Out] GuestPtr<TimerSetting<Timespec>> curr_value) => Get(task, timerid, curr_value);

    [Syscall("timer_gettime", On = SyscallTable.I386, Man = "timer_settime(2)")]
    public static SysResult GetTime32(LinuxTask task, int timerid, [Out] GuestPtr<TimerSetting<OldTimespec32>> curr_value) =>
        Get(task, timerid, curr_value);

    [Syscall("timer_getoverrun")]
    public static SysResult GetOverrun(LinuxTask task, int timerid) =>
        task.Group.Timers.Find(timerid) is { } timer ? timer.LastOverrun : Errno.EINVAL;

    [Syscall("timer_delete")]
    public static SysResult Delete(LinuxTask task, int timerid) => task.Group.Timers.Delete(timerid) ? 0 : Errno.EINVAL;

    private static SysResult Set<T>(
        LinuxTask task, int timerid, int flags, GuestPtr<TimerSetting<T>> new_value, GuestPtr<TimerSetting<T>> old_value)
        where T : unmanaged, ITimePair<T>
    {
        if (new_value.IsNull)
            return Errno.EINVAL;
        if (!task.Memory.TryRead<TimerSetting<T>>(new_value, out var setting))
            return Errno.EFAULT;
        var value = TimeArguments.Unpack(task, setting.it_value);
        var interval = TimeArguments.Unpack(task, setting.it_interval);
        if (!TimeArguments.IsValid(value) || !TimeArguments.IsValid(interval))
            return Errno.EINVAL;
        if (task.Group.Timers.Find(timerid) is not { } timer)
            return Errno.EINVAL;
        var old = timer.Set(
            Moment.FromParts(value.Seconds, value.Nanoseconds), Moment.FromParts(interval.Seconds, interval.Nanoseconds), (flags & TIMER_ABSTIME) != 0);
        return old_value.IsNull || task.Memory.TryWrite(old_value, Pack<T>(old)) ? 0 : Errno.EFAULT;
    }

    private static SysResult Get<T>(LinuxTask task, int timerid, GuestPtr<TimerSetting<T>> curr_value)
        where T : unmanaged, ITimePair<T>
    {
        if (task.Group.Timers.Find(timerid) is not { } timer)
            return Errno.EINVAL;
        return task.Memory.TryWrite(curr_value, Pack<T>(timer.Get())) ? 0 : Errno.EFAULT;
    }

    private static TimerSetting<T> Pack<T>((long Remaining, long Interval) timer)
        where T : unmanaged, ITimePair<T> => new()
        {
            it_value = TimeArguments.Pack<T>(timer.Remaining),
            it_interval = TimeArguments.Pack<T>(timer.Interval),
        };

    private static bool TryReadEvent(LinuxTask task, GuestPtr pointer, out (ulong Value, int Signal, int Notify, int Thread) given)
    {
        if (task.Abi.PointerSize == 4)
        {
            var read = task.Memory.TryRead<SigEvent32>(pointer, out var narrow);
            given = (narrow.sigev_value, narrow.sigev_signo, narrow.sigev_notify, narrow.sigev_notify_thread_id);
            return read;
        }

        var readWide = task.Memory.TryRead<SigEvent64>(pointer, out var wide);
        given = (wide.sigev_value, wide.sigev_signo, wide.sigev_notify, wide.sigev_notify_thread_id);
        return readWide;
    }

    /// <summary>good_sigevent.</summary>
    private static bool IsGood(LinuxTask task, (ulong Value, int Signal, int Notify, int Thread) given, out LinuxTask? thread)
    {
        thread = null;
        if (given.Notify == SIGEV_NONE)
            return true;
        if (given.Notify == (SIGEV_SIGNAL | SIGEV_THREAD_ID))
        {
            thread = task.Kernel.Pids.FindTask(given.Thread);
            if (thread is null || !ReferenceEquals(thread.Group, task.Group))
                return false;
        }
        else if (given.Notify is not (SIGEV_SIGNAL or SIGEV_THREAD))
        {
            return false;
        }

        return SignalSet.IsSignal((Signal)given.Signal);
    }
}
