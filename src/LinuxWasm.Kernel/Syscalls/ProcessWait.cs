using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>wait4(2), waitpid(2), waitid(2).</summary>
public static class ProcessWait
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    private const WaitOptions Common = WaitOptions.WNOHANG | WaitOptions.WUNTRACED | WaitOptions.WCONTINUED
        | WaitOptions.__WNOTHREAD | WaitOptions.__WCLONE | WaitOptions.__WALL;

    [Syscall("wait4", On = WideOnly)]
    public static SysResult Wait4(LinuxTask task, int pid, [Out] GuestPtr<int> wstatus, WaitOptions options, [Out] GuestPtr<Rusage> rusage)
    {
        var result = WaitByPid(task, pid, wstatus, options, out var report);
        return report is null || rusage.IsNull || task.Memory.TryWrite(rusage, ResourceUsageCalls.Pack(report.Child.Usage + report.Child.ChildrenUsage))
            ? result
            : Errno.EFAULT;
    }

    [Syscall("wait4", On = SyscallTable.I386)]
    public static SysResult Wait4Narrow(LinuxTask task, int pid, [Out] GuestPtr<int> wstatus, WaitOptions options, [Out] GuestPtr<Rusage32> rusage)
    {
        var result = WaitByPid(task, pid, wstatus, options, out var report);
        return report is null || rusage.IsNull || task.Memory.TryWrite(rusage, ResourceUsageCalls.Pack32(report.Child.Usage + report.Child.ChildrenUsage))
            ? result
            : Errno.EFAULT;
    }

    [Syscall("waitpid", Man = "wait(2)")]
    public static SysResult WaitPid(LinuxTask task, int pid, [Out] GuestPtr<int> wstatus, WaitOptions options) =>
        WaitByPid(task, pid, wstatus, options, out _);

    [Syscall("waitid", On = WideOnly)]
    public static SysResult WaitId(LinuxTask task, int idtype, int id, [Out] GuestPtr<SigInfo64> infop, WaitOptions options, [Out] GuestPtr<Rusage> rusage)
    {
        var result = WaitById(task, idtype, id, options, out var report);
        if (report is not null && !rusage.IsNull
            && !task.Memory.TryWrite(rusage, ResourceUsageCalls.Pack(report.Child.Usage + report.Child.ChildrenUsage)))
            return Errno.EFAULT;
        return infop.IsNull || TryTell(task, infop, wide: true, report) ? result : Errno.EFAULT;
    }

    [Syscall("waitid", On = SyscallTable.I386)]
    public static SysResult WaitIdNarrow(
        LinuxTask task, int idtype, int id, [Out] GuestPtr<SigInfo32> infop, WaitOptions options, [Out] GuestPtr<Rusage32> rusage)
    {
        var result = WaitById(task, idtype, id, options, out var report);
        if (report is not null && !rusage.IsNull
            && !task.Memory.TryWrite(rusage, ResourceUsageCalls.Pack32(report.Child.Usage + report.Child.ChildrenUsage)))
            return Errno.EFAULT;
        return infop.IsNull || TryTell(task, infop, wide: false, report) ? result : Errno.EFAULT;
    }

    private static SysResult WaitByPid(LinuxTask task, int pid, GuestPtr<int> wstatus, WaitOptions options, out ChildReport? report)
    {
        report = null;
        if ((options & ~Common) != 0)
            return Errno.EINVAL;
        // -INT_MIN is not a number.
        if (pid == int.MinValue)
            return Errno.ESRCH;
        var (type, id) = pid switch
        {
            -1 => (ChildIdType.P_ALL, 0),
            < 0 => (ChildIdType.P_PGID, -pid),
            0 => (ChildIdType.P_PGID, task.Group.ProcessGroup),
            _ => (ChildIdType.P_PID, pid),
        };
        var error = Wait(task, new ChildQuery(type, id, options | WaitOptions.WEXITED), out report);
        if (report is null)
            return error;
        // The child is gone even if nobody can be told what became of it.
        if (!wstatus.IsNull && !task.Memory.TryWrite(wstatus, report.WaitStatus.Value))
        {
            report = null;
            return Errno.EFAULT;
        }

        return report.Child.Pid;
    }

    private static SysResult WaitById(LinuxTask task, int idtype, int id, WaitOptions options, out ChildReport? report)
    {
        report = null;
        const WaitOptions Events = WaitOptions.WEXITED | WaitOptions.WUNTRACED | WaitOptions.WCONTINUED;
        if ((options & ~(Common | WaitOptions.WEXITED | WaitOptions.WNOWAIT)) != 0 || (options & Events) == 0)
            return Errno.EINVAL;
        var query = new ChildQuery((ChildIdType)idtype, id, options);
        var mayWait = true;
        switch (query.Type)
        {
            case ChildIdType.P_ALL:
                break;
            case ChildIdType.P_PID:
                if (id <= 0)
                    return Errno.EINVAL;
                break;
            case ChildIdType.P_PGID:
                if (id < 0)
                    return Errno.EINVAL;
                if (id == 0)
                    query = query with { Id = task.Group.ProcessGroup };
                break;
            case ChildIdType.P_PIDFD:
                if (id < 0)
                    return Errno.EINVAL;
                if (PidDescriptors.Find(task, id) is not { } file)
                    return Errno.EBADF;
                mayWait = !file.IsNonBlocking || (options & WaitOptions.WNOHANG) != 0;
                query = query with { Process = file.Target, Options = file.IsNonBlocking ? options | WaitOptions.WNOHANG : options };
                break;
            default:
                return Errno.EINVAL;
        }

        var error = Wait(task, query, out report);
        // Who did not ask with WNOHANG learns that it was the descriptor that kept it from waiting.
        return error == Errno.None && report is null && !mayWait ? Errno.EAGAIN : error;
    }

    /// <summary>do_wait: no error and no report where WNOHANG finds nothing yet.</summary>
    private static Errno Wait(LinuxTask task, ChildQuery query, out ChildReport? report)
    {
        var group = task.Group;
        using var wait = task.BeginWait(group.ChildEvents);
        var isInterrupted = false;
        List<ThreadGroup> awaited = [];
        while (true)
        {
            bool candidates, wentAway;
            lock (task.Kernel.Pids.Lock)
            {
                report = group.FindReport(query, task.Tid, out candidates);
                wentAway = awaited.Exists(group.Children.Contains) && !awaited.Exists(child => !group.Children.Contains(child) || query.Matches(child, task.Tid));
                if (candidates)
                    awaited = group.Children.FindAll(child => query.Matches(child, task.Tid));
            }

            if (report is not null)
                return Errno.None;
            // Children that left the group which is waited for wake nobody, even if none is left there (child_wait_callback).
            if (!candidates && (isInterrupted || !wentAway))
                return Errno.ECHILD;
            if ((query.Options & WaitOptions.WNOHANG) != 0)
                return Errno.None;
            // Signals are looked at after the children (do_wait).
            if (isInterrupted)
                return Restart.ERESTARTSYS;
            isInterrupted = wait.Sleep() == WaitOutcome.Interrupted;
        }
    }

    /// <summary>All fields are written, as zeros where there is nothing to tell: after an error, too (kernel/exit.c).</summary>
    private static bool TryTell(LinuxTask task, GuestPtr infop, bool wide, ChildReport? report)
    {
        var signal = report is null ? 0 : (int)Signal.SIGCHLD;
        var (code, pid, uid, status) = report is null ? default : (report.Code, report.Child.Pid, report.Child.Credentials.Uid, report.Status);
        // Field by field: the rest of the guest's siginfo is left alone.
        var (pidAt, uidAt, statusAt) = wide ? (16u, 20u, 24u) : (12u, 16u, 20u);
        var memory = task.Memory;
        return memory.TryWrite(infop, signal) && memory.TryWrite(infop + 4, 0) && memory.TryWrite(infop + 8, code)
            && memory.TryWrite(infop + pidAt, pid) && memory.TryWrite(infop + uidAt, uid) && memory.TryWrite(infop + statusAt, status);
    }
}
