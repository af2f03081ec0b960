using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>kill(2), tkill(2), tgkill(2), rt_sigqueueinfo(2), rt_tgsigqueueinfo(2).</summary>
public static class SignalSending
{
    [Syscall("kill")]
    public static SysResult Kill(LinuxTask task, int pid, Signal sig)
    {
        var info = SignalInfo.FromUser(sig, task);
        if (pid > 0)
            return SendByNumber(task, pid, info);
        if (pid == int.MinValue)
            return Errno.ESRCH;
        return pid == -1
            ? SendToAll(task, info)
            : SendToMembers(task, task.Kernel.Pids.MembersOf(pid == 0 ? task.Group.ProcessGroup : -pid), info);
    }

    [Syscall("tkill")]
    public static SysResult TKill(LinuxTask task, int tid, Signal sig) =>
        tid <= 0 ? Errno.EINVAL : SendToThread(task, tgid: 0, tid, SignalInfo.FromUser(sig, task, SignalCode.SI_TKILL));

    [Syscall("tgkill", Man = "tkill(2)")]
    public static SysResult TgKill(LinuxTask task, int tgid, int tid, Signal sig) =>
        tgid <= 0 || tid <= 0 ? Errno.EINVAL : SendToThread(task, tgid, tid, SignalInfo.FromUser(sig, task, SignalCode.SI_TKILL));

    [Syscall("rt_sigqueueinfo")]
    public static SysResult RtSigQueueInfo(LinuxTask task, int tgid, Signal sig, [In] GuestPtr info)
    {
        if (!SignalInfoLayoutExtensions.TryRead(task, info, sig, out var queued))
            return Errno.EFAULT;
        if (PretendsToBeKernel(task, queued, tgid))
            return Errno.EPERM;
        return SendByNumber(task, tgid, queued);
    }

    [Syscall("rt_tgsigqueueinfo", Man = "rt_sigqueueinfo(2)")]
    public static SysResult RtTgSigQueueInfo(LinuxTask task, int tgid, int tid, Signal sig, [In] GuestPtr info)
    {
        if (!SignalInfoLayoutExtensions.TryRead(task, info, sig, out var queued))
            return Errno.EFAULT;
        if (tid <= 0 || tgid <= 0)
            return Errno.EINVAL;
        return PretendsToBeKernel(task, queued, tid) ? Errno.EPERM : SendToThread(task, tgid, tid, queued);
    }

    /// <summary>Codes that only the kernel or kill gives are for oneself only.</summary>
    private static bool PretendsToBeKernel(LinuxTask task, SignalInfo info, int receiver) =>
        (info.Code >= 0 || info.Code == SignalCode.SI_TKILL) && task.Tid != receiver;

    private static SysResult SendByNumber(LinuxTask task, int pid, SignalInfo info) =>
        task.Kernel.Pids.FindAnyGroup(pid) is { } group ? Send(task, group, target: null, info, task.Kernel.Pids.FindTask(pid)) : Errno.ESRCH;

    /// <summary>All but the caller's own process and the first one; what is forbidden counts only if nothing else was found wrong.</summary>
    private static SysResult SendToAll(LinuxTask task, SignalInfo info)
    {
        const int First = 1;
        var found = false;
        var result = Errno.None;
        foreach (var group in task.Kernel.Pids.Groups)
        {
            if (group.Pid == First || ReferenceEquals(group, task.Group))
                continue;
            found = true;
            var error = Send(task, group, target: null, info);
            if (error != Errno.EPERM)
                result = error;
        }

        return found ? result : Errno.ESRCH;
    }

    /// <summary>Success if one member took it, else what the last said.</summary>
    internal static SysResult SendToMembers(LinuxTask task, List<ThreadGroup> members, SignalInfo info)
    {
        var result = Errno.ESRCH;
        var success = false;
        foreach (var group in members)
        {
            result = Send(task, group, target: null, info);
            success |= result == Errno.None;
        }

        return success ? Errno.None : result;
    }

    private static SysResult SendToThread(LinuxTask task, int tgid, int tid, SignalInfo info)
    {
        var target = task.Kernel.Pids.FindTask(tid);
        // A zombie has a number, and nothing left that would take the signal.
        if ((target?.Group ?? task.Kernel.Pids.FindGroup(tid)) is not { } group || (tgid > 0 && group.Pid != tgid))
            return Errno.ESRCH;
        return Send(task, group, target, info);
    }

    /// <summary>Sends to a thread, or to its process where that is left out; signal 0 asks only whether one may.</summary>
    /// <param name="named">The thread by whose number the process was named.</param>
    internal static Errno Send(LinuxTask task, ThreadGroup group, LinuxTask? target, SignalInfo info, LinuxTask? named = null)
    {
        var error = Check(task, group, target, info.Signal);
        if (error != Errno.None || info.Signal == Signal.None)
            return error;
        return named is null ? group.Send(info, target) : group.SendByThread(info, named);
    }

    internal static Errno Check(LinuxTask task, ThreadGroup group, LinuxTask? target, Signal signal)
    {
        if (signal != Signal.None && !SignalSet.IsSignal(signal))
            return Errno.EINVAL;
        return MaySignal(task, group, target, signal) ? Errno.None : Errno.EPERM;
    }

    /// <summary>kill(2): real or effective user id equal to real or saved set-user-id; SIGCONT within a session; or CAP_KILL.</summary>
    private static bool MaySignal(LinuxTask task, ThreadGroup group, LinuxTask? target, Signal signal)
    {
        if (ReferenceEquals(task.Group, group))
            return true;
        var mine = task.Credentials;
        var theirs = target?.Credentials ?? group.Credentials;
        return mine.Euid == theirs.Suid || mine.Euid == theirs.Uid || mine.Uid == theirs.Suid || mine.Uid == theirs.Uid
            || mine.Has(Capability.CAP_KILL)
            || (signal == Signal.SIGCONT && group.Session == task.Group.Session);
    }
}
