using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Proc;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2).</summary>
public static class PidDescriptors
{
    /// <summary>PIDFD_SELF_THREAD and PIDFD_SELF_THREAD_GROUP (linux/pidfd.h): the caller, in a descriptor's place.</summary>
    private const int SelfThread = -10000, SelfProcess = -10001;

    [Syscall("pidfd_open", Unsupported = "ioctl(PIDFD_GET_INFO) and the PIDFD_GET_*_NAMESPACE requests (ENOTTY)")]
    public static SysResult PidFdOpen(LinuxTask task, int pid, PidFdFlags flags)
    {
        if ((flags & ~PidFdFlags.All) != 0 || pid <= 0)
            return Errno.EINVAL;
        var pids = task.Kernel.Pids;
        var group = pids.FindAnyGroup(pid);
        if (group is null)
            return Errno.ESRCH;
        // The number of a thread that is not its process's first (ENOENT since Linux 6.15, EINVAL before).
        if (group.Pid != pid && (flags & PidFdFlags.PIDFD_THREAD) == 0)
            return Errno.ENOENT;
        var error = task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec: true, out var fd);
        if (error != Errno.None)
            return error;
        task.Files.Install(fd, group.PidInodeOf(pid).Open(flags));
        return fd;
    }

    [Syscall("pidfd_send_signal")]
    public static SysResult PidFdSendSignal(LinuxTask task, Fd pidfd, Signal sig, [In] GuestPtr info, PidFdSignalFlags flags)
    {
        // None or one of them.
        if ((flags & ~PidFdSignalFlags.All) != 0 || (flags & (flags - 1)) != 0)
            return Errno.EINVAL;
        if (FindTarget(task, pidfd.Value, out var scope) is not { } target)
            return Errno.EBADF;
        if (flags != PidFdSignalFlags.None)
            scope = flags;
        SignalInfo sent;
        if (info.IsNull)
        {
            sent = SignalInfo.FromUser(sig, task, scope == PidFdSignalFlags.PIDFD_SIGNAL_THREAD ? SignalCode.SI_TKILL : SignalCode.SI_USER);
        }
        else
        {
            if (!SignalInfoLayoutExtensions.TryRead(task, info, sig, out sent) || !task.Memory.TryRead<int>(info, out var number))
                return Errno.EFAULT;
            if (number != (int)sig)
                return Errno.EINVAL;
            var toSelf = task.Tid == target.Tid && scope != PidFdSignalFlags.PIDFD_SIGNAL_PROCESS_GROUP;
            if (!toSelf && (sent.Code >= 0 || sent.Code == SignalCode.SI_TKILL))
                return Errno.EPERM;
        }

        if (scope == PidFdSignalFlags.PIDFD_SIGNAL_PROCESS_GROUP)
            return SignalSending.SendToMembers(task, task.Kernel.Pids.MembersOf(target.Tid), sent);
        if (target.IsReleased)
            return Errno.ESRCH;
        if (scope == PidFdSignalFlags.PIDFD_SIGNAL_THREAD_GROUP)
            return SignalSending.Send(task, target.Group, target: null, sent);
        // A first thread that has ended while others go on takes signals, and nothing comes of them.
        return target.Thread is { } thread
            ? SignalSending.Send(task, target.Group, thread, sent)
            : SignalSending.Check(task, target.Group, target: null, sent.Signal);
    }

    [Syscall("pidfd_getfd")]
    public static SysResult PidFdGetFd(LinuxTask task, Fd pidfd, int targetfd, uint flags)
    {
        if (flags != 0)
            return Errno.EINVAL;
        if (Find(task, pidfd.Value) is not { Target: var target })
            return Errno.EBADF;
        if (target.Thread is not { } owner)
            return Errno.ESRCH;
        if (!PtraceAccess.WithRealIds(task, target.Group))
            return Errno.EPERM;
        using var found = owner.Files.GetCounted(targetfd);
        if (found.File is not { } file)
            return Errno.EBADF;
        file.AddReference();
        var error = task.Files.Add(file, task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec: true, out var fd);
        if (error == Errno.None)
            return fd;
        file.Release();
        return error;
    }

    /// <summary>The pid descriptor with a number, or null.</summary>
    internal static PidFile? Find(LinuxTask task, int fd)
    {
        using var use = task.Files.Get(fd);
        return use.File as PidFile;
    }

    /// <summary>Whom a signal is for: a directory of /proc stands for its process, as before there were pid descriptors.</summary>
    private static PidInode? FindTarget(LinuxTask task, int pidfd, out PidFdSignalFlags scope)
    {
        scope = PidFdSignalFlags.PIDFD_SIGNAL_THREAD_GROUP;
        switch (pidfd)
        {
            case SelfThread:
                scope = PidFdSignalFlags.PIDFD_SIGNAL_THREAD;
                return task.Group.PidInodeOf(task.Tid);
            case SelfProcess:
                return task.Group.PidInodeOf(task.Group.Pid);
        }

        using var use = task.Files.Get(pidfd);
        switch (use.File)
        {
            case PidFile file:
                if (file.IsOfThread)
                    scope = PidFdSignalFlags.PIDFD_SIGNAL_THREAD;
                return file.Target;
            case { IsPathOnly: false, Inode: ProcProcess { IsThread: false, Process: { } process } }:
                return process.PidInodeOf(process.Pid);
            default:
                return null;
        }
    }
}
