using System.Runtime.CompilerServices;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Imports;

/// <summary>
/// The imports of module <c>env</c>: <c>wasm_host_syscall</c> and its few companions. Everything that a companion does is a system
/// call too; they save a guest without a C library from writing it out.
/// </summary>
internal static class SyscallImports
{
    public const string Module = "env";

    public const string SyscallName = "wasm_host_syscall";

    private const int LongestMessage = 4096;

    private static readonly Dictionary<string, HostFunction> Functions = new(StringComparer.Ordinal)
    {
        // A lambda's delegate passes its arguments on as they are; a static method's has to move all of them by one place.
        [SyscallName] = HostFunction.Create((Execution execution, int number, int a1, int a2, int a3, int a4, int a5, int a6) =>
            Call(execution, StandingCall.I386, number, new Registers((uint)a1, (uint)a2, (uint)a3, (uint)a4, (uint)a5, (uint)a6))),
        ["wasm_host_print"] = HostFunction.Create(Print),
        ["wasm_host_exit"] = HostFunction.Create(Exit),
        ["wasm_host_get_time"] = HostFunction.Create(GetTime),
        ["wasm_host_sleep"] = HostFunction.Create(Sleep),
        ["wasm_host_malloc"] = HostFunction.Create(Malloc),
        ["wasm_host_free"] = HostFunction.Create(Free),
    };

    /// <summary>The 64-bit tables through 32-bit registers: -1 is to stay -1, and addresses above 2 GiB are recognised as such.</summary>
    private static readonly HostFunction WideSyscall = HostFunction.Create((Execution execution, int number, int a1, int a2, int a3, int a4, int a5, int a6) =>
        Call(execution, StandingCall.X64, number, new Registers((ulong)a1, (ulong)a2, (ulong)a3, (ulong)a4, (ulong)a5, (ulong)a6)));

    private static readonly HostFunction GenericSyscall = HostFunction.Create((Execution execution, int number, int a1, int a2, int a3, int a4, int a5, int a6) =>
        Call(execution, StandingCall.Generic, number, new Registers((ulong)a1, (ulong)a2, (ulong)a3, (ulong)a4, (ulong)a5, (ulong)a6)));

    /// <summary>The function of that name, for a process of that ABI, or null.</summary>
    public static HostFunction? Find(string name, GuestAbi abi) => name != SyscallName ? Functions.GetValueOrDefault(name) : abi.Table switch
    {
        SyscallTable.X64 => WideSyscall,
        SyscallTable.Generic => GenericSyscall,
        _ => Functions[name],
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Call(Execution execution, bool[] standing, int number, in Registers registers)
    {
        if ((uint)number < (uint)standing.Length && standing[number])
            return (int)StandingCall.Make(execution, number, registers);
        var task = GuestThread.Of(execution).Task;
        var result = SyscallDispatch.Call(task, number, registers);
        if (task.MustEnd)
            execution.Exit();
        return (int)result;
    }

    private static void Print(Execution execution, int pointer, int length)
    {
        var task = GuestThread.Of(execution).Task;
        var wanted = (uint)Math.Clamp(length, 0, LongestMessage);
        // A message that does not lie in memory is not worth a fault: the guest has no result to look at.
        var text = task.Memory.TryGetReadable(new GuestPtr((uint)pointer), wanted, out var bytes)
            ? Encoding.UTF8.GetString(bytes).TrimEnd('\n')
            : $"wasm_host_print: bad address 0x{pointer:x}";
        task.Kernel.Log.Write(task.Kernel.Clock.Monotonic, $"{task.Comm}[{task.Group.Pid}]: {text}");
    }

    private static void Exit(Execution execution, int status)
    {
        GuestCalls.ExitGroup(GuestThread.Of(execution).Task, status);
        execution.Exit();
    }

    private static double GetTime(Execution execution) => GuestThread.Of(execution).Task.Kernel.Clock.Realtime / 1e6;

    private static void Sleep(Execution execution, int milliseconds)
    {
        if (milliseconds <= 0)
            return;
        var task = GuestThread.Of(execution).Task;
        var clock = task.Kernel.Clock;
        var end = Deadline.AtMonotonic(clock.Monotonic + milliseconds * 1_000_000L);
        using (var wait = task.BeginWait())
        {
            while (!clock.HasPassed(end) && !task.MustEnd)
            {
                if (wait.Sleep(end) == Kernel.Tasks.WaitOutcome.Interrupted)
                    break;
            }
        }

        GuestThread.Of(execution).AtSafepoint();
    }

    private static int Malloc(Execution execution, int size) => GuestThread.Of(execution).Memory.Heap.Allocate(GuestThread.Of(execution).Task, (uint)size);

    private static void Free(Execution execution, int pointer) => GuestThread.Of(execution).Memory.Heap.Free((uint)pointer);
}
