using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Imports;

/// <summary>
/// The imports of module <c>wali</c>: <c>SYS_*</c> calls, and what a program's start asks for. A name that is not known links all the same,
/// with the type that the module gives it, and answers ENOSYS when it is called.
/// </summary>
internal static class WaliImports
{
    public const string Module = "wali";

    private const string SyscallPrefix = "SYS_";

    /// <summary>Above every table: the dispatcher answers ENOSYS and counts it.</summary>
    private const int NoNumber = int.MaxValue;

    private static readonly Dictionary<string, HostFunction> Functions = new(StringComparer.Ordinal)
    {
        ["__init"] = HostFunction.Create((Execution _) => 0),
        ["__deinit"] = HostFunction.Create((Execution _) => 0),
        ["__get_init_envfile"] = HostFunction.Create(GetInitEnvFile),
        ["__cl_get_argc"] = HostFunction.Create(GetArgumentCount),
        ["__cl_get_argv_len"] = HostFunction.Create(GetArgumentLength),
        ["__cl_copy_argv"] = HostFunction.Create(CopyArgument),
        ["__proc_exit"] = HostFunction.Create(ProcExit),
        ["__wasm_thread_spawn"] = HostFunction.Create(ThreadSpawning.Spawn),
    };

    /// <summary>Whether a call is made while its caller's frames are saved.</summary>
    public static bool Suspends(string name) => name.StartsWith(SyscallPrefix, StringComparison.Ordinal) && StandingCall.IsOne(name[SyscallPrefix.Length..]);

    /// <summary>What answers an import of this module, or null where its type is none that WALI has.</summary>
    public static HostFunction? Find(string name, FuncType type)
    {
        if (Functions.TryGetValue(name, out var function))
            return function;
        if (name.StartsWith(SyscallPrefix, StringComparison.Ordinal))
        {
            var call = name[SyscallPrefix.Length..];
            var number = SyscallNumbers.Find(call)?.X64 ?? NoNumber;
            return (StandingCall.IsOne(call) ? WaliCall.CreateStanding(number, type) : WaliCall.Create(number, type)) ?? Unknown(type);
        }

        return Unknown(type);
    }

    private static HostFunction Unknown(FuncType type) => HostFunction.Create(type, (execution, _, results) =>
    {
        var task = GuestThread.Of(execution).Task;
        var answer = SyscallDispatch.Call(task, NoNumber, new Registers(0));
        foreach (ref var result in results)
            result = answer;
    });

    /// <summary>The environment is handed over in a file of newline-separated KEY=VALUE, whose path is the answer.</summary>
    private static int GetInitEnvFile(Execution execution, int buffer, int size)
    {
        var thread = GuestThread.Of(execution);
        if (thread.EnvironmentFile?.Path is not { } path || path.Length + 1 > size)
            return 0;
        return Copy(thread, path, (uint)buffer) ? 1 : 0;
    }

    private static int GetArgumentCount(Execution execution)
    {
        var thread = GuestThread.Of(execution);
        thread.EnvironmentFile?.Dispose();
        return thread.Arguments.Count;
    }

    private static int GetArgumentLength(Execution execution, int index)
    {
        var arguments = GuestThread.Of(execution).Arguments;
        return (uint)index < (uint)arguments.Count ? arguments[index].Length : 0;
    }

    private static int CopyArgument(Execution execution, int target, int index)
    {
        var thread = GuestThread.Of(execution);
        return (uint)index < (uint)thread.Arguments.Count && Copy(thread, thread.Arguments[index], (uint)target) ? 0 : -1;
    }

    private static bool Copy(GuestThread thread, ReadOnlySpan<byte> text, uint target)
    {
        if (!thread.Task.Memory.TryGetWritable(new GuestPtr(target), (uint)text.Length + 1, out var room))
            return false;
        text.CopyTo(room);
        room[text.Length] = 0;
        return true;
    }

    private static void ProcExit(Execution execution, int code)
    {
        GuestCalls.ExitGroup(GuestThread.Of(execution).Task, code);
        execution.Exit();
    }
}
