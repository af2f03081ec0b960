using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getpid(2), gettid(2).</summary>
public static class ProcessIds
{
    [Syscall("getpid")]
    public static SysResult GetPid(LinuxTask task) => task.Group.Pid;

    [Syscall("gettid")]
    public static SysResult GetTid(LinuxTask task) => task.Tid;
}
