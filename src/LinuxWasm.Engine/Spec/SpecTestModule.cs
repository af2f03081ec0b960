namespace LinuxWasm.Engine.Spec;

/// <summary>The module "spectest" that the suite's scripts import.</summary>
internal sealed class SpecTestModule : IImportResolver
{
    private readonly ImportTable imports = new();

    public SpecTestModule()
    {
        Add("print", HostFunction.Create((Execution _) => { }));
        Add("print_i32", HostFunction.Create((Execution _, int _) => { }));
        Add("print_i64", HostFunction.Create((Execution _, long _) => { }));
        Add("print_f32", HostFunction.Create((Execution _, float _) => { }));
        Add("print_f64", HostFunction.Create((Execution _, double _) => { }));
        Add("print_i32_f32", HostFunction.Create((Execution _, int _, float _) => { }));
        Add("print_f64_f64", HostFunction.Create((Execution _, double _, double _) => { }));
        Add("global_i32", new Global(new GlobalType(ValType.I32, false), 666));
        Add("global_i64", new Global(new GlobalType(ValType.I64, false), 666L));
        Add("global_f32", new Global(new GlobalType(ValType.F32, false), 666.6f));
        Add("global_f64", new Global(new GlobalType(ValType.F64, false), 666.6));
        Add("table", new Table(new TableType(ValType.FuncRef, 10, 20)));
        Add("table64", new Table(new TableType(ValType.FuncRef, 10, 20, Is64: true)));
        Add("memory", new LinearMemory(new MemoryType(1, 2, Shared: false)));
        Add("shared_memory", new LinearMemory(new MemoryType(1, 2, Shared: true)));
    }

    public Extern? Resolve(ImportDescriptor import) => imports.Resolve(import);

    private void Add(string name, Extern value) => imports["spectest", name] = value;
}
