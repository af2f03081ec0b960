using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>
/// A further thread of a process, by <c>__wasm_thread_spawn</c>: a task of the same group and memory, whose code is a copy of
/// the creator's instance with globals of its own.
/// </summary>
internal static class ThreadSpawning
{
    /// <summary>Starts table 0's function of that index as <c>start(tid, argument)</c>.</summary>
    /// <returns>The thread's number, or a negated errno: EAGAIN where there are as many as there may be.</returns>
    public static int Spawn(Execution execution, int function, int argument)
    {
        var creator = GuestThread.Of(execution);
        if (creator.Instance?.GetTable(0)?.GetFunction((uint)function) is not { } known || !IsStart(known.Type))
            return -(int)Errno.EINVAL;
        if (creator.Task.Kernel.CreateThread(creator.Task) is not { } task)
            return -(int)Errno.EAGAIN;
        var thread = new GuestThread(creator, task, creator.Process);
        thread.Attach(creator.Instance.Clone(thread.Execution), creator.Memory.Share());
        creator.Process.ThreadStarted();
        var tid = task.Tid;
        TellTracer(creator, tid, (uint)argument);
        var start = new EntryCall(instance => instance.GetTable(0)!.GetFunction((uint)function)!, [tid, argument]);
        GuestRunner.StartThread(thread, new ThreadEntry([start], EndsProcess: false));
        return tid;
    }

    /// <summary>A thread's stack and its thread-local storage are the first two words of its argument, by WALI's rule.</summary>
    private static void TellTracer(GuestThread creator, int tid, uint argument)
    {
        if (creator.Task.Tracer is not { } tracer)
            return;
        creator.Task.Memory.TryRead<uint>(new GuestPtr(argument), out var stack);
        creator.Task.Memory.TryRead<uint>(new GuestPtr(argument) + sizeof(uint), out var storage);
        tracer.ThreadStarted(creator.Task, tid, new GuestPtr(stack), new GuestPtr(storage));
    }

    private static bool IsStart(FuncType type) => type is { Parameters: [var tid, var argument], Results.Length: 0 } && tid == ValType.I32 && argument == ValType.I32;
}
