using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Processes;

/// <summary>System calls that the machine makes in a guest's name, on the guest's thread: what a C library's start would do.</summary>
internal static class GuestCalls
{
    private const ulong ProtReadWrite = 3;
    private const ulong MapPrivateAnonymous = 0x22;
    private const ulong SigSetMask = 2;
    private const ulong SignalSetSize = 8;

    public static void Exit(LinuxTask task, int status) => Call(task, "exit", (uint)status);

    public static void ExitGroup(LinuxTask task, int status) => Call(task, "exit_group", (uint)status);

    /// <summary>Maps zeroed pages wherever there is room.</summary>
    public static bool TryMapAnonymous(LinuxTask task, uint length, out uint address)
    {
        var result = Call(task, task.Abi.Is32Bit ? "mmap2" : "mmap", 0, length, ProtReadWrite, MapPrivateAnonymous, ulong.MaxValue);
        address = (uint)result;
        return !new SysResult(result).IsError;
    }

    /// <summary>Fills guest memory with the kernel's random bytes. Few enough that getrandom(2) gives all of them.</summary>
    public static void FillRandom(LinuxTask task, uint address, int count)
    {
        // execve does this, not the program: no trace shows it.
        var tracer = task.Tracer;
        task.Tracer = null;
        Call(task, "getrandom", address, (ulong)count);
        task.Tracer = tracer;
    }

    /// <summary>Writes the mask of blocked signals, 8 bytes, to guest memory.</summary>
    public static void GetSignalMask(LinuxTask task, uint address) => Call(task, "rt_sigprocmask", SigSetMask, 0, address, SignalSetSize);

    /// <summary>Takes the mask of blocked signals from guest memory.</summary>
    public static void SetSignalMask(LinuxTask task, uint address) => Call(task, "rt_sigprocmask", SigSetMask, address, 0, SignalSetSize);

    private static long Call(LinuxTask task, string name, ulong a1, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0) =>
        SyscallDispatch.Call(task, SyscallNumbers.Find(name)!.In(task.Abi.Table)!.Value, new Registers(a1, a2, a3, a4, a5));
}
