using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Processes;

/// <summary>Calls a guest's signal handlers: functions of its table 0, on its own thread, in the middle of whatever it was doing.</summary>
internal sealed class SignalHandlers(GuestThread thread, Instance instance)
{
    /// <summary>LLVM's leaf functions use up to this much below the stack pointer without moving it.</summary>
    private const uint RedZone = 128;

    private const int ArgumentsWithInfo = 3;

    private int _running;

    /// <summary>True while one runs: the host's frames lie between its frames and those that it interrupted.</summary>
    public bool AreRunning => _running > 0;

    public uint StackPointer => thread.StackPointer is { } global && (uint)global.Value.I32 > RedZone ? (uint)global.Value.I32 - RedZone : 0;

    public HandlerOutcome Run(in HandlerCall call)
    {
        if (instance.GetTable(0)?.GetFunction(call.Function) is not { } handler || !IsCallable(handler.Type))
            return HandlerOutcome.NotCallable;
        var arguments = new WasmValue[handler.Type.Parameters.Length];
        arguments[0] = (int)call.Signal;
        if (arguments.Length == ArgumentsWithInfo)
        {
            arguments[1] = call.Info.Address;
            arguments[2] = call.Context.Address;
        }

        var before = thread.StackPointer?.Value ?? default;
        if (call.StackPointer != 0 && thread.StackPointer is { } stackPointer)
            stackPointer.Value = call.StackPointer;
        _running++;
        try
        {
            if (handler.Invoke(arguments, new WasmValue[handler.Type.Results.Length]) != Completion.Returned)
                return HandlerOutcome.Left;
        }
        catch (TrapException trap)
        {
            thread.ReportTrap(trap);
            return HandlerOutcome.Left;
        }
        finally
        {
            _running--;
        }

        if (thread.StackPointer is { } moved)
            moved.Value = before;
        return HandlerOutcome.Returned;
    }

    /// <summary>C's <c>void handler(int)</c> and <c>void handler(int, siginfo_t *, void *)</c>.</summary>
    private static bool IsCallable(FuncType type)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter != ValType.I32)
                return false;
        }

        return type.Parameters.Length is 1 or ArgumentsWithInfo;
    }
}
