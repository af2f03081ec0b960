using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>nanosleep(2), clock_nanosleep(2), restart_syscall(2).</summary>
public static class Sleeping
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const int TIMER_ABSTIME = 1;

    [Syscall("nanosleep", On = WideOnly)]
    public static SysResult NanoSleep(LinuxTask task, [In] GuestPtr<Timespec> req, [Out] GuestPtr<Timespec> rem) =>
        SleepMonotonic(task, req, rem);

    [Syscall("nanosleep", On = SyscallTable.I386)]
    public static SysResult NanoSleep32(LinuxTask task, [In] GuestPtr<OldTimespec32> req, [Out] GuestPtr<OldTimespec32> rem) =>
        SleepMonotonic(task, req, rem);

    [Syscall("clock_nanosleep", On = WideOnly)]
    [Syscall("clock_nanosleep_time64", Man = "clock_nanosleep(2)")]
    public static SysResult ClockNanoSleep(
        LinuxTask task, ClockId clockid, int flags, [In] GuestPtr<Timespec> request, [Out] GuestPtr<Timespec> remain) =>
        Sleep(task, clockid, flags, request, remain);

    [Syscall("clock_nanosleep", On = SyscallTable.I386)]
    public static SysResult ClockNanoSleep32(
        LinuxTask task, ClockId clockid, int flags, [In] GuestPtr<OldTimespec32> request, [Out] GuestPtr<OldTimespec32> remain) =>
        Sleep(task, clockid, flags, request, remain);

    [Syscall("restart_syscall")]
    public static SysResult RestartSyscall(LinuxTask task) => task.Resume();

    private static SysResult SleepMonotonic<T>(LinuxTask task, GuestPtr<T> req, GuestPtr<T> rem)
        where T : unmanaged, ITimePair<T>
    {
        if (!task.TryReadTime(req, out var time))
            return Errno.EFAULT;
        if (!TimeArguments.IsValid(time))
            return Errno.EINVAL;
        var until = Moment.Add(task.Kernel.Clock.Monotonic, Moment.FromParts(time.Seconds, time.Nanoseconds));
        return SleepUntil(task, until, rem);
    }

    private static SysResult Sleep<T>(LinuxTask task, ClockId id, int flags, GuestPtr<T> request, GuestPtr<T> remain)
        where T : unmanaged, ITimePair<T>
    {
        var source = ClockSource.Find(task, (int)id);
        if (!source.IsKnown)
            return Errno.EINVAL;
        if (source.SleepRefusal != Errno.None)
            return source.SleepRefusal;
        if (!task.TryReadTime(request, out var time))
            return Errno.EFAULT;
        if (!TimeArguments.IsValid(time))
            return Errno.EINVAL;
        if (source.LateSleepRefusal != Errno.None)
            return source.LateSleepRefusal;

        var absolute = (flags & TIMER_ABSTIME) != 0;
        var nanoseconds = Moment.FromParts(time.Seconds, time.Nanoseconds);
        if (source.IsCpu)
            return SleepOnCpuTime(task, source, absolute ? nanoseconds : Moment.Add(source.Now!(), nanoseconds), absolute ? default : remain);
        if (absolute)
            return SleepAbsolute(task, source.IsRealtime ? Deadline.AtRealtime(nanoseconds - source.RealtimeLead) : Deadline.AtMonotonic(nanoseconds));
        // Setting CLOCK_REALTIME does not change how long a relative sleep takes.
        return SleepUntil(task, Moment.Add(task.Kernel.Clock.Monotonic, nanoseconds), remain);
    }

    private static SysResult SleepAbsolute(LinuxTask task, Deadline deadline)
    {
        using var wait = task.BeginWait();
        WaitOutcome outcome;
        while ((outcome = wait.Sleep(deadline)) == WaitOutcome.Woken)
        {
        }

        return outcome == WaitOutcome.TimedOut ? 0 : Restart.ERESTARTNOHAND;
    }

    private static SysResult SleepUntil<T>(LinuxTask task, long until, GuestPtr<T> remain)
        where T : unmanaged, ITimePair<T>
    {
        using var wait = task.BeginWait();
        WaitOutcome outcome;
        while ((outcome = wait.Sleep(Deadline.AtMonotonic(until))) == WaitOutcome.Woken)
        {
        }

        return outcome == WaitOutcome.TimedOut
            ? 0
            : Interrupted(task, until - task.Kernel.Clock.Now, remain, resumed => SleepUntil(resumed, until, remain));
    }

    private static SysResult SleepOnCpuTime<T>(LinuxTask task, ClockSource source, long until, GuestPtr<T> remain)
        where T : unmanaged, ITimePair<T>
    {
        var queue = new WaitQueue();
        using var wait = task.BeginWait(queue);
        var timers = source.CpuOwner!.Timers.Cpu;
        var timer = timers.Add(source.Now!, until, queue.WakeAll);
        try
        {
            while (source.Now!() < until)
            {
                if (wait.Sleep() == WaitOutcome.Interrupted)
                    return Interrupted(task, until - source.Now!(), remain, resumed => SleepOnCpuTime(resumed, source, until, remain));
            }

            return 0;
        }
        finally
        {
            timers.Remove(timer);
        }
    }

    /// <summary>What is left goes to the guest at once, as it may be a handler that interrupts; without one the sleep goes on to its old end.</summary>
    private static SysResult Interrupted<T>(LinuxTask task, long left, GuestPtr<T> remain, Func<LinuxTask, SysResult> resume)
        where T : unmanaged, ITimePair<T>
    {
        if (left <= 0)
            return 0;
        if (!remain.IsNull && !task.Memory.TryWrite(remain, TimeArguments.Pack<T>(left)))
            return Errno.EFAULT;
        task.RestartBlock = resume;
        return Restart.ERESTART_RESTARTBLOCK;
    }
}
