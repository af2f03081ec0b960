using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// Sees every call of the tasks that carry it, on the calling thread, and in ptrace(2)'s order: a call that a signal interrupts ends, with how it is to be
/// made again for its result (<see cref="Restart"/>); then the signal arrives; then its handler's calls are made; then the first call is made again.
/// As with ptrace(2), ignored signals reach a task that is traced, so that they interrupt its calls.
/// </summary>
public interface ISyscallTracer
{
    /// <summary>Before the call: what pointers read is in memory now.</summary>
    void Enter(SyscallRecord call);

    /// <summary>After the call: what pointers wrote is in memory now.</summary>
    void Exit(SyscallRecord call, long result);

    /// <summary>The task ends within the call, and nobody sees its result.</summary>
    void Cut(SyscallRecord call)
    {
    }

    /// <summary>The task begins to run a program that nobody called execve(2) for.</summary>
    /// <param name="variables">How many environment variables it gets.</param>
    void ProgramStarted(LinuxTask task, string path, IReadOnlyList<string> arguments, int variables)
    {
    }

    /// <summary>The task has made a thread by other means than clone(2), which has not run yet.</summary>
    /// <param name="tid">The thread's number.</param>
    /// <param name="stack">Where its stack begins.</param>
    /// <param name="storage">Where its thread-local storage lies.</param>
    void ThreadStarted(LinuxTask creator, int tid, GuestPtr stack, GuestPtr storage)
    {
    }

    /// <summary>The task has taken a signal, and does next what it is there for.</summary>
    void SignalArrived(LinuxTask task, SignalInfo info)
    {
    }

    /// <summary>A signal's handler has returned.</summary>
    /// <param name="mask">Signals that are blocked again as they were before.</param>
    /// <param name="withInfo">The handler had a siginfo (SA_SIGINFO).</param>
    /// <param name="result">What the register of results holds now: the interrupted call's result, or its number where it is made again.</param>
    void HandlerReturned(LinuxTask task, SignalSet mask, bool withInfo, long result)
    {
    }

    /// <summary>The task stops with its process, until SIGCONT.</summary>
    void Stopped(LinuxTask task, Signal signal)
    {
    }

    /// <summary>The task executes a program in the place of its process's first thread, which ends without a word (execve(2)).</summary>
    /// <param name="tid">The task's number until now.</param>
    void Superseded(LinuxTask task, int tid)
    {
    }

    /// <summary>The task runs no more; <paramref name="status"/> is how.</summary>
    void TaskEnded(LinuxTask task, WaitStatus status);
}

/// <summary>A call as the guest made it.</summary>
/// <param name="Task">Whose call it is.</param>
/// <param name="Number">In the table of <see cref="Abi"/>.</param>
/// <param name="Registers">The arguments.</param>
/// <param name="Resumes">The call goes on after a signal, by the kernel's own restart_syscall(2).</param>
public sealed record SyscallRecord(LinuxTask Task, int Number, Registers Registers, bool Resumes = false)
{
    /// <summary>Whose number and layouts: the task may be another program's once the call is done.</summary>
    public GuestAbi Abi { get; } = Task.Abi;

    /// <summary>Bytes of a string that are shown (strace's -s).</summary>
    public int ShownBytes { get; internal set; } = 32;

    /// <summary>Something the tracer keeps between entry and exit.</summary>
    public object? State { get; set; }
}
