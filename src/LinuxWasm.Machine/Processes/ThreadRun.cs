using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Processes;

/// <summary>
/// A further thread of a process, from <c>__wasm_thread_spawn</c> to its end: a task of the same group and memory, whose code is a copy of
/// the creator's instance with globals of its own.
/// </summary>
internal sealed class ThreadRun
{
    private readonly GuestThread _thread;
    private readonly GuestFunction _start;
    private readonly int _argument;

    private ThreadRun(GuestThread thread, GuestFunction start, int argument)
    {
        _thread = thread;
        _start = start;
        _argument = argument;
    }

    private LinuxTask Task => _thread.Task;

    /// <summary>Starts table 0's function of that index as <c>start(tid, argument)</c>.</summary>
    /// <returns>The thread's number, or a negated errno: EAGAIN where there are as many as there may be.</returns>
    public static int Spawn(Execution execution, int function, int argument)
    {
        var creator = GuestThread.Of(execution);
        if (creator.Instance?.GetTable(0)?.GetFunction((uint)function) is not { } known || !IsStart(known.Type))
            return -(int)Errno.EINVAL;
        if (creator.Task.Kernel.CreateThread(creator.Task) is not { } task)
            return -(int)Errno.EAGAIN;
        var thread = new GuestThread(task, creator.Options, creator.Process)
        {
            Arguments = creator.Arguments,
            Environment = creator.Environment,
        };
        thread.Attach(creator.Instance.Clone(thread.Execution));
        var start = thread.Instance!.GetTable(0)!.GetFunction((uint)function)!;
        creator.Process.ThreadStarted();
        var tid = task.Tid;
        new Thread(new ThreadRun(thread, start, argument).Run, ProgramRun.HostStackOf(creator.Options)) { IsBackground = true, Name = $"{creator.Process.Name} [{tid}]" }.Start();
        return tid;
    }

    private static bool IsStart(FuncType type) => type is { Parameters: [var tid, var argument], Results.Length: 0 } && tid == ValType.I32 && argument == ValType.I32;

    private void Run()
    {
        try
        {
            // The process may have been ended before there was anything to interrupt.
            _thread.Execution.Interrupt();
            _start.Invoke([Task.Tid, _argument], []);
            if (!Task.MustEnd)
                GuestCalls.Exit(Task, 0);
        }
        catch (TrapException trap)
        {
            _thread.ReportTrap(trap);
        }
        catch (Exception bug)
        {
            // As in the first thread: a bug of ours ends the guest only, and says so.
            _thread.Process.ReportBug(bug);
        }
        finally
        {
            _thread.Process.ThreadEnded(Task);
        }
    }
}
