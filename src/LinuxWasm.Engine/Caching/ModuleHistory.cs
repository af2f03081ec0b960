namespace LinuxWasm.Engine.Caching;

/// <summary>What a module does in this run, and did in those before, for the next one's use.</summary>
internal sealed class ModuleHistory(ModuleCache cache, WasmModule module, uint options)
{
    /// <summary>An entry is written again when this part of it is new, and not for each function that a rare path takes.</summary>
    private const int WorthWriting = 32;

    private readonly Lock gate = new();
    private readonly List<int> order = [];
    private readonly Dictionary<int, CachedFunction> functions = [];
    private int written;
    private int news;

    public CacheKey Key { get; } = module.CacheKey!;

    /// <summary>Functions of earlier runs, in the order of their first calls.</summary>
    public IReadOnlyList<CachedFunction> Known { get; private set; } = [];

    /// <summary>Takes over what was kept, if it was compiled with the same options.</summary>
    public void Begin()
    {
        if (module.Known is not { } known || known.Options != options)
            return;
        Known = known.Functions;
        written = Known.Count;
        foreach (var function in Known)
        {
            order.Add(function.Index);
            functions[function.Index] = function;
        }
    }

    /// <summary>The code of a function's first form, if it was kept.</summary>
    public ReadOnlyMemory<byte> Body(int function)
    {
        lock (gate)
            return functions.TryGetValue(function, out var known) ? known.Body : default;
    }

    public void NoteCalled(int function)
    {
        lock (gate)
        {
            if (!functions.TryAdd(function, new CachedFunction(function, false, default)))
                return;
            order.Add(function);
            news++;
        }

        cache.Remember(this);
    }

    public void NoteBody(int function, ReadOnlyMemory<byte> body)
    {
        lock (gate)
        {
            if (functions.TryGetValue(function, out var known))
                functions[function] = known with { Body = body };
        }
    }

    public void NoteBusy(int function)
    {
        lock (gate)
        {
            if (!functions.TryGetValue(function, out var known) || known.Busy)
                return;
            functions[function] = known with { Busy = true };
            news++;
        }

        cache.Remember(this);
    }

    /// <summary>An entry with all that is known, if there is enough that is new.</summary>
    public CacheEntry? News()
    {
        lock (gate)
        {
            if (news <= written / WorthWriting)
                return null;
            written = functions.Count;
            news = 0;
            return new CacheEntry { Calls = module.CallGraph, Options = options, Functions = order.ConvertAll(f => functions[f]) };
        }
    }
}
