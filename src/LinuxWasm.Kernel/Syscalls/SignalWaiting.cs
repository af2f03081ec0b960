using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>pause(2), sigsuspend(2), sigtimedwait(2).</summary>
public static class SignalWaiting
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("pause")]
    public static SysResult Pause(LinuxTask task)
    {
        using var wait = task.BeginWait();
        while (wait.Sleep() != WaitOutcome.Interrupted)
        {
        }

        return Restart.ERESTARTNOHAND;
    }

    [Syscall("rt_sigsuspend", Man = "sigsuspend(2)")]
    public static SysResult RtSigSuspend(LinuxTask task, [In] GuestPtr<ulong> mask, GuestSize sigsetsize)
    {
        if (sigsetsize.Value != sizeof(ulong))
            return Errno.EINVAL;
        return task.Memory.TryRead<ulong>(mask, out var bits) ? Suspend(task, new SignalSet(bits)) : Errno.EFAULT;
    }

    /// <summary>i386's first form: the mask of signals 1 to 32 in the third register.</summary>
    [Syscall("sigsuspend")]
    public static SysResult SigSuspend(LinuxTask task, int unused1, int unused2, [Show("hex")] uint mask) => Suspend(task, new SignalSet(mask));

    [Syscall("rt_sigtimedwait", On = WideOnly, Man = "sigwaitinfo(2)")]
    [Syscall("rt_sigtimedwait_time64", Man = "sigwaitinfo(2)")]
    public static SysResult RtSigTimedWait(
        LinuxTask task, [In] GuestPtr<ulong> set, [Out] GuestPtr info, [In] GuestPtr<Timespec> timeout, GuestSize sigsetsize) =>
        TimedWait(task, set, info, timeout, sigsetsize);

    [Syscall("rt_sigtimedwait", On = SyscallTable.I386, Man = "sigwaitinfo(2)")]
    public static SysResult RtSigTimedWait32(
        LinuxTask task, [In] GuestPtr<ulong> set, [Out] GuestPtr info, [In] GuestPtr<OldTimespec32> timeout, GuestSize sigsetsize) =>
        TimedWait(task, set, info, timeout, sigsetsize);

    private static SysResult Suspend(LinuxTask task, SignalSet mask)
    {
        task.SetTemporaryMask(mask);
        var result = Pause(task);
        task.RestoreMask(interrupted: true);
        return result;
    }

    private static SysResult TimedWait<T>(LinuxTask task, GuestPtr<ulong> set, GuestPtr info, GuestPtr<T> timeout, GuestSize sigsetsize)
        where T : unmanaged, ITimePair<T>
    {
        if (sigsetsize.Value != sizeof(ulong))
            return Errno.EINVAL;
        if (!task.Memory.TryRead<ulong>(set, out var bits))
            return Errno.EFAULT;
        var deadline = Deadline.Never;
        if (!timeout.IsNull)
        {
            if (!task.TryReadTime(timeout, out var time))
                return Errno.EFAULT;
            if (!TimeArguments.IsValid(time))
                return Errno.EINVAL;
            deadline = Deadline.AtMonotonic(Moment.Add(task.Kernel.Clock.Now, Moment.FromParts(time.Seconds, time.Nanoseconds)));
        }

        var wanted = new SignalSet(bits) & ~SignalSet.Unblockable;
        var taken = task.TakeSignal(wanted);
        var outcome = WaitOutcome.TimedOut;
        if (taken is null && !task.Kernel.Clock.HasPassed(deadline))
        {
            outcome = WaitFor(task, wanted, deadline);
            taken = task.TakeSignal(wanted);
        }

        if (taken is null)
            return outcome == WaitOutcome.Interrupted ? Errno.EINTR : Errno.EAGAIN;
        return info.IsNull || taken.TryWrite(task, info) ? (int)taken.Signal : Errno.EFAULT;
    }

    /// <summary>Unblocks a set for the time being, so that a signal of it wakes the task as any other does (do_sigtimedwait).</summary>
    private static WaitOutcome WaitFor(LinuxTask task, SignalSet wanted, Deadline deadline)
    {
        task.WaitForSignals(wanted);
        using var wait = task.BeginWait();
        WaitOutcome outcome;
        while ((outcome = wait.Sleep(deadline)) == WaitOutcome.Woken)
        {
        }

        task.WaitForSignals(default);
        return outcome;
    }
}
