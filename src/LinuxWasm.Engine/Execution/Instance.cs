namespace LinuxWasm.Engine;

/// <summary>A module with its memories, tables and globals, run by one <see cref="Execution"/>.</summary>
public abstract class Instance
{
    private protected Instance(WasmModule module, Execution execution)
    {
        Module = module;
        Execution = execution;
    }

    public WasmModule Module { get; }

    public Execution Execution { get; }

    /// <summary>Memory 0, its own or imported; null if there is none.</summary>
    public abstract LinearMemory? Memory { get; }

    /// <summary>An export by name; null if there is none.</summary>
    public abstract Extern? GetExport(string name);

    /// <summary>An exported function by name; null if there is none of that kind.</summary>
    public GuestFunction? GetFunction(string name) => GetExport(name) as GuestFunction;

    /// <summary>A table by its index in the module (0 is the one that C's function pointers index).</summary>
    public abstract Table? GetTable(int index);

    /// <summary>A global by its index in the module, imports first, exported or not.</summary>
    public abstract Global? GetGlobal(int index);

    /// <summary>
    /// The same module again for another <see cref="Execution"/>, start function and segments not run anew: globals and tables
    /// are copies of this one's, host functions the same.
    /// </summary>
    /// <param name="execution">Who will run it.</param>
    /// <param name="memory">
    /// Null: the same memory, as a thread has. Otherwise the memory that takes the place of <see cref="Memory"/>, such as a
    /// <see cref="LinearMemory.Clone"/> for a forked process.
    /// </param>
    public abstract Instance Clone(Execution execution, LinearMemory? memory = null);

    /// <summary>
    /// Continues a suspended guest where its import returns. The instance is the one it was suspended in, or a
    /// <see cref="Clone"/> of it, whose memory is as it was then.
    /// </summary>
    /// <param name="stack">The frames. They stay valid: the same stack may be resumed again.</param>
    /// <param name="importResults">What the import that suspended answers, of the types that it has.</param>
    /// <param name="results">Room for the results of the function that was suspended.</param>
    public abstract Completion Resume(SuspendedStack stack, ReadOnlySpan<WasmValue> importResults, Span<WasmValue> results);

    /// <summary>
    /// Writes the instance, and a suspended stack of it, so that another process of the operating system can go on from there with
    /// <see cref="IWasmEngine.Restore"/>. Nobody may run on its memory meanwhile.
    /// </summary>
    /// <param name="to">Gets the snapshot; parts of memory that are zero are left out.</param>
    /// <param name="stack">The frames of this instance, or of one that this is a <see cref="Clone"/> of; null if none are suspended.</param>
    /// <param name="options">What besides.</param>
    /// <exception cref="SnapshotException">It refers to something that has no name outside this process.</exception>
    public abstract void Save(Stream to, SuspendedStack? stack = null, SnapshotOptions? options = null);
}
