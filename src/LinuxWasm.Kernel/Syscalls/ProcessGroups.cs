using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>setpgid(2), getpgid(2), getpgrp, setsid(2), getsid(2).</summary>
public static class ProcessGroups
{
    [Syscall("getpgrp", Man = "setpgid(2)")]
    public static SysResult GetPgrp(LinuxTask task) => task.Group.ProcessGroup;

    [Syscall("getpgid", Man = "setpgid(2)")]
    public static SysResult GetPgid(LinuxTask task, int pid) => Find(task, pid) is { } group ? group.ProcessGroup : Errno.ESRCH;

    [Syscall("getsid")]
    public static SysResult GetSid(LinuxTask task, int pid) => Find(task, pid) is { } group ? group.Session : Errno.ESRCH;

    [Syscall("setpgid")]
    public static SysResult SetPgid(LinuxTask task, int pid, int pgid)
    {
        var self = task.Group;
        if (pid == 0)
            pid = self.Pid;
        if (pgid == 0)
            pgid = pid;
        if (pgid < 0)
            return Errno.EINVAL;

        var pids = task.Kernel.Pids;
        lock (pids.Lock)
        {
            if (pids.FindGroupLocked(pid) is not { } group)
                // A thread that leads no process has no group of its own to change.
                return pids.IsThreadLocked(pid) ? Errno.EINVAL : Errno.ESRCH;
            if (ReferenceEquals(group.Parent, self))
            {
                if (group.Session != self.Session)
                    return Errno.EPERM;
                if (group.HasExecuted)
                    return Errno.EACCES;
            }
            else if (!ReferenceEquals(group, self))
            {
                return Errno.ESRCH;
            }

            if (group.IsSessionLeader)
                return Errno.EPERM;
            if (pgid != pid && !pids.IsGroupOfSessionLocked(pgid, self.Session))
                return Errno.EPERM;
            group.ProcessGroup = pgid;
            return 0;
        }
    }

    [Syscall("setsid")]
    public static SysResult SetSid(LinuxTask task)
    {
        var self = task.Group;
        var pids = task.Kernel.Pids;
        lock (pids.Lock)
        {
            // A group or session of that number, its leader's or not, would suddenly span two sessions.
            if (self.IsSessionLeader || pids.IsGroupLocked(self.Pid))
                return Errno.EPERM;
            self.Session = self.Pid;
            self.ProcessGroup = self.Pid;
            self.IsSessionLeader = true;
            self.Terminal = null;
            return self.Pid;
        }
    }

    private static ThreadGroup? Find(LinuxTask task, int pid) =>
        pid == 0 ? task.Group : task.Kernel.Pids.FindGroup(pid) ?? task.Kernel.Pids.FindTask(pid)?.Group;
}
