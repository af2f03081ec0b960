namespace LinuxWasm.Engine;

/// <summary>An instance whose functions are compiled to IL.</summary>
internal abstract unsafe class IlInstance : Instance
{
    protected IlInstance(WasmModule module, Execution execution)
        : base(module, execution)
    {
    }

    public VmContext* Context { get; protected set; }

    /// <summary>The object for a function reference; null for null.</summary>
    public static Function? FunctionOf(FuncRef* reference) => null;
}
