using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getrusage(2).</summary>
public static class ResourceUsageCalls
{
    private const int RUSAGE_SELF = 0;
    private const int RUSAGE_CHILDREN = -1;
    private const int RUSAGE_THREAD = 1;

    [Syscall("getrusage", On = SyscallTable.X64 | SyscallTable.Generic)]
    public static SysResult GetRusage(LinuxTask task, int who, [Out] GuestPtr<Rusage> usage)
    {
        if (Find(task, who) is not { } used)
            return Errno.EINVAL;
        return task.Memory.TryWrite(usage, Pack(used)) ? 0 : Errno.EFAULT;
    }

    [Syscall("getrusage", On = SyscallTable.I386)]
    public static SysResult GetRusageNarrow(LinuxTask task, int who, [Out] GuestPtr<Rusage32> usage)
    {
        if (Find(task, who) is not { } used)
            return Errno.EINVAL;
        return task.Memory.TryWrite(usage, Pack32(used)) ? 0 : Errno.EFAULT;
    }

    internal static Rusage Pack(ResourceUsage used) => new()
    {
        ru_utime = TimeArguments.PackMicroseconds<Timeval>(used.UserTime),
        ru_stime = TimeArguments.PackMicroseconds<Timeval>(used.SystemTime),
        ru_maxrss = used.MaxResident,
        ru_nvcsw = used.VoluntarySwitches,
    };

    internal static Rusage32 Pack32(ResourceUsage used) => new()
    {
        ru_utime = TimeArguments.PackMicroseconds<OldTimeval32>(used.UserTime),
        ru_stime = TimeArguments.PackMicroseconds<OldTimeval32>(used.SystemTime),
        ru_maxrss = (int)used.MaxResident,
        ru_nvcsw = (int)used.VoluntarySwitches,
    };

    private static ResourceUsage? Find(LinuxTask task, int who) => who switch
    {
        RUSAGE_SELF => task.Group.Usage,
        RUSAGE_CHILDREN => task.Group.ChildrenUsage,
        RUSAGE_THREAD => task.Usage,
        _ => null,
    };
}
