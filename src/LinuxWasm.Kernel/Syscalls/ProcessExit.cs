using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>exit(2) of one thread, exit_group(2) of all.</summary>
public static class ProcessExit
{
    [Syscall("exit", Man = "_exit(2)")]
    public static SysResult Exit(LinuxTask task, int status)
    {
        task.Exit(status);
        return 0;
    }

    [Syscall("exit_group")]
    public static SysResult ExitGroup(LinuxTask task, int status)
    {
        task.Group.EndAll(WaitStatus.Exited(status));
        return 0;
    }
}
