namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Where the parts of an instance's context stand: the same for all instances of a module, so that code needs no addresses of its own.
/// </summary>
internal sealed unsafe class ModuleLayout
{
    private readonly int memories;
    private readonly int globals;
    private readonly int tables;
    private readonly int types;
    private readonly int functions;

    public ModuleLayout(WasmModule module)
    {
        memories = Align(sizeof(VmContext), 16);
        globals = memories + module.Memories.Count * MemorySlot.Size;
        tables = globals + module.Globals.Count * sizeof(WasmValue);
        types = tables + module.Tables.Count * sizeof(nint);
        functions = Align(types + module.Types.Count * sizeof(int), 16);
        Size = functions + module.Functions.Count * FuncRef.Size;
    }

    public int Size { get; }

    /// <summary>A <see cref="MemorySlot"/>.</summary>
    public int Memory(int index) => memories + index * MemorySlot.Size;

    /// <summary>A value; of an imported mutable global: the address of its value.</summary>
    public int Global(int index) => globals + index * sizeof(WasmValue);

    /// <summary>The address of a <see cref="TableSlot"/>.</summary>
    public int Table(int index) => tables + index * sizeof(nint);

    /// <summary>A <see cref="DefinedType.Id"/>.</summary>
    public int TypeId(int index) => types + index * sizeof(int);

    /// <summary>A <see cref="FuncRef"/>.</summary>
    public int Function(int index) => functions + index * FuncRef.Size;

    private static int Align(int value, int to) => (value + to - 1) / to * to;
}
