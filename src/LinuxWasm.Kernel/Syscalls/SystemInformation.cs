using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sysinfo(2) and getcpu(2).</summary>
public static class SystemInformation
{
    [Syscall("sysinfo", On = SyscallTable.X64 | SyscallTable.Generic)]
    public static SysResult SysInfo(LinuxTask task, [Out] GuestPtr<Sysinfo> info)
    {
        var (total, free) = Memory(task);
        var filled = new Sysinfo
        {
            uptime = Uptime(task),
            totalram = total,
            freeram = free,
            procs = Processes(task),
            mem_unit = 1,
        };
        return task.Memory.TryWrite(info, filled) ? 0 : Errno.EFAULT;
    }

    [Syscall("sysinfo", On = SyscallTable.I386)]
    public static SysResult SysInfoNarrow(LinuxTask task, [Out] GuestPtr<Sysinfo32> info)
    {
        var (total, free) = Memory(task);
        // Counted in pages where bytes would not fit (kernel/sys.c).
        var unit = total > uint.MaxValue ? GuestMemory.PageSize : 1;
        var filled = new Sysinfo32
        {
            uptime = (int)Uptime(task),
            totalram = (uint)(total / unit),
            freeram = (uint)(free / unit),
            procs = Processes(task),
            mem_unit = unit,
        };
        return task.Memory.TryWrite(info, filled) ? 0 : Errno.EFAULT;
    }

    [Syscall("getcpu")]
    public static SysResult GetCpu(LinuxTask task, [Out] GuestPtr<uint> cpu, [Out] GuestPtr<uint> node, GuestPtr tcache)
    {
        var number = task.Kernel.Clock.IsReal ? (uint)Thread.GetCurrentProcessorId() % (uint)task.Kernel.ProcessorCount : 0;
        if (!cpu.IsNull && !task.Memory.TryWrite(cpu, number))
            return Errno.EFAULT;
        return node.IsNull || task.Memory.TryWrite(node, 0u) ? 0 : Errno.EFAULT;
    }

    private static (ulong Total, ulong Free) Memory(LinuxTask task)
    {
        var total = task.Kernel.Options.MemoryLimit;
        ulong used = 0;
        foreach (var group in task.Kernel.Pids.Groups)
        {
            // Threads share their memory, so one of them stands for all.
            if (group.Tasks is [var first, ..])
                used += first.AddressSpace.Usage.Mapped;
        }

        return (total, total - Math.Min(total, used));
    }

    private static long Uptime(LinuxTask task) => (task.Kernel.Clock.Monotonic + Moment.PerSecond - 1) / Moment.PerSecond;

    private static ushort Processes(LinuxTask task) => (ushort)Math.Min(task.Kernel.Pids.Tasks.Count, ushort.MaxValue);
}
