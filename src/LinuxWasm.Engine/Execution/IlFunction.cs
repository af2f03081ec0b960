using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>A function of an <see cref="IlInstance"/>.</summary>
internal sealed unsafe class IlFunction(IlInstance instance, FuncRef* reference, int index) : GuestFunction(instance.Module.Functions[index])
{
    public IlInstance Instance { get; } = instance;

    public FuncRef* Reference { get; } = reference;

    public override string Name => Instance.Module.FunctionName(index);

    public override Completion Invoke(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        if (arguments.Length != Type.Parameters.Length || results.Length < Type.Results.Length)
            throw new ArgumentException($"{Name} is {Type}; got {arguments.Length} arguments and room for {results.Length} results");
        fixed (WasmValue* from = arguments, to = results)
        {
            return WithResults(Invoke(from, to), to);
        }
    }

    public override TDelegate CreateDelegate<TDelegate>()
    {
        var invoke = typeof(TDelegate).GetMethod("Invoke")!;
        var parameters = invoke.GetParameters();
        if (parameters.Length != Type.Parameters.Length || Type.Results.Length > 1 || (invoke.ReturnType == typeof(void)) != (Type.Results.Length == 0))
            throw new ArgumentException($"{Name} is {Type}, which {typeof(TDelegate)} does not fit");
        return (TDelegate)TypedEntry.Make(this, typeof(TDelegate), invoke);
    }

    /// <summary>Calls with values in memory; the first result only.</summary>
    internal Completion Invoke(WasmValue* arguments, WasmValue* results) => Run(Reference->Code, Type, arguments, results);

    /// <summary>Enters the function's rewinding form.</summary>
    internal Completion Rewind(nint code, Span<WasmValue> results)
    {
        fixed (WasmValue* to = results)
            return WithResults(Run(code, FuncType.Get([], Type.Results), null, to), to);
    }

    private Completion WithResults(Completion completion, WasmValue* results)
    {
        if (completion == Completion.Returned)
        {
            for (int i = 1; i < Type.Results.Length; i++)
                results[i] = Instance.Execution.Results[i];
        }

        return completion;
    }

    private Completion Run(nint code, FuncType type, WasmValue* arguments, WasmValue* results)
    {
        var execution = Instance.Execution;
        execution.Enter();
        int jumps = execution.Jumps.Count;
        try
        {
            ((delegate*<FuncRef*, WasmValue*, WasmValue*, nint, void>)Stubs.Entry(type))(Reference, arguments, results, code);
        }
        catch (TrapException trap)
        {
            execution.Abandon(jumps);
            if (trap.HasTrace)
                throw;
            throw new TrapException(trap, GuestTrace.Of(trap, Instance.Module));
        }
        catch
        {
            execution.Abandon(jumps);
            throw;
        }

        return execution.Leave();
    }
}
