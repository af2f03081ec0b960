using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A process: the tasks that share a pid (Linux's signal_struct). What all its threads have in common stands here.</summary>
public sealed partial class ThreadGroup
{
    private readonly List<LinuxTask> _tasks = [];
    private WaitStatus? _status;

    internal ThreadGroup(LinuxKernel kernel, int pid, ThreadGroup? parent)
    {
        Kernel = kernel;
        Pid = pid;
        Parent = parent;
        ProcessGroup = parent?.ProcessGroup ?? pid;
        Session = parent?.Session ?? pid;
        StartTime = kernel.Clock.Monotonic;
        Limits = parent is null ? new ResourceLimits() : new ResourceLimits(parent.Limits);
    }

    public LinuxKernel Kernel { get; }

    /// <summary>getpid(2).</summary>
    public int Pid { get; }

    /// <summary>Who waits for it; null for the first process, and for those whose parent is the host.</summary>
    public ThreadGroup? Parent { get; internal set; }

    /// <summary>getpgid(2). Changed under <see cref="PidTable"/>'s lock.</summary>
    public int ProcessGroup { get; internal set; }

    /// <summary>getsid(2). Changed under <see cref="PidTable"/>'s lock.</summary>
    public int Session { get; internal set; }

    /// <summary>CLOCK_MONOTONIC when the process began, in nanoseconds.</summary>
    public long StartTime { get; }

    public ResourceLimits Limits { get; }

    /// <summary>How the process ended or is ending; null while it runs.</summary>
    public WaitStatus? Status
    {
        get
        {
            lock (_tasks)
                return _status;
        }
    }

    /// <summary>True once the last task has ended: a zombie until its parent waits for it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Woken when the process has ended.</summary>
    public WaitQueue Ended { get; } = new();

    /// <summary>The live threads, as they are now.</summary>
    public IReadOnlyList<LinuxTask> Tasks
    {
        get
        {
            lock (_tasks)
                return [.. _tasks];
        }
    }

    /// <summary>Ends all threads; the first call decides the status. From any thread.</summary>
    internal void EndAll(WaitStatus status)
    {
        lock (_tasks)
            _status ??= status;
        foreach (var task in Tasks)
            task.Notify(TaskWork.End);
    }

    /// <summary>Ends the process as a signal does whose default action is to terminate. From any thread.</summary>
    public void Kill(Signal signal) => EndAll(WaitStatus.Killed(signal));

    internal void Add(LinuxTask task)
    {
        lock (_tasks)
            _tasks.Add(task);
    }

    /// <summary>A task runs no more. True if it was the last one.</summary>
    internal bool Remove(LinuxTask task, WaitStatus status)
    {
        lock (_tasks)
        {
            _tasks.Remove(task);
            if (_tasks.Count > 0)
                return false;
            _status ??= status;
            HasEnded = true;
        }

        Ended.WakeAll();
        return true;
    }
}
