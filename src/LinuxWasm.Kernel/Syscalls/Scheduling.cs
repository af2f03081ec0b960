using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sched_yield(2), sched_setscheduler(2), sched_setparam(2), sched_get_priority_max(2), sched_rr_get_interval(2).</summary>
public static class Scheduling
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const int SCHED_RESET_ON_FORK = 0x40000000;
    private const int MaxRealTime = 99;
    private const long RoundRobinSlice = 100_000_000;

    [Syscall("sched_yield")]
    public static SysResult Yield(LinuxTask task)
    {
        Thread.Yield();
        return 0;
    }

    [Syscall("sched_get_priority_max")]
    public static SysResult GetPriorityMax(LinuxTask task, int policy) =>
        !IsPolicy(policy) ? Errno.EINVAL : SchedulingState.IsRealTime((SchedulingPolicy)policy) ? MaxRealTime : 0;

    [Syscall("sched_get_priority_min", Man = "sched_get_priority_max(2)")]
    public static SysResult GetPriorityMin(LinuxTask task, int policy) =>
        !IsPolicy(policy) ? Errno.EINVAL : SchedulingState.IsRealTime((SchedulingPolicy)policy) ? 1 : 0;

    [Syscall("sched_setscheduler")]
    public static SysResult SetScheduler(LinuxTask task, int pid, int policy, [In] GuestPtr<int> param)
    {
        if (policy < 0)
            return Errno.EINVAL;
        return Set(task, pid, param, target => target with
        {
            Policy = (SchedulingPolicy)(policy & ~SCHED_RESET_ON_FORK),
            ResetOnFork = (policy & SCHED_RESET_ON_FORK) != 0,
        });
    }

    [Syscall("sched_setparam")]
    public static SysResult SetParam(LinuxTask task, int pid, [In] GuestPtr<int> param) => Set(task, pid, param, static target => target);

    [Syscall("sched_getscheduler", Man = "sched_setscheduler(2)")]
    public static SysResult GetScheduler(LinuxTask task, int pid)
    {
        if (pid < 0)
            return Errno.EINVAL;
        return Find(task, pid)?.Scheduling is { } state
            ? (int)state.Policy | (state.ResetOnFork ? SCHED_RESET_ON_FORK : 0)
            : Errno.ESRCH;
    }

    [Syscall("sched_getparam", Man = "sched_setparam(2)")]
    public static SysResult GetParam(LinuxTask task, int pid, [Out] GuestPtr<int> param)
    {
        if (param.IsNull || pid < 0)
            return Errno.EINVAL;
        if (Find(task, pid) is not { } target)
            return Errno.ESRCH;
        return task.Memory.TryWrite(param, target.Scheduling.Priority) ? 0 : Errno.EFAULT;
    }

    [Syscall("sched_rr_get_interval", On = WideOnly)]
    [Syscall("sched_rr_get_interval_time64", Man = "sched_rr_get_interval(2)")]
    public static SysResult RrGetInterval(LinuxTask task, int pid, [Out] GuestPtr<Timespec> tp) => Interval(task, pid, tp);

    [Syscall("sched_rr_get_interval", On = SyscallTable.I386)]
    public static SysResult RrGetInterval32(LinuxTask task, int pid, [Out] GuestPtr<OldTimespec32> tp) => Interval(task, pid, tp);

    internal static LinuxTask? Find(LinuxTask task, int pid) => pid == 0 ? task : task.Kernel.Pids.FindTaskOrZombie(pid);

    /// <summary>__sched_setscheduler: what is valid, then what is allowed.</summary>
    internal static Errno Change(LinuxTask task, LinuxTask target, SchedulingState next)
    {
        var old = target.Scheduling;
        if (!IsPolicy((int)next.Policy) || next.Policy is SchedulingPolicy.SCHED_DEADLINE or SchedulingPolicy.SCHED_EXT)
            return Errno.EINVAL;
        var isRealTime = SchedulingState.IsRealTime(next.Policy);
        if (next.Priority is < 0 or > MaxRealTime || isRealTime != (next.Priority != 0))
            return Errno.EINVAL;
        if (!task.Credentials.Has(Capability.CAP_SYS_NICE))
        {
            var limit = target.Group.Limits[Resource.RLIMIT_RTPRIO];
            if (IsFair(next.Policy) && next.Nice < old.Nice && !Priorities.MayRaise(task, target, next.Nice))
                return Errno.EPERM;
            if (isRealTime && ((next.Policy != old.Policy && limit == 0) || (next.Priority > old.Priority && (ulong)next.Priority > limit)))
                return Errno.EPERM;
            // Out of SCHED_IDLE as out of a high nice value.
            if (old.Policy == SchedulingPolicy.SCHED_IDLE && next.Policy != SchedulingPolicy.SCHED_IDLE && !Priorities.MayRaise(task, target, old.Nice))
                return Errno.EPERM;
            if (!IsOwner(task, target) || (old.ResetOnFork && !next.ResetOnFork))
                return Errno.EPERM;
        }

        // The nice value counts, and changes, with the policies that look at it only.
        target.Scheduling = IsFair(next.Policy) ? next : next with { Nice = old.Nice };
        return Errno.None;
    }

    private static bool IsFair(SchedulingPolicy policy) => policy is SchedulingPolicy.SCHED_OTHER or SchedulingPolicy.SCHED_BATCH;

    /// <summary>check_same_owner.</summary>
    internal static bool IsOwner(LinuxTask task, LinuxTask target) =>
        task.Credentials.Euid == target.Credentials.Euid || task.Credentials.Euid == target.Credentials.Uid;

    private static bool IsPolicy(int policy) => Enum.IsDefined((SchedulingPolicy)policy);

    private static SysResult Set(LinuxTask task, int pid, GuestPtr<int> param, Func<SchedulingState, SchedulingState> policy)
    {
        if (param.IsNull || pid < 0)
            return Errno.EINVAL;
        if (!task.Memory.TryRead<int>(param, out var priority))
            return Errno.EFAULT;
        return Find(task, pid) is { } target
            ? Change(task, target, policy(target.Scheduling) with { Priority = priority })
            : Errno.ESRCH;
    }

    private static SysResult Interval<T>(LinuxTask task, int pid, GuestPtr<T> tp)
        where T : unmanaged, ITimePair<T>
    {
        if (pid < 0)
            return Errno.EINVAL;
        if (Find(task, pid) is not { } target)
            return Errno.ESRCH;
        var slice = target.Scheduling.Policy == SchedulingPolicy.SCHED_RR ? RoundRobinSlice : 0;
        return task.Memory.TryWrite(tp, TimeArguments.Pack<T>(slice)) ? 0 : Errno.EFAULT;
    }
}
