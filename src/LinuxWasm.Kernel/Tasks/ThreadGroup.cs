using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// A process: the tasks that share a pid (Linux's signal_struct). What all its threads have in common stands here.
/// <para>
/// Lock order: <see cref="PidTable.Lock"/>, then one process's <see cref="Lock"/>, then those of wait queues and waiters. Never two processes' at once.
/// </para>
/// </summary>
public sealed partial class ThreadGroup
{
    private readonly List<LinuxTask> _tasks = [];
    private WaitStatus? _status;
    private WaitStatus? _leaderStatus;
    private Credentials _lastCredentials = Credentials.Root;

    /// <param name="creator">Whose limits, actions, group and session it begins with; the parent where left out.</param>
    internal ThreadGroup(LinuxKernel kernel, int pid, ThreadGroup? parent, ThreadGroup? creator = null)
    {
        creator ??= parent;
        Kernel = kernel;
        Pid = pid;
        Parent = parent;
        ParentTid = parent?.Pid ?? 0;
        ProcessGroup = creator?.ProcessGroup ?? pid;
        Session = creator?.Session ?? pid;
        // Nobody of this kernel made it, so nobody else is in its session.
        IsSessionLeader = creator is null;
        StartTime = kernel.Clock.Monotonic;
        Limits = creator is null ? new ResourceLimits() : new ResourceLimits(creator.Limits);
        Actions = creator?.Actions.Clone() ?? new SignalActions();
        Timers = new Time.ProcessTimers(this);
    }

    public LinuxKernel Kernel { get; }

    /// <summary>getpid(2).</summary>
    public int Pid { get; }

    /// <summary>getpgid(2). Changed under <see cref="PidTable"/>'s lock.</summary>
    public int ProcessGroup { get; internal set; }

    /// <summary>getsid(2). Changed under <see cref="PidTable"/>'s lock.</summary>
    public int Session { get; internal set; }

    /// <summary>The controlling terminal, or null. Changed under <see cref="PidTable"/>'s lock.</summary>
    internal Tty.Terminal? Terminal { get; set; }

    /// <summary>setsid(2) made it the first of its session. Changed under <see cref="PidTable"/>'s lock.</summary>
    internal bool IsSessionLeader { get; set; }

    /// <summary>CLOCK_MONOTONIC when the process began, in nanoseconds.</summary>
    public long StartTime { get; }

    public ResourceLimits Limits { get; }

    /// <summary>Interval timers, POSIX timers and the processor time limit.</summary>
    internal Time.ProcessTimers Timers { get; }

    /// <summary>Guards which tasks there are, how the process ends or stops, and the pending signals and masks of it and its tasks (Linux's siglock).</summary>
    internal Lock Lock { get; } = new();

    /// <summary>True once the process has called execve(2): its parent may not move it to another process group any more.</summary>
    public bool HasExecuted { get; internal set; }

    /// <summary>How the process ended or is ending; null while it runs.</summary>
    public WaitStatus? Status
    {
        get
        {
            lock (Lock)
                return _status;
        }
    }

    /// <summary>True once the last task has ended: a zombie until its parent waits for it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Woken when the process has ended, and when its number is free.</summary>
    public WaitQueue Ended { get; } = new();

    /// <summary>Woken when one of its threads has ended.</summary>
    internal WaitQueue ThreadLeft { get; } = new();

    /// <summary>The live threads, as they are now.</summary>
    public IReadOnlyList<LinuxTask> Tasks
    {
        get
        {
            lock (Lock)
                return [.. _tasks];
        }
    }

    /// <summary>The credentials of the first thread that is left; for a process that has ended those of its last one.</summary>
    public Credentials Credentials
    {
        get
        {
            lock (Lock)
                return _tasks.Count > 0 ? _tasks[0].Credentials : _lastCredentials;
        }
    }

    /// <summary>Ends all threads; the first call decides the status. From any thread.</summary>
    internal void EndAll(WaitStatus status)
    {
        lock (Lock)
            _status ??= status;
        foreach (var task in Tasks)
            task.Notify(TaskWork.End);
    }

    /// <summary>Ends the process as a signal does whose default action is to terminate. From any thread.</summary>
    public void Kill(Signal signal) => EndAll(WaitStatus.Killed(signal));

    /// <summary>True unless the process is ending already: then no thread may join it any more.</summary>
    internal bool TryAdd(LinuxTask task)
    {
        lock (Lock)
        {
            if (_status is not null || _executing is not null)
                return false;
            _tasks.Add(task);
            return true;
        }
    }

    /// <summary>A task runs no more. True if it was the last one.</summary>
    internal bool Remove(LinuxTask task, WaitStatus status)
    {
        List<LinuxTask> retarget;
        bool stopped, last;
        lock (Lock)
        {
            _tasks.Remove(task);
            if (task.Tid == Pid)
                _leaderStatus = status;
            retarget = TasksToRetarget(SharedPending.Set & ~task.Blocked);
            stopped = LeaveStop(task);
            last = _tasks.Count == 0;
            if (last)
            {
                // Without exit_group a process ends with the status of its first thread, whichever is last (wait_task_zombie).
                _status ??= _leaderStatus ?? status;
                _lastCredentials = task.Credentials;
            }
        }

        foreach (var other in retarget)
            other.Notify(TaskWork.Signal);
        ThreadLeft.WakeAll();
        AddUsage(task);
        if (stopped)
            ReportStop();
        return last;
    }
}
