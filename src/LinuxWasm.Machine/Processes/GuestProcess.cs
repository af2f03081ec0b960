using System.Collections.Concurrent;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Processes;

/// <summary>A program that was started: to wait for, to signal, and to ask how it ended.</summary>
public sealed class GuestProcess
{
    private readonly TaskCompletionSource<WaitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _faults = new();
    private int _threads = 1;

    internal GuestProcess(WasmMachine machine, string name, LinuxTask mainTask, bool emulatesFunctionPointerCasts)
    {
        Machine = machine;
        Name = name;
        MainTask = mainTask;
        EmulatesFunctionPointerCasts = emulatesFunctionPointerCasts;
    }

    /// <summary>What it runs in.</summary>
    internal WasmMachine Machine { get; }

    /// <summary>See <see cref="ProgramStart.EmulateFunctionPointerCasts"/>.</summary>
    internal bool EmulatesFunctionPointerCasts { get; }

    /// <summary>What was started, for messages.</summary>
    public string Name { get; }

    public int Pid => MainTask.Group.Pid;

    /// <summary>The task that began it; its group, descriptors and credentials are the process's.</summary>
    public LinuxTask MainTask { get; }

    /// <summary>Completes when the process's last task has ended and its descriptors are closed.</summary>
    public Task<WaitStatus> Completion => _ended.Task;

    /// <summary>What the guest's code did wrong, with its functions' names, innermost first; empty where nothing trapped.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Waits for the end.</summary>
    /// <returns>How it ended, or null where it still runs after that time.</returns>
    public WaitStatus? Wait(TimeSpan? timeout = null) =>
        Completion.Wait(timeout ?? Timeout.InfiniteTimeSpan) ? Completion.Result : null;

    /// <summary>Sends a signal from outside, from any thread.</summary>
    public void Send(Signal signal) => MainTask.Group.Send(SignalInfo.FromKernel(signal));

    /// <summary>Ends the process at once, from any thread (SIGKILL).</summary>
    public void Kill() => MainTask.Group.Kill(Signal.SIGKILL);

    internal void AddFault(string fault) => _faults.Enqueue(fault);

    /// <summary>A child's process, for a task that one of its threads has made.</summary>
    internal GuestProcess Child(LinuxTask task) => new(Machine, Name, task, EmulatesFunctionPointerCasts);

    internal void ThreadStarted() => Interlocked.Increment(ref _threads);

    /// <summary>A thread's code runs no more. With the last one whoever waits is told.</summary>
    internal void ThreadEnded(GuestThread thread)
    {
        thread.Detach();
        thread.Task.Finish();
        if (Interlocked.Decrement(ref _threads) == 0)
            _ended.SetResult(MainTask.Group.Status ?? default);
    }

    /// <summary>A bug of ours ends the guest only, and says so.</summary>
    internal void ReportBug(Exception bug)
    {
        AddFault($"BUG: {bug}");
        MainTask.Kernel.Log.Write(MainTask.Kernel.Clock.Monotonic, $"BUG: {Name}[{Pid}]: {bug}");
        Kill();
    }
}
