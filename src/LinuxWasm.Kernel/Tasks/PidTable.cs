namespace LinuxWasm.Kernel.Tasks;

/// <summary>Numbers for tasks, process groups and sessions. One lock guards the numbers and who belongs to which group and session.</summary>
public sealed class PidTable
{
    /// <summary>kernel.pid_max as Linux has it by default.</summary>
    public const int PidMax = 32768;

    private readonly SortedDictionary<int, LinuxTask> _tasks = [];
    private readonly SortedDictionary<int, ThreadGroup> _groups = [];
    private readonly Dictionary<int, LinuxTask> _zombies = [];
    private readonly int _maxTasks;
    private int _last;

    internal PidTable(int maxTasks) => _maxTasks = maxTasks;

    /// <summary>Guards the numbers, and every process's group and session. Taken before the locks of processes and tasks.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>All live tasks by tid, as they are now.</summary>
    public IReadOnlyList<LinuxTask> Tasks
    {
        get
        {
            lock (Lock)
                return [.. _tasks.Values];
        }
    }

    /// <summary>All processes by pid, zombies too, as they are now.</summary>
    public IReadOnlyList<ThreadGroup> Groups
    {
        get
        {
            lock (Lock)
                return [.. _groups.Values];
        }
    }

    /// <summary>The live task with a tid, or null.</summary>
    public LinuxTask? FindTask(int tid)
    {
        lock (Lock)
            return _tasks.GetValueOrDefault(tid);
    }

    /// <summary>The task with a tid, or the first thread of a zombie: calls that only look at a task find it until it has been waited for.</summary>
    internal LinuxTask? FindTaskOrZombie(int tid)
    {
        lock (Lock)
            return _tasks.GetValueOrDefault(tid) ?? _zombies.GetValueOrDefault(tid);
    }

    /// <summary>The process with a pid, a zombie too, or null.</summary>
    public ThreadGroup? FindGroup(int pid)
    {
        lock (Lock)
            return _groups.GetValueOrDefault(pid);
    }

    /// <summary>The process that a number belongs to, a thread's number too: kill(2) takes both.</summary>
    internal ThreadGroup? FindAnyGroup(int id)
    {
        lock (Lock)
            return _groups.GetValueOrDefault(id) ?? _tasks.GetValueOrDefault(id)?.Group;
    }

    /// <summary>Makes a task under the next free number, or null where there are too many.</summary>
    internal LinuxTask? Add(Func<int, LinuxTask> make)
    {
        lock (Lock)
        {
            if (_tasks.Count >= _maxTasks)
                return null;
            for (var tries = 0; tries < PidMax; tries++)
            {
                // Linux starts again at 300 (RESERVED_PIDS), where the daemons of the start are past.
                _last = _last + 1 >= PidMax ? 300 : _last + 1;
                if (_tasks.ContainsKey(_last) || _groups.ContainsKey(_last) || IsGroupOrSession(_last))
                    continue;
                var task = make(_last);
                _tasks.Add(_last, task);
                if (task.Group.Pid == _last)
                {
                    _groups.Add(_last, task.Group);
                    task.Group.Parent?.Children.Add(task.Group);
                }

                return task;
            }

            return null;
        }
    }

    internal void Remove(LinuxTask task)
    {
        lock (Lock)
        {
            _tasks.Remove(task.Tid);
            if (_groups.ContainsKey(task.Tid))
                _zombies[task.Tid] = task;
        }
    }

    /// <summary>The only thread that its process has left takes the process's number (execve(2)).</summary>
    internal void MakeLeader(LinuxTask task)
    {
        lock (Lock)
        {
            _tasks.Remove(task.Tid);
            task.Tid = task.Group.Pid;
            _tasks[task.Tid] = task;
            _zombies.Remove(task.Tid);
        }
    }

    /// <summary>A process has been waited for: its number is free. Caller holds <see cref="Lock"/>.</summary>
    internal void ReleaseLocked(ThreadGroup group)
    {
        _groups.Remove(group.Pid);
        _zombies.Remove(group.Pid);
    }

    /// <summary>A process's parent as it is now.</summary>
    internal ThreadGroup? ParentOf(ThreadGroup group)
    {
        lock (Lock)
            return group.Parent;
    }

    /// <summary>The live and zombie processes of a process group.</summary>
    internal List<ThreadGroup> MembersOf(int processGroup)
    {
        lock (Lock)
            return [.. _groups.Values.Where(group => group.ProcessGroup == processGroup)];
    }

    /// <summary>The processes of a session. Caller holds <see cref="Lock"/>.</summary>
    internal List<ThreadGroup> MembersOfSessionLocked(int session) => [.. _groups.Values.Where(group => group.Session == session)];

    /// <summary>True where a process group has a member in a session. Caller holds <see cref="Lock"/>.</summary>
    internal bool IsGroupOfSessionLocked(int processGroup, int session) =>
        _groups.Values.Any(group => group.ProcessGroup == processGroup && group.Session == session);

    /// <summary>True where a process group has any member. Caller holds <see cref="Lock"/>.</summary>
    internal bool IsGroupLocked(int processGroup) => _groups.Values.Any(group => group.ProcessGroup == processGroup);

    /// <summary>True where a live task has a number. Caller holds <see cref="Lock"/>.</summary>
    internal bool IsThreadLocked(int tid) => _tasks.ContainsKey(tid);

    /// <summary>The process with a pid, a zombie too, or null. Caller holds <see cref="Lock"/>.</summary>
    internal ThreadGroup? FindGroupLocked(int pid) => _groups.GetValueOrDefault(pid);

    /// <summary>
    /// True where no member has a parent in another group of the same session: nobody would let it go on after a stop.
    /// Caller holds <see cref="Lock"/>.
    /// </summary>
    /// <param name="except">A process that is ending and does not count.</param>
    internal bool IsOrphanedLocked(int processGroup, ThreadGroup? except)
    {
        foreach (var group in _groups.Values)
        {
            if (group.ProcessGroup != processGroup || group.HasEnded || ReferenceEquals(group, except) || group.Parent is not { } parent)
                continue;
            if (parent.ProcessGroup != processGroup && parent.Session == group.Session)
                return false;
        }

        return true;
    }

    internal bool IsOrphaned(int processGroup)
    {
        lock (Lock)
            return IsOrphanedLocked(processGroup, except: null);
    }

    /// <summary>Processes of a group, if any of them has stopped. Caller holds <see cref="Lock"/>.</summary>
    internal List<ThreadGroup> StoppedMembersLocked(int processGroup)
    {
        List<ThreadGroup> members = [.. _groups.Values.Where(group => group.ProcessGroup == processGroup && !group.HasEnded)];
        return members.Exists(static group => group.IsStopped) ? members : [];
    }

    private bool IsGroupOrSession(int id)
    {
        foreach (var group in _groups.Values)
        {
            if (group.ProcessGroup == id || group.Session == id)
                return true;
        }

        return false;
    }
}
