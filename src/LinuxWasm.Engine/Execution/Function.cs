namespace LinuxWasm.Engine;

/// <summary>How a call into a guest ended.</summary>
public enum Completion
{
    /// <summary>By returning; the results are there.</summary>
    Returned,

    /// <summary>By <see cref="Execution.Exit"/>: no results. An outer call, if there is one, is ending too.</summary>
    Exited,

    /// <summary>By a longjmp to a frame further out, which an outer call contains.</summary>
    LongJumped,

    /// <summary>By <see cref="Execution.TrySuspend"/>: <see cref="Execution.Suspended"/> has the frames.</summary>
    Suspended,
}

/// <summary>A function of a guest's instance, or what the host offers as an import.</summary>
public abstract class Function : Extern
{
    private protected Function(FuncType type) => Type = type;

    public FuncType Type { get; }

    public override ExternType ExternType => new FunctionExternType(Type);
}

/// <summary>A function of an instance. Calls run in the calling thread, under the instance's <see cref="Execution"/>.</summary>
public abstract class GuestFunction : Function
{
    private protected GuestFunction(FuncType type)
        : base(type)
    {
    }

    /// <summary>The export's or the name section's name, or <c>func[index]</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Calls it with values whose types are not known at compile time.</summary>
    /// <param name="arguments">As many as the type has parameters.</param>
    /// <param name="results">Room for as many as the type has results; written only if it returns.</param>
    /// <exception cref="TrapException">The guest trapped.</exception>
    /// <exception cref="ArgumentException">The number of values does not fit the type.</exception>
    public abstract Completion Invoke(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

    /// <summary>
    /// A typed way in, for calls made often: <c>Func&lt;int, int&gt;</c> for <c>[i32] -> [i32]</c>, and so on; one result at
    /// most. <see cref="Execution.LastCompletion"/> says how the call ended; the result is 0 unless it returned.
    /// </summary>
    public abstract TDelegate CreateDelegate<TDelegate>()
        where TDelegate : Delegate;
}
