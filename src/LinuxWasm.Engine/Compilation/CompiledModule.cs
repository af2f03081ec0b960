using System.Collections.Concurrent;
using System.Reflection.Emit;

namespace LinuxWasm.Engine.Compilation;

/// <summary>A module's machine code, made function by function when first called. Instances on any threads share it.</summary>
internal sealed class CompiledModule(WasmModule module)
{
    private readonly DynamicMethod?[] methods = new DynamicMethod?[module.Functions.Count];
    private readonly nint[] addresses = new nint[module.Functions.Count];
    private readonly Lock gate = new();

    public WasmModule Module { get; } = module;

    public ModuleLayout Layout { get; } = new(module);

    public ModuleFacts Facts { get; } = new(module);

    /// <summary>The address of a function of the module's own, compiled now if it has not been.</summary>
    public nint Address(int function)
    {
        nint address = Volatile.Read(ref addresses[function]);
        if (address != 0)
            return address;
        lock (gate)
        {
            if (addresses[function] == 0)
            {
                methods[function] = FunctionCompiler.Compile(this, function);
                Volatile.Write(ref addresses[function], DynamicCode.Address(methods[function]!));
            }

            return addresses[function];
        }
    }
}

/// <summary>IL signatures of calls.</summary>
internal static class Signatures
{
    private static readonly ConcurrentDictionary<FuncType, byte[]> Calls = new();

    /// <summary>The signature of a compiled function.</summary>
    public static byte[] ForCall(FuncType type) =>
        Calls.GetOrAdd(type, t => IlWriter.Signature(IlTypes.ResultOf(t), FunctionCompiler.ParameterTypes(t)));
}
