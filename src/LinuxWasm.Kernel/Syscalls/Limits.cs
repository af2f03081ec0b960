using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getrlimit(2), setrlimit(2), prlimit(2).</summary>
public static class Limits
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const string Man = "getrlimit(2)";

    [Syscall("getrlimit", On = WideOnly)]
    public static SysResult GetRlimit(LinuxTask task, Resource resource, [Out] GuestPtr<Rlimit> rlim)
    {
        if (!IsResource(resource))
            return Errno.EINVAL;
        return task.Memory.TryWrite(rlim, Pack(task.Group.Limits.Get(resource))) ? 0 : Errno.EFAULT;
    }

    [Syscall("ugetrlimit", Man = Man)]
    public static SysResult GetRlimit32(LinuxTask task, Resource resource, [Out] GuestPtr<Rlimit32> rlim) =>
        Get32(task, resource, rlim, Rlimit32.Infinity);

    /// <summary>i386's first form, whose limits were signed.</summary>
    [Syscall("getrlimit", On = SyscallTable.I386)]
    public static SysResult OldGetRlimit(LinuxTask task, Resource resource, [Out] GuestPtr<Rlimit32> rlim) =>
        Get32(task, resource, rlim, Rlimit32.OldInfinity);

    [Syscall("setrlimit", On = WideOnly, Man = Man)]
    public static SysResult SetRlimit(LinuxTask task, Resource resource, [In] GuestPtr<Rlimit> rlim)
    {
        if (!task.Memory.TryRead<Rlimit>(rlim, out var limit))
            return Errno.EFAULT;
        return Set(task, task.Group, resource, new ResourceLimit(limit.rlim_cur, limit.rlim_max), out _);
    }

    [Syscall("setrlimit", On = SyscallTable.I386, Man = Man)]
    public static SysResult SetRlimit32(LinuxTask task, Resource resource, [In] GuestPtr<Rlimit32> rlim)
    {
        if (!task.Memory.TryRead<Rlimit32>(rlim, out var limit))
            return Errno.EFAULT;
        return Set(task, task.Group, resource, new ResourceLimit(Widen(limit.rlim_cur), Widen(limit.rlim_max)), out _);
    }

    [Syscall("prlimit64", Man = Man)]
    public static SysResult PrLimit(LinuxTask task, int pid, Resource resource, [In] GuestPtr<Rlimit> new_limit, [Out] GuestPtr<Rlimit> old_limit)
    {
        Rlimit limit = default;
        if (!new_limit.IsNull && !task.Memory.TryRead(new_limit, out limit))
            return Errno.EFAULT;
        var target = pid == 0 ? task : task.Kernel.Pids.FindTaskOrZombie(pid);
        if (target is null)
            return Errno.ESRCH;
        if (!MayLimit(task, target))
            return Errno.EPERM;
        if (!IsResource(resource))
            return Errno.EINVAL;

        var old = target.Group.Limits.Get(resource);
        if (!new_limit.IsNull)
        {
            var error = Set(task, target.Group, resource, new ResourceLimit(limit.rlim_cur, limit.rlim_max), out old);
            if (error != Errno.None)
                return error;
        }

        // Linux does not take the new limit back where the old one can't be copied out.
        return old_limit.IsNull || task.Memory.TryWrite(old_limit, Pack(old)) ? 0 : Errno.EFAULT;
    }

    private static Errno Set(LinuxTask task, ThreadGroup group, Resource resource, ResourceLimit limit, out ResourceLimit old)
    {
        old = default;
        if (!IsResource(resource) || limit.Soft > limit.Hard)
            return Errno.EINVAL;
        if (resource == Resource.RLIMIT_NOFILE && limit.Hard > ResourceLimits.MaxOpenFiles)
            return Errno.EPERM;
        var error = group.Limits.Exchange(resource, limit, task.Credentials.Has(Capability.CAP_SYS_RESOURCE), out old);
        if (error == Errno.None && resource == Resource.RLIMIT_CPU)
            group.Timers.LimitCpu();
        return error;
    }

    /// <summary>check_prlimit_permission: all ids of the other process are the caller's real ones.</summary>
    private static bool MayLimit(LinuxTask task, LinuxTask target)
    {
        if (ReferenceEquals(task, target))
            return true;
        var mine = task.Credentials;
        var other = target.Credentials;
        return (mine.Uid == other.Euid && mine.Uid == other.Suid && mine.Uid == other.Uid
                && mine.Gid == other.Egid && mine.Gid == other.Sgid && mine.Gid == other.Gid)
            || mine.Has(Capability.CAP_SYS_RESOURCE);
    }

    private static SysResult Get32(LinuxTask task, Resource resource, GuestPtr<Rlimit32> rlim, uint most)
    {
        if (!IsResource(resource))
            return Errno.EINVAL;
        var limit = task.Group.Limits.Get(resource);
        var narrow = new Rlimit32
        {
            rlim_cur = (uint)Math.Min(limit.Soft, most),
            rlim_max = (uint)Math.Min(limit.Hard, most),
        };
        return task.Memory.TryWrite(rlim, narrow) ? 0 : Errno.EFAULT;
    }

    private static bool IsResource(Resource resource) => (uint)resource < ResourceLimits.Count;

    private static ulong Widen(uint limit) => limit == Rlimit32.Infinity ? Rlimit.Infinity : limit;

    private static Rlimit Pack(ResourceLimit limit) => new() { rlim_cur = limit.Soft, rlim_max = limit.Hard };
}
