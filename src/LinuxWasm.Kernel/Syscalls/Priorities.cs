using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getpriority(2), setpriority(2), nice(2).</summary>
public static class Priorities
{
    private const int PRIO_PROCESS = 0;
    private const int PRIO_PGRP = 1;
    private const int PRIO_USER = 2;
    private const int Highest = -20;
    private const int Lowest = 19;

    /// <summary>Answers 1 to 40, since a negative number would be an error: C libraries turn it into 19 to -20.</summary>
    [Syscall("getpriority")]
    public static SysResult GetPriority(LinuxTask task, int which, int who)
    {
        if (which is not (PRIO_PROCESS or PRIO_PGRP or PRIO_USER))
            return Errno.EINVAL;
        var best = 0;
        foreach (var target in Select(task, which, who))
            best = Math.Max(best, 20 - target.Scheduling.Nice);
        return best > 0 ? best : Errno.ESRCH;
    }

    [Syscall("setpriority", Man = "getpriority(2)")]
    public static SysResult SetPriority(LinuxTask task, int which, int who, int niceval)
    {
        if (which is not (PRIO_PROCESS or PRIO_PGRP or PRIO_USER))
            return Errno.EINVAL;
        niceval = Math.Clamp(niceval, Highest, Lowest);
        var result = Errno.ESRCH;
        foreach (var target in Select(task, which, who))
        {
            if (!MayChange(task, target))
            {
                result = Errno.EPERM;
                continue;
            }

            if (niceval < target.Scheduling.Nice && !MayRaise(task, target, niceval))
            {
                result = Errno.EACCES;
                continue;
            }

            if (result == Errno.ESRCH)
                result = Errno.None;
            target.Scheduling = target.Scheduling with { Nice = niceval };
        }

        return result;
    }

    [Syscall("nice")]
    public static SysResult Nice(LinuxTask task, int inc)
    {
        var niceval = Math.Clamp(task.Scheduling.Nice + Math.Clamp(inc, -40, 40), Highest, Lowest);
        if (inc < 0 && !MayRaise(task, task, niceval))
            return Errno.EPERM;
        task.Scheduling = task.Scheduling with { Nice = niceval };
        return 0;
    }

    /// <summary>can_nice: RLIMIT_NICE counts the other way round, from 1 (19) to 40 (-20).</summary>
    internal static bool MayRaise(LinuxTask task, LinuxTask target, int niceval) =>
        (ulong)(20 - niceval) <= target.Group.Limits[Resource.RLIMIT_NICE] || task.Credentials.Has(Capability.CAP_SYS_NICE);

    private static bool MayChange(LinuxTask task, LinuxTask target)
    {
        var mine = task.Credentials;
        var theirs = target.Credentials;
        return theirs.Uid == mine.Euid || theirs.Euid == mine.Euid || mine.Has(Capability.CAP_SYS_NICE);
    }

    private static IEnumerable<LinuxTask> Select(LinuxTask task, int which, int who)
    {
        var pids = task.Kernel.Pids;
        switch (which)
        {
            case PRIO_PROCESS:
                var target = who == 0 ? task : pids.FindTaskOrZombie(who);
                return target is null ? [] : [target];
            case PRIO_PGRP:
                return pids.MembersOf(who == 0 ? task.Group.ProcessGroup : who).SelectMany(static group => group.Tasks);
            default:
                var uid = who == 0 ? task.Credentials.Uid : (uint)who;
                return pids.Tasks.Where(other => other.Credentials.Uid == uid);
        }
    }
}
