using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Processes;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Output;

/// <summary>A process of a kernel, as it is whenever it is looked at.</summary>
public sealed class WasmProcess
{
    private readonly string _name;

    internal WasmProcess(WasmKernel kernel, ThreadGroup group, GuestProcess? guest)
    {
        Kernel = kernel;
        Group = group;
        Guest = guest;
        IsHost = group.Tasks.Any(task => task.IsHost);
        _name = group.Tasks.FirstOrDefault()?.Comm ?? "";
    }

    public int ProcessId => Group.Pid;

    /// <summary>The name that ps(1) shows: at most 15 characters.</summary>
    public string Name => Group.Tasks.FirstOrDefault()?.Comm ?? _name;

    public WasmProcessState State =>
        Group.HasEnded || Guest is { Completion.IsCompleted: true } ? WasmProcessState.Ended
        : Group.IsStopped ? WasmProcessState.Stopped
        : Group.Tasks.All(task => task.IsSleeping || task.IsHost) ? WasmProcessState.Sleeping
        : WasmProcessState.Running;

    /// <summary>How it ended, as a shell has it: the exit status, or 128 and the signal's number; null while it lives.</summary>
    public int? ExitStatus => State == WasmProcessState.Ended ? Group.Status?.ShellStatus : null;

    /// <summary>The signal that ended it; null for none.</summary>
    public string? Signal => State == WasmProcessState.Ended && Group.Status is { TerminatingSignal: not Abi.Signal.None and var signal } ? signal.ToString() : null;

    /// <summary>The process that waits for it; 0 for the host.</summary>
    public int ParentId => Group.Parent?.Pid ?? 0;

    public long UserId => Group.Credentials.Uid;

    public int ThreadCount => Group.Tasks.Count;

    /// <summary>Processor time that its threads have used.</summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Group.CpuTime / TimeSpan.NanosecondsPerTick);

    /// <summary>What its code did wrong, with the functions' names; empty where nothing trapped.</summary>
    public string[] Faults => [.. Guest?.Faults ?? []];

    public WasmKernel Kernel { get; }

    /// <summary>It has no program: the session makes calls with it.</summary>
    internal bool IsHost { get; }

    internal ThreadGroup Group { get; }

    /// <summary>The program that the host started; null for processes of which nobody but the kernel knows.</summary>
    internal GuestProcess? Guest { get; }

    public override string ToString() => $"{Name} ({ProcessId})";
}

/// <summary>What a process does.</summary>
public enum WasmProcessState
{
    Running,

    /// <summary>It waits for something, or is the host's and makes no call now.</summary>
    Sleeping,

    /// <summary>SIGSTOP or its like stopped it; SIGCONT lets it go on.</summary>
    Stopped,

    Ended,
}
