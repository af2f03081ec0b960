using System.Runtime.CompilerServices;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>What the engine must know of an import to compile the functions that call it.</summary>
[Flags]
public enum ImportTraits
{
    None = 0,

    /// <summary>It may call <see cref="Execution.TrySuspend"/>: frames that can reach it are compiled so that they can be saved and resumed.</summary>
    Suspends = 1,

    /// <summary>
    /// C's <c>setjmp(i32) -> i32</c> or <c>sigsetjmp(i32, i32) -> i32</c>: the engine provides it. Of the guest's buffer it uses
    /// the first 16 bytes; the host may use what follows, see <see cref="Execution.OnSetJump"/>.
    /// </summary>
    SetJmp = 2,

    /// <summary>C's <c>longjmp(i32, i32)</c>: the engine provides it.</summary>
    LongJmp = 4,
}

/// <summary>How an engine compiles.</summary>
public sealed record EngineOptions
{
    /// <summary>What each function import does to the frames of its callers. Without it: none suspends.</summary>
    public Func<ImportDescriptor, ImportTraits>? Traits { get; init; }

    /// <summary>Pages of 64 KiB that each memory a module defines may reach.</summary>
    public ulong MaximumMemoryPages { get; init; } = 65536;

    /// <summary>
    /// A call through a table to a function of another type drops surplus arguments and gives zero for missing ones, as native machines do in
    /// effect, instead of trapping.
    /// </summary>
    public bool EmulateFunctionPointerCasts { get; init; }

    /// <summary>
    /// Calls and loop rounds of a function before it is compiled again, optimized, in the background. 0: all functions are optimized when
    /// first called, which takes three times as long. It differs in speed only.
    /// </summary>
    public int OptimizeAfter { get; init; } = 1000;

    /// <summary>
    /// Keeps code for the next run. For modules that come from its <see cref="ModuleCache.Decode"/>; who makes it disposes of it, which saves.
    /// </summary>
    public ModuleCache? Cache { get; init; }

    /// <summary>For tests: every function is compiled so that it can be suspended, and suspends before every call it makes.</summary>
    public bool SuspendAtEveryCall { get; init; }
}

/// <summary>
/// What the kernel's side needs of a WebAssembly engine. Another engine can stand here if it gives: memories at a fixed
/// address (<see cref="LinearMemory"/>); host functions called with the <see cref="Execution"/> they run under; safepoints
/// (<see cref="Execution.Interrupt"/>); unwinding from any depth (<see cref="Execution.Exit"/>); and
/// <see cref="Instance.Clone"/>. Modules are decoded and validated by <see cref="WasmModule.Decode"/> for all of them.
/// </summary>
public interface IWasmEngine
{
    /// <summary>
    /// Links a module with its imports, fills its tables and memories, and runs its start function.
    /// </summary>
    /// <exception cref="LinkException">An import is missing or of another type.</exception>
    /// <exception cref="TrapException">A segment does not fit, or the start function trapped.</exception>
    /// <exception cref="OutOfMemoryException">A memory or table is above its limit.</exception>
    Instance Instantiate(WasmModule module, IImportResolver imports, Execution execution);

    /// <summary>
    /// An instance as <see cref="Instance.Save"/> wrote it, of the same module, linked with imports anew; neither segments nor start function run.
    /// Imported memories, tables and mutable globals get the contents they had.
    /// </summary>
    /// <param name="module">The module that it was an instance of.</param>
    /// <param name="imports">Of the same types and <see cref="ImportTraits"/> as they were.</param>
    /// <param name="execution">Who will run it.</param>
    /// <param name="from">Is read to the snapshot's end and no further. It need not be trusted.</param>
    /// <param name="stack">The frames, for <see cref="Instance.Resume"/>; null if none were saved.</param>
    /// <param name="options">What besides.</param>
    /// <exception cref="SnapshotException">The stream holds no snapshot, a damaged one, or one of another module or engine.</exception>
    /// <exception cref="LinkException">An import is missing or of another type.</exception>
    Instance Restore(WasmModule module, IImportResolver imports, Execution execution, Stream from, out SuspendedStack? stack, SnapshotOptions? options = null);
}

/// <summary>The engine that compiles WebAssembly to IL. Safe for several threads; one engine for a process is enough.</summary>
public sealed class IlEngine(EngineOptions? options = null) : IWasmEngine
{
    private readonly ConditionalWeakTable<WasmModule, CompiledModule> compiled = [];

    public EngineOptions Options { get; } = options ?? new EngineOptions();

    public Instance Instantiate(WasmModule module, IImportResolver imports, Execution execution) =>
        IlInstance.Create(compiled.GetValue(module, m => new CompiledModule(m, Options)), imports, execution, Options);

    public Instance Restore(WasmModule module, IImportResolver imports, Execution execution, Stream from, out SuspendedStack? stack, SnapshotOptions? options = null) =>
        IlInstance.Restore(compiled.GetValue(module, m => new CompiledModule(m, Options)), imports, execution, Options, from, out stack, options);
}
