using System.Reflection;
using System.Runtime.CompilerServices;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Imports;

/// <summary>
/// One <c>wali.SYS_*</c> import: a number, and a method for each shape that its parameters can have. The shapes are generic methods over
/// <c>int</c> and <c>long</c>, which the runtime compiles when a program first makes such a call.
/// </summary>
/// <param name="number">The x86-64 number; one that no table has answers ENOSYS.</param>
internal sealed class WaliCall(int number)
{
    private const int MaxArguments = 6;

    private static readonly MethodInfo[] Shapes = [.. typeof(WaliCall)
        .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(method => method.Name == nameof(Call) && method.ReturnType == typeof(long))
        .OrderBy(method => method.GetParameters().Length)];

    private static readonly Type[] Delegates =
    [
        typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(Func<,,,,>),
        typeof(Func<,,,,,>), typeof(Func<,,,,,,>), typeof(Func<,,,,,,,>),
    ];

    /// <summary>The import as a host function of exactly the type that the module asks for, or null where that type is no system call's.</summary>
    public static HostFunction? Create(int number, FuncType type)
    {
        if (!IsCall(type))
            return null;
        var parameters = type.Parameters;
        // exit(2) may be declared without a result, and a call with an int: rare enough to go the slower way.
        if (type.Results.Length != 1 || type.Results[0] != ValType.I64)
            return HostFunction.Create(type, (execution, arguments, results) => new WaliCall(number).Call(execution, type, arguments, results));
        var types = new Type[parameters.Length + 2];
        types[0] = typeof(Execution);
        types[^1] = typeof(long);
        for (var i = 0; i < parameters.Length; i++)
            types[i + 1] = parameters[i] == ValType.I32 ? typeof(int) : typeof(long);

        var shape = Shapes[parameters.Length];
        var method = parameters.Length == 0 ? shape : shape.MakeGenericMethod(types[1..^1]);
        return HostFunction.Create(method.CreateDelegate(Delegates[parameters.Length].MakeGenericType(types), new WaliCall(number)));
    }

    /// <summary>The same for a call that is made while its caller's frames are saved: fork and its like, where speed is no concern.</summary>
    public static HostFunction? CreateStanding(int number, FuncType type) => IsCall(type)
        ? HostFunction.Create(type, (execution, arguments, results) => results.Fill(StandingCall.Make(execution, number, Gather(type, arguments))))
        : null;

    private static bool IsCall(FuncType type)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter is not (ValType.I32 or ValType.I64))
                return false;
        }

        return type.Parameters.Length <= MaxArguments;
    }

    private void Call(Execution execution, FuncType type, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var given = Gather(type, arguments);
        results.Fill(Make(execution, given.A1, given.A2, given.A3, given.A4, given.A5, given.A6));
    }

    private static Registers Gather(FuncType type, ReadOnlySpan<WasmValue> arguments)
    {
        Span<ulong> registers = stackalloc ulong[MaxArguments];
        registers.Clear();
        for (var i = 0; i < arguments.Length; i++)
            registers[i] = type.Parameters[i] == ValType.I32 ? (uint)arguments[i].I32 : (ulong)arguments[i].I64;
        return new Registers(registers[0], registers[1], registers[2], registers[3], registers[4], registers[5]);
    }

    private long Call(Execution execution) => Make(execution, 0, 0, 0, 0, 0, 0);

    private long Call<T1>(Execution execution, T1 a1) => Make(execution, Register(a1), 0, 0, 0, 0, 0);

    private long Call<T1, T2>(Execution execution, T1 a1, T2 a2) => Make(execution, Register(a1), Register(a2), 0, 0, 0, 0);

    private long Call<T1, T2, T3>(Execution execution, T1 a1, T2 a2, T3 a3) =>
        Make(execution, Register(a1), Register(a2), Register(a3), 0, 0, 0);

    private long Call<T1, T2, T3, T4>(Execution execution, T1 a1, T2 a2, T3 a3, T4 a4) =>
        Make(execution, Register(a1), Register(a2), Register(a3), Register(a4), 0, 0);

    private long Call<T1, T2, T3, T4, T5>(Execution execution, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5) =>
        Make(execution, Register(a1), Register(a2), Register(a3), Register(a4), Register(a5), 0);

    private long Call<T1, T2, T3, T4, T5, T6>(Execution execution, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6) =>
        Make(execution, Register(a1), Register(a2), Register(a3), Register(a4), Register(a5), Register(a6));

    /// <summary>i32 is zero-extended: it may be a pointer or a size, and the kernel takes an int's low half anyway.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Register<T>(T value) => typeof(T) == typeof(int) ? (uint)(int)(object)value! : (ulong)(long)(object)value!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Make(Execution execution, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong a6)
    {
        var task = GuestThread.Of(execution).Task;
        var result = SyscallDispatch.Call(task, number, new Registers(a1, a2, a3, a4, a5, a6));
        if (task.MustEnd)
            execution.Exit();
        return result;
    }
}
