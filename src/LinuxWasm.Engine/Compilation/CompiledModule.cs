using System.Collections.Concurrent;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// A module's machine code, made function by function when first called: first in the quick form, which the JIT makes in a third of the
/// time; a function that is called often or loops long is compiled again, optimized, on a thread of its own. Instances on any threads share it.
/// </summary>
internal sealed class CompiledModule(WasmModule module, EngineOptions options)
{
    /// <summary>
    /// From here on a body gives more IL than the JIT optimizes (60,000 bytes, give or take), so that a second form would be no better than the first.
    /// </summary>
    private const int HugeBody = 20_000;

    private readonly CodeForm?[] quick = new CodeForm?[module.Functions.Count];
    private readonly CodeForm?[] optimized = new CodeForm?[module.Functions.Count];
    private readonly CodeForm?[] rewinding = new CodeForm?[module.Functions.Count];
    private readonly ConcurrentDictionary<(int Function, int Site), CallSite> sites = new();

    public WasmModule Module { get; } = module;

    public EngineOptions Options { get; } = options;

    public ModuleLayout Layout { get; } = new(module);

    public ModuleFacts Facts { get; } = new(module, options);

    /// <summary>The address of a function of the module's own in the best form there is, compiled now if it has not been.</summary>
    public nint Address(int function)
    {
        nint best = OptimizedAddress(function);
        if (best != 0)
            return best;
        return StartsQuick(function) ? Form(quick, function, FormKind.Quick).Address : Form(optimized, function, FormKind.Optimized).Address;
    }

    /// <summary>0 while there is no such form.</summary>
    public nint OptimizedAddress(int function) => Volatile.Read(ref optimized[function])?.ReadyAddress ?? 0;

    /// <summary>The function's other form, which starts by restoring a saved frame. It is made when a frame is first resumed.</summary>
    public nint RewindAddress(int function) => Form(rewinding, function, FormKind.Rewinding).Address;

    /// <summary>Whether the form that a loop in progress goes on in is there. If not, it is ordered.</summary>
    public bool HasRewinding(int function) => IsReady(rewinding, function, FormKind.Rewinding);

    /// <summary>Has the optimized form made, if nobody has asked for it yet.</summary>
    public void Optimize(int function) => IsReady(optimized, function, FormKind.Optimized);

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

    private bool StartsQuick(int function) => Options.OptimizeAfter > 0 && Module.Bodies[function - Module.ImportedFunctions].Length < HugeBody;

    private bool IsReady(CodeForm?[] forms, int function, FormKind kind)
    {
        if (Volatile.Read(ref forms[function]) is { } known)
            return known.ReadyAddress != 0;
        var form = Form(forms, function, kind);
        BackgroundCompiler.Enqueue(form);
        return false;
    }

    private CodeForm Form(CodeForm?[] forms, int function, FormKind kind)
    {
        if (Volatile.Read(ref forms[function]) is { } known)
            return known;
        var made = new CodeForm(this, function, kind);
        return Interlocked.CompareExchange(ref forms[function], made, null) ?? made;
    }
}

/// <summary>A call at which a frame can be saved.</summary>
/// <param name="Types">Of the values saved, in order, 16 bytes each.</param>
/// <param name="Callee">The type of what is called; empty for a call that a test has injected.</param>
/// <param name="Layout">Differs, most likely, where another compiler would save other values here: a hash of the instruction's number and of the locals saved.</param>
internal sealed record CallSite(ValType[] Types, FuncType Callee, uint Layout);
