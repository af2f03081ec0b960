using System.Collections.Concurrent;
using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Caching;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// A module's machine code, made function by function when first called: first in the quick form, which the JIT makes in a third of the
/// time; a function that is called often or loops long is compiled again, optimized, on a thread of its own. Instances on any threads share it.
/// </summary>
internal sealed class CompiledModule
{
    /// <summary>
    /// From here on a body gives more IL than the JIT optimizes (60,000 bytes, give or take), so that a second form would be no better than the first.
    /// </summary>
    private const int HugeBody = 20_000;

    private readonly CodeForm?[] quick = [];
    private readonly CodeForm?[] optimized = [];
    private readonly CodeForm?[] rewinding = [];
    private readonly ConcurrentDictionary<(int Function, int Site), CallSite> sites = new();

    private readonly ModuleHistory? history;

    public CompiledModule(WasmModule module, EngineOptions options)
    {
        Module = module;
        Options = options;
        Layout = new ModuleLayout(module);
        Facts = new ModuleFacts(module, options);
        quick = new CodeForm?[module.Functions.Count];
        optimized = new CodeForm?[module.Functions.Count];
        rewinding = new CodeForm?[module.Functions.Count];
        if (options.Cache is null || module.CacheKey is null)
            return;
        history = new ModuleHistory(options.Cache, module, Facts.Fingerprint);
        history.Begin();
        foreach (var function in history.Known)
            BackgroundCompiler.Enqueue(FirstForm(function.Index));
        foreach (var function in history.Known)
        {
            if (function.Busy)
                Optimize(function.Index);
        }
    }

    /// <summary>Functions whose code came from the cache.</summary>
    public int KnownFunctions => history?.Known.Count ?? 0;

    public WasmModule Module { get; }

    public EngineOptions Options { get; }

    public ModuleLayout Layout { get; }

    public ModuleFacts Facts { get; }

    /// <summary>The address of a function of the module's own in the best form there is, compiled now if it has not been.</summary>
    public nint Address(int function)
    {
        history?.NoteCalled(function);
        nint best = OptimizedAddress(function);
        return best != 0 ? best : FirstForm(function).Address;
    }

    /// <summary>0 while there is no such form.</summary>
    public nint OptimizedAddress(int function) => Volatile.Read(ref optimized[function])?.ReadyAddress ?? 0;

    /// <summary>The function's other form, which starts by restoring a saved frame. It is made when a frame is first resumed.</summary>
    public nint RewindAddress(int function) => Form(rewinding, function, FormKind.Rewinding).Address;

    /// <summary>Whether the form that a loop in progress goes on in is there. If not, it is ordered.</summary>
    public bool HasRewinding(int function) => IsReady(rewinding, function, FormKind.Rewinding);

    /// <summary>Has the optimized form made, if nobody has asked for it yet.</summary>
    public void Optimize(int function)
    {
        history?.NoteBusy(function);
        IsReady(optimized, function, FormKind.Optimized);
    }

    /// <summary>The code of one of a function's forms, from an earlier run if it was kept.</summary>
    public IlBody Body(int function, FormKind kind)
    {
        if (history is null || kind != FirstKind(function))
            return FunctionCompiler.Compile(this, function, kind);
        var kept = history.Body(function);
        if (!kept.IsEmpty)
        {
            var reader = new ByteReader(kept.Span, 0, kept.Length);
            return IlBody.Read(ref reader);
        }

        var body = FunctionCompiler.Compile(this, function, kind);
        if (body.CanBeKept)
        {
            var writer = new ByteWriter();
            body.Write(writer);
            history.NoteBody(function, writer.Written);
        }

        return body;
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

    private FormKind FirstKind(int function) =>
        Options.OptimizeAfter > 0 && Module.Bodies[function - Module.ImportedFunctions].Length < HugeBody ? FormKind.Quick : FormKind.Optimized;

    private CodeForm FirstForm(int function) => FirstKind(function) == FormKind.Quick
        ? Form(quick, function, FormKind.Quick)
        : Form(optimized, function, FormKind.Optimized);

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
