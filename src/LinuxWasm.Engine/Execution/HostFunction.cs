using System.Reflection;
using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine;

/// <summary>A host function whose types are known only when it runs.</summary>
public delegate void HostCallback(Execution execution, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

/// <summary>
/// A function that the host offers to guests. Compiled code calls the delegate directly: no boxing, no arrays. It runs in the guest's
/// thread; an exception it throws unwinds the guest and comes out of the call that started it.
/// </summary>
public sealed class HostFunction : Function
{
    private HostFunction(FuncType type, Delegate target)
        : base(type) => Target = target;

    /// <summary>The delegate: first parameter <see cref="Execution"/>, then those of <see cref="Function.Type"/>.</summary>
    internal Delegate Target { get; }

    /// <summary>
    /// From a delegate of any type whose first parameter is an <see cref="Execution"/> and whose others, and result, are
    /// <c>int</c> or <c>uint</c> (i32), <c>long</c> or <c>ulong</c> (i64), <c>float</c>, <c>double</c>,
    /// <c>Vector128&lt;byte&gt;</c> (v128) or <c>nint</c> (externref).
    /// </summary>
    /// <exception cref="ArgumentException">The delegate has another parameter or result.</exception>
    public static HostFunction Create(Delegate target)
    {
        var invoke = target.GetType().GetMethod("Invoke") ?? throw new ArgumentException("not a delegate", nameof(target));
        var parameters = invoke.GetParameters();
        if (parameters.Length == 0 || parameters[0].ParameterType != typeof(Execution))
            throw new ArgumentException($"the first parameter of {invoke} must be an {nameof(Execution)}", nameof(target));
        var types = new ValType[parameters.Length - 1];
        for (int i = 0; i < types.Length; i++)
            types[i] = Map(parameters[i + 1].ParameterType, invoke);
        var result = invoke.ReturnType == typeof(void) ? [] : new[] { Map(invoke.ReturnType, invoke) };
        return new HostFunction(FuncType.Get(types, result), target);
    }

    /// <summary>From a callback that takes its arguments in an array; slower, for types known only at run time and for several results.</summary>
    public static HostFunction Create(FuncType type, HostCallback callback) => new(type, callback);

    private static ValType Map(Type type, MethodInfo where)
    {
        if (type == typeof(int) || type == typeof(uint))
            return ValType.I32;
        if (type == typeof(long) || type == typeof(ulong))
            return ValType.I64;
        if (type == typeof(float))
            return ValType.F32;
        if (type == typeof(double))
            return ValType.F64;
        if (type == typeof(Vector128<byte>))
            return ValType.V128;
        if (type == typeof(nint))
            return ValType.ExternRef;
        throw new ArgumentException($"{where}: {type} is no WebAssembly type");
    }
}
