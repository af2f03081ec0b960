namespace LinuxWasm.Engine.Compilation;

/// <summary>What the compiler must know of a function before it compiles another that calls it.</summary>
internal sealed class ModuleFacts
{
    private const int LargeFrame = 64;
    private const int LargeBody = 512;

    private readonly WasmModule module;
    private readonly ImportTraits[] traits;
    private readonly sbyte[] mayUnwind;
    private readonly bool[] resumable;
    private readonly HashSet<FuncType> resumableTypes = [];

    public ModuleFacts(WasmModule module, EngineOptions options)
    {
        this.module = module;
        mayUnwind = new sbyte[module.Functions.Count];
        resumable = new bool[module.Functions.Count];
        traits = new ImportTraits[module.ImportedFunctions];
        int index = 0;
        foreach (var import in module.Imports)
        {
            if (import.Type.Kind == ExternKind.Function)
                traits[index++] = options.Traits?.Invoke(import) ?? ImportTraits.None;
        }

        if (options.SuspendAtEveryCall)
        {
            Array.Fill(resumable, true, module.ImportedFunctions, module.Functions.Count - module.ImportedFunctions);
            resumableTypes.UnionWith(module.Types.OfType<FuncType>());
        }

        FindResumable(options);
        Fingerprint = FingerprintOf(options);
    }

    /// <summary>Equal, most likely, where the same code comes of the same module.</summary>
    public uint Fingerprint { get; }

    /// <summary>What the host says of an import; nothing for the module's own functions.</summary>
    public ImportTraits Traits(int function) => function < traits.Length ? traits[function] : ImportTraits.None;

    /// <summary>True if a call of the function may suspend.</summary>
    public bool Resumable(int function) => resumable[function];

    /// <summary>True if a call of that type through a table may suspend.</summary>
    public bool Resumable(FuncType type) => resumableTypes.Contains(type);

    /// <summary>
    /// True if frames of the function look for interrupts and overflow, so that a call of it may end by unwinding. A function that
    /// neither loops nor calls does neither: the room that is kept below every stack limit covers its frame.
    /// </summary>
    public bool MayUnwind(int function)
    {
        if (function < module.ImportedFunctions)
            return true;
        ref sbyte known = ref mayUnwind[function];
        if (known == 0)
            known = (sbyte)(Scan(function) ? 1 : -1);
        return known > 0;
    }

    private uint FingerprintOf(EngineOptions options)
    {
        const uint Prime = 16777619;
        uint hash = 2166136261;
        hash = (hash ^ (options.SuspendAtEveryCall ? 1u : 0) ^ (options.EmulateFunctionPointerCasts ? 2u : 0) ^ (options.OptimizeAfter > 0 ? 4u : 0)) * Prime;
        foreach (var trait in traits)
            hash = (hash ^ (uint)trait) * Prime;
        return hash;
    }

    /// <summary>Imports that suspend make their callers resumable, and through tables all that call a function of such a type.</summary>
    private void FindResumable(EngineOptions options)
    {
        var callers = new Dictionary<int, List<int>>();
        var indirectCallers = new Dictionary<FuncType, List<int>>();
        var work = new Queue<int>();
        for (int i = 0; i < traits.Length; i++)
        {
            if ((traits[i] & ImportTraits.Suspends) != 0)
                Mark(i, work);
        }

        if (work.Count == 0)
            return;
        for (int i = 0; i < module.Bodies.Length; i++)
        {
            foreach (int call in module.CallGraph.Of(i))
            {
                var list = call >= 0 ? ListOf(callers, call) : ListOf(indirectCallers, module.FunctionType(~call));
                list.Add(module.ImportedFunctions + i);
            }
        }

        while (work.TryDequeue(out int function))
        {
            foreach (int caller in callers.GetValueOrDefault(function) ?? [])
                Mark(caller, work);
            var type = module.Functions[function];
            if (!module.DeclaredFunctions.Contains(function))
                continue;
            foreach (var called in options.EmulateFunctionPointerCasts ? module.Types.OfType<FuncType>() : TypesAbove(type))
            {
                if (!resumableTypes.Add(called))
                    continue;
                foreach (int caller in indirectCallers.GetValueOrDefault(called) ?? [])
                    Mark(caller, work);
            }
        }
    }

    /// <summary>Calls of these types can reach a function of that type.</summary>
    private static IEnumerable<FuncType> TypesAbove(FuncType type)
    {
        for (var above = type; above is not null; above = above.Super as FuncType)
            yield return above;
    }

    private static List<int> ListOf<TKey>(Dictionary<TKey, List<int>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }

    private void Mark(int function, Queue<int> work)
    {
        if (resumable[function])
            return;
        resumable[function] = true;
        work.Enqueue(function);
    }

    private bool Scan(int function)
    {
        if (resumable[function])
            return true;
        if (module.Functions[function].Results.Length > 1 || module.Functions[function].Parameters.Length > LargeFrame)
            return true;
        var body = module.Bodies[function - module.ImportedFunctions];
        if (body.End - body.Start > LargeBody)
            return true;
        var code = FunctionCode.Read(module, function);
        return code.HasLoops || code.HasCalls || code.HasHandlers || code.Locals.Length > LargeFrame;
    }
}
