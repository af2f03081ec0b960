using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>
/// A task's code from its first function to its end, on a host thread of its own: a program or a thread of one or the copy of one, calls that are
/// made with the frames saved, the programs that follow by execve(2), and what becomes of faults.
/// </summary>
internal sealed class GuestRunner
{
    /// <summary>Beside the guest's frames the host's own functions need room, and so does throwing a trap.</summary>
    private const ulong HostStack = 1 << 20;

    private readonly LinuxTask _task;
    private GuestThread _thread;

    private GuestRunner(GuestThread thread)
    {
        _thread = thread;
        _task = thread.Task;
    }

    /// <summary>Starts a process's first program, and waits until it is linked.</summary>
    /// <exception cref="ProgramException">The module asks for something that is not there; the process is gone again.</exception>
    public static void StartProgram(GuestProcess process, ProgramCommand command, ExecutionOptions options)
    {
        var linked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = new GuestRunner(new GuestThread(process.MainTask, options, process, command));
        runner.Begin(() => runner.RunProgram(command.Image, linked));
        linked.Task.GetAwaiter().GetResult();
    }

    /// <summary>Starts a thread that has its instance.</summary>
    public static void StartThread(GuestThread thread, ThreadEntry entry)
    {
        var runner = new GuestRunner(thread);
        runner.Begin(() => runner.Call(entry));
    }

    /// <summary>Starts the copy of a thread at the call that made it, which answers 0 there: fork(2), vfork(2), clone(2).</summary>
    /// <param name="creator">The thread that makes it, its frames saved.</param>
    /// <param name="child">Its task.</param>
    /// <param name="memory">What it runs on; the copy takes it over.</param>
    /// <param name="start">How it begins.</param>
    public static void StartClone(GuestThread creator, LinuxTask child, ProgramMemory memory, in CloneStart start)
    {
        var isThread = child.Group == creator.Task.Group;
        if (isThread)
            creator.Process.ThreadStarted();
        var thread = new GuestThread(creator, child, isThread ? creator.Process : creator.Process.Child(child));
        thread.Attach(creator.Instance!.Clone(thread.Execution, start.SharesMemory ? null : memory.Linear), memory);
        if (start.StackPointer != 0 && thread.StackPointer is { } stackPointer)
            stackPointer.Value = start.StackPointer;
        var frames = creator.Frames!;
        var runner = new GuestRunner(thread);
        runner.Begin(() => runner.GoOn(frames));
    }

    private void Begin(Action first)
    {
        var stack = checked((int)(_thread.Options.MaximumStack + HostStack));
        try
        {
            new Thread(() => Live(first), stack) { IsBackground = true, Name = $"{_thread.Process.Name} [{_task.Tid}]" }.Start();
        }
        catch (OutOfMemoryException)
        {
            // The task is there already: to whoever waits for it, it was killed, as by Linux where memory runs out.
            _task.Group.Kill(Signal.SIGKILL);
            _thread.Process.ThreadEnded(_thread);
        }
    }

    private void Live(Action first)
    {
        try
        {
            Guard(first);
            while (!_task.MustEnd && _thread.Next is { } command)
            {
                _thread.Detach();
                _thread = new GuestThread(_task, _thread.Options, _thread.Process, command);
                Guard(() => RunProgram(command.Image, linked: null));
            }
        }
        finally
        {
            _thread.Process.ThreadEnded(_thread);
        }
    }

    private void RunProgram(ProgramImage image, TaskCompletionSource? linked)
    {
        try
        {
            ProgramLink.Attach(_thread, image);
            linked?.SetResult();
        }
        catch (ProgramException refused) when (linked is not null)
        {
            _task.Group.Kill(Signal.SIGKILL);
            linked.SetException(refused);
            return;
        }
        catch (Exception bug) when (linked is not null)
        {
            // Whoever waits for the start is told before the guest is ended for it.
            linked.TrySetException(new ProgramException($"{image.Name}: {bug.Message}", bug));
            throw;
        }

        Call(new ProgramEntry(image, _thread.Instance!, _thread).Prepare());
    }

    private void Call(ThreadEntry entry)
    {
        _thread.Entry = entry;
        CallFrom(0);
    }

    /// <summary>Goes on with a copy of saved frames.</summary>
    private void GoOn(SuspendedStack frames)
    {
        var results = new WasmValue[frames.Type.Results.Length];
        if (Finish(_thread.Instance!.Resume(frames, Answer(frames, 0), results), results))
            Returned(results);
    }

    private void CallFrom(int position)
    {
        _thread.EntryPosition = position;
        var call = _thread.Entry.Calls[position];
        var function = call.Find(_thread.Instance!);
        var results = new WasmValue[function.Type.Results.Length];
        if (Finish(function.Invoke(call.Arguments, results), results))
            Returned(results);
    }

    /// <summary>Makes the calls that the guest's frames are saved for, until it has come to an end. True if that is a return.</summary>
    private bool Finish(Completion completion, WasmValue[] results)
    {
        while (completion == Completion.Suspended)
        {
            var frames = _thread.Execution.Suspended!;
            var answer = _thread.MakeStandingCall(frames);
            if (_task.MustEnd || _thread.Next is not null)
                return false;
            completion = _thread.Instance!.Resume(frames, Answer(frames, answer), results);
        }

        return completion == Completion.Returned;
    }

    private void Returned(WasmValue[] results)
    {
        var entry = _thread.Entry;
        if (_task.MustEnd)
            return;
        if (_thread.EntryPosition + 1 < entry.Calls.Count)
            CallFrom(_thread.EntryPosition + 1);
        else if (entry.EndsProcess)
            GuestCalls.ExitGroup(_task, results.Length == 1 ? results[0].I32 : 0);
        else
            GuestCalls.Exit(_task, 0);
    }

    /// <summary>The answer as the import's type has it: an int, a long, or none.</summary>
    private static WasmValue[] Answer(SuspendedStack frames, long answer) =>
        Array.ConvertAll(frames.ImportType.Results.ToArray(), type => type == ValType.I32 ? (WasmValue)(int)answer : answer);

    private void Guard(Action run)
    {
        try
        {
            run();
        }
        catch (TrapException trap)
        {
            _thread.ReportTrap(trap);
        }
        catch (ProgramException refused)
        {
            _thread.Process.AddFault(refused.Message);
            _task.Group.Kill(Signal.SIGKILL);
        }
        catch (Exception bug)
        {
            // On a thread of its own an exception would end the host: a bug of ours ends the guest only, and says so.
            _thread.Process.ReportBug(bug);
        }
    }
}
