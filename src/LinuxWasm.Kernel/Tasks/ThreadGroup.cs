namespace LinuxWasm.Kernel.Tasks;

/// <summary>A process: the tasks that share a pid (Linux's signal_struct). What all its threads have in common stands here.</summary>
public sealed partial class ThreadGroup
{
    private readonly List<LinuxTask> _tasks = [];

    internal ThreadGroup(LinuxKernel kernel, int pid, ThreadGroup? parent)
    {
        Kernel = kernel;
        Pid = pid;
        Parent = parent;
        ProcessGroup = parent?.ProcessGroup ?? pid;
        Session = parent?.Session ?? pid;
        StartTime = kernel.Clock.Monotonic;
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

    /// <summary>The wait(2) status: <c>code &lt;&lt; 8</c>, or the signal; null while it lives.</summary>
    public int? WaitStatus { get; private set; }

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

    internal void Add(LinuxTask task)
    {
        lock (_tasks)
            _tasks.Add(task);
    }
}
