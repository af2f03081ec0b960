using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Sees every call of the tasks that carry it, on the calling thread.</summary>
public interface ISyscallTracer
{
    /// <summary>Before the call: what pointers read is in memory now.</summary>
    void Enter(SyscallRecord call);

    /// <summary>After the call: what pointers wrote is in memory now.</summary>
    void Exit(SyscallRecord call, long result);

    /// <summary>The task begins to run a program that nobody called execve(2) for.</summary>
    /// <param name="variables">How many environment variables it gets.</param>
    void ProgramStarted(LinuxTask task, string path, IReadOnlyList<string> arguments, int variables)
    {
    }

    /// <summary>A signal reached the task: its handler runs now, or it ends the task.</summary>
    void SignalArrived(LinuxTask task, SignalInfo info)
    {
    }

    /// <summary>The task runs no more; <paramref name="status"/> is how.</summary>
    void TaskEnded(LinuxTask task, WaitStatus status);
}

/// <summary>A call as the guest made it.</summary>
public sealed record SyscallRecord(LinuxTask Task, int Number, Registers Registers)
{
    /// <summary>Something the tracer keeps between entry and exit.</summary>
    public object? State { get; set; }
}
