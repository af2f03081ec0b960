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
            // A null pointer stands for no values, but the entry stub's first result needs a place.
            var completion = Invoke(from, to);
            if (completion == Completion.Returned)
            {
                for (int i = 1; i < Type.Results.Length; i++)
                    to[i] = Instance.Execution.Results[i];
            }

            return completion;
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
    internal Completion Invoke(WasmValue* arguments, WasmValue* results)
    {
        var execution = Instance.Execution;
        execution.Enter();
        try
        {
            ((delegate*<FuncRef*, WasmValue*, WasmValue*, void>)Stubs.Entry(Type))(Reference, arguments, results);
        }
        catch (TrapException trap)
        {
            execution.Abandon();
            if (trap.HasTrace)
                throw;
            throw new TrapException(trap, GuestTrace.Of(trap, Instance.Module));
        }
        catch
        {
            execution.Abandon();
            throw;
        }

        return execution.Leave();
    }
}
