using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Caching;

namespace LinuxWasm.Engine;

/// <summary>A decoded and validated module. It never changes; any number of threads and instances may share it.</summary>
public sealed class WasmModule
{
    private readonly Lazy<Dictionary<int, string>> names;

    internal WasmModule(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        names = new Lazy<Dictionary<int, string>>(() => NameSection.Read(this));
    }

    /// <summary>The module as it was given.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public IReadOnlyList<ImportDescriptor> Imports { get; internal set; } = [];

    public IReadOnlyList<ExportDescriptor> Exports { get; internal set; } = [];

    public IReadOnlyList<CustomSection> CustomSections { get; internal set; } = [];

    /// <summary>Memory 0, imported or defined; null if there is none.</summary>
    public MemoryType? Memory => Memories.Count > 0 ? Memories[0] : null;

    /// <summary>True if the module has a start function, which runs when it is instantiated.</summary>
    public bool HasStart => StartFunction >= 0;

    /// <summary>The lowest address that an active data segment of memory 0 with a constant offset fills; null if there is none.</summary>
    public ulong? LowestDataAddress { get; internal set; }

    /// <summary>The address behind the last such byte.</summary>
    public ulong? HighestDataAddress { get; internal set; }

    internal List<DefinedType> Types { get; } = [];

    /// <summary>The types of all functions, imports first; so in the lists that follow.</summary>
    internal List<FuncType> Functions { get; } = [];

    internal List<TableType> Tables { get; } = [];

    internal List<MemoryType> Memories { get; } = [];

    internal List<GlobalType> Globals { get; } = [];

    internal List<TagType> Tags { get; } = [];

    internal int ImportedFunctions { get; set; }

    internal int ImportedTables { get; set; }

    internal int ImportedMemories { get; set; }

    internal int ImportedGlobals { get; set; }

    internal int ImportedTags { get; set; }

    /// <summary>What the tables that the module defines itself are filled with; null: with null.</summary>
    internal ConstExpr?[] TableInitializers { get; set; } = [];

    /// <summary>Of the globals that the module defines itself.</summary>
    internal ConstExpr[] GlobalInitializers { get; set; } = [];

    internal ElementSegment[] Elements { get; set; } = [];

    internal DataSegment[] Data { get; set; } = [];

    internal FunctionBody[] Bodies { get; set; } = [];

    internal CallGraph CallGraph { get; set; } = CallGraph.Empty;

    /// <summary>Functions that can be reached otherwise than by a direct call: exports, and what segments and ref.func name.</summary>
    internal IReadOnlySet<int> DeclaredFunctions { get; set; } = new HashSet<int>();

    internal int StartFunction { get; set; } = -1;

    /// <summary>Null if the module is not for a cache.</summary>
    internal CacheKey? CacheKey { get; set; }

    /// <summary>What earlier runs have left of it.</summary>
    internal CacheEntry? Known { get; set; }

    /// <summary>Where the name section's content stands; the name section is read when a name is asked for.</summary>
    internal ReadOnlyMemory<byte> NameData { get; set; }

    /// <summary>Decodes and validates; compiles nothing.</summary>
    /// <param name="bytes">The binary format. They must not change while the module is in use.</param>
    /// <exception cref="WasmFormatException">The bytes are no valid module of the features that the engine has.</exception>
    public static WasmModule Decode(ReadOnlyMemory<byte> bytes) => DecodeKnown(bytes, null);

    /// <summary>Decodes; function bodies are not validated again if an earlier run has found them valid.</summary>
    internal static WasmModule DecodeKnown(ReadOnlyMemory<byte> bytes, CacheEntry? known) => new ModuleReader(bytes, known).Read();

    /// <summary>The function type of that index, which validation has found to be one.</summary>
    internal FuncType FunctionType(int index) => (FuncType)Types[index];

    /// <summary>A function's name from the name section, else from an export or import, else <c>func[index]</c>.</summary>
    public string FunctionName(int index)
    {
        if (names.Value.TryGetValue(index, out string? name))
            return name;
        foreach (var export in Exports)
        {
            if (export.Index == index && export.Type.Kind == ExternKind.Function)
                return export.Name;
        }

        if (index < ImportedFunctions)
        {
            int seen = 0;
            foreach (var import in Imports)
            {
                if (import.Type.Kind == ExternKind.Function && seen++ == index)
                    return $"{import.Module}.{import.Name}";
            }
        }

        return $"func[{index}]";
    }
}
