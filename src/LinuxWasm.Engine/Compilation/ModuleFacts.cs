namespace LinuxWasm.Engine.Compilation;

/// <summary>What the compiler must know of a function before it compiles another that calls it.</summary>
internal sealed class ModuleFacts(WasmModule module)
{
    private const int LargeFrame = 64;

    private readonly sbyte[] mayUnwind = new sbyte[module.Functions.Count];

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

    private bool Scan(int function)
    {
        if (module.Functions[function].Results.Length > 1 || module.Functions[function].Parameters.Length > LargeFrame)
            return true;
        var body = module.Bodies[function - module.ImportedFunctions];
        if (body.End - body.Start > 512)
            return true;
        var code = FunctionCode.Read(module, function);
        return code.HasLoops || code.HasCalls || code.HasHandlers || code.Locals.Length > LargeFrame;
    }
}
