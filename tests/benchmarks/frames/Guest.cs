using LinuxWasm.Engine;

namespace LinuxWasm.Frames.Benchmark;

/// <summary>The module of frames.c, with frames that can be saved or without.</summary>
internal sealed class Guest
{
    private static readonly EngineOptions Options = new()
    {
        Traits = i => i.Name switch
        {
            "suspend" => ImportTraits.Suspends,
            "setjmp" => ImportTraits.SetJmp,
            "longjmp" => ImportTraits.LongJmp,
            _ => ImportTraits.None,
        },
    };

    private readonly WasmModule module;
    private readonly IlEngine resumable = new(Options);
    private readonly IlEngine plain = new(Options with { Traits = i => i.Name == "suspend" ? ImportTraits.None : Options.Traits!(i) });

    public Guest(string path) => module = WasmModule.Decode(File.ReadAllBytes(path));

    public Instance Make(bool suspending, ulong stack = 32 << 20) =>
        (suspending ? resumable : plain).Instantiate(module, Imports(), new Execution(new ExecutionOptions { MaximumStack = stack }));

    private static ImportTable Imports() => new()
    {
        ["bench", "suspend"] = HostFunction.Create((Execution e, int value) => e.TrySuspend() ? 0 : throw new InvalidOperationException("it can't suspend here")),
        ["env", "wasm_host_syscall"] = HostFunction.Create((Execution _, int _, int _, int _, int _, int _, int _, int _) => -38),
    };
}
