using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getpid(2), getppid(2), gettid(2), set_tid_address(2).</summary>
public static class ProcessIds
{
    [Syscall("getpid")]
    public static SysResult GetPid(LinuxTask task) => task.Group.Pid;

    /// <summary>0 where the parent is outside, as for the first process of a pid namespace.</summary>
    [Syscall("getppid", Man = "getpid(2)")]
    public static SysResult GetPPid(LinuxTask task) => task.Kernel.Pids.ParentOf(task.Group)?.Pid ?? 0;

    [Syscall("gettid")]
    public static SysResult GetTid(LinuxTask task) => task.Tid;

    [Syscall("set_tid_address")]
    public static SysResult SetTidAddress(LinuxTask task, GuestPtr<int> tidptr)
    {
        task.ThreadWord = tidptr;
        return task.Tid;
    }
}
