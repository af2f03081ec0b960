using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>membarrier(2)'s commands.</summary>
[Flags]
public enum BarrierCommand : uint
{
    MEMBARRIER_CMD_QUERY = 0,
    MEMBARRIER_CMD_GLOBAL = 1,
    MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2,
    MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4,
    MEMBARRIER_CMD_PRIVATE_EXPEDITED = 8,
    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 16,
    MEMBARRIER_CMD_GET_REGISTRATIONS = 512,
}

/// <summary>membarrier(2). Core-serializing and restartable-sequence barriers are not here, as on a processor without them.</summary>
public static class MemoryBarriers
{
    private const BarrierCommand Supported = BarrierCommand.MEMBARRIER_CMD_GLOBAL | BarrierCommand.MEMBARRIER_CMD_GLOBAL_EXPEDITED
        | BarrierCommand.MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | BarrierCommand.MEMBARRIER_CMD_PRIVATE_EXPEDITED
        | BarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | BarrierCommand.MEMBARRIER_CMD_GET_REGISTRATIONS;

    [Syscall("membarrier", Unsupported = "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE; MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ")]
    public static SysResult Membarrier(LinuxTask task, BarrierCommand cmd, uint flags, int cpu_id)
    {
        if (flags != 0)
            return Errno.EINVAL;
        var space = task.AddressSpace;
        switch (cmd)
        {
            case BarrierCommand.MEMBARRIER_CMD_QUERY:
                return (uint)Supported;
            case BarrierCommand.MEMBARRIER_CMD_GLOBAL or BarrierCommand.MEMBARRIER_CMD_GLOBAL_EXPEDITED:
                Interlocked.MemoryBarrierProcessWide();
                return 0;
            case BarrierCommand.MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED or BarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
                space.RegisterBarriers(cmd);
                return 0;
            case BarrierCommand.MEMBARRIER_CMD_PRIVATE_EXPEDITED:
                if ((space.RegisteredBarriers & BarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0)
                    return Errno.EPERM;
                Interlocked.MemoryBarrierProcessWide();
                return 0;
            case BarrierCommand.MEMBARRIER_CMD_GET_REGISTRATIONS:
                return (uint)space.RegisteredBarriers;
            default:
                return Errno.EINVAL;
        }
    }
}
