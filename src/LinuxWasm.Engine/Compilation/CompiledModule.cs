using System.Collections.Concurrent;
using System.Reflection.Emit;

namespace LinuxWasm.Engine.Compilation;

/// <summary>A module's machine code, made function by function when first called. Instances on any threads share it.</summary>
internal sealed class CompiledModule(WasmModule module, EngineOptions options)
{
    private readonly DynamicMethod?[] methods = new DynamicMethod?[module.Functions.Count];
    private readonly nint[] addresses = new nint[module.Functions.Count];
    private readonly Dictionary<int, (DynamicMethod Method, nint Address)> rewinding = [];
    private readonly ConcurrentDictionary<(int Function, int Site), CallSite> sites = new();
    private readonly Lock gate = new();

    public WasmModule Module { get; } = module;

    public EngineOptions Options { get; } = options;

    public ModuleLayout Layout { get; } = new(module);

    public ModuleFacts Facts { get; } = new(module, options);

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
                methods[function] = FunctionCompiler.Compile(this, function, rewinding: false);
                Volatile.Write(ref addresses[function], DynamicCode.Address(methods[function]!));
            }

            return addresses[function];
        }
    }

    /// <summary>The function's other form, which starts by restoring a saved frame. It is made when a frame is first resumed.</summary>
    public nint RewindAddress(int function)
    {
        lock (gate)
        {
            if (rewinding.TryGetValue(function, out var known))
                return known.Address;
            var method = FunctionCompiler.Compile(this, function, rewinding: true);
            nint address = DynamicCode.Address(method);
            rewinding[function] = (method, address);
            return address;
        }
    }

    /// <summary>What a frame saves at a call site; null if the function has no such site that suspends.</summary>
    public CallSite? Site(int function, int site)
    {
        if (sites.TryGetValue((function, site), out var known))
            return known;

        // Code that came from elsewhere than this compiler has not told its sites.
        FunctionCompiler.Describe(this, function);
        return sites.GetValueOrDefault((function, site));
    }

    internal void NoteSite(int function, int site, CallSite description) => sites[(function, site)] = description;
}

/// <summary>A call at which a frame can be saved.</summary>
/// <param name="Types">Of the values saved, in order, 16 bytes each.</param>
/// <param name="Callee">The type of what is called; empty for a call that a test has injected.</param>
/// <param name="Layout">Differs, most likely, where another compiler would save other values here: a hash of the instruction's number and of the locals saved.</param>
internal sealed record CallSite(ValType[] Types, FuncType Callee, uint Layout);

/// <summary>IL signatures of calls.</summary>
internal static class Signatures
{
    private static readonly ConcurrentDictionary<FuncType, byte[]> Calls = new();

    /// <summary>The signature of a compiled function.</summary>
    public static byte[] ForCall(FuncType type) =>
        Calls.GetOrAdd(type, t => IlWriter.Signature(IlTypes.ResultOf(t), FunctionCompiler.ParameterTypes(t)));
}
