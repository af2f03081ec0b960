namespace LinuxWasm.Kernel.Tasks;

/// <summary>Numbers for tasks, process groups and sessions. One lock guards the numbers and who belongs to which group and session.</summary>
public sealed class PidTable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, LinuxTask> _tasks = [];


    internal Lock Lock => _lock;

    /// <summary>The task with a tid, or null.</summary>
    public LinuxTask? Find(int tid)
    {
        lock (_lock)
            return _tasks.GetValueOrDefault(tid);
    }

    /// <summary>All tasks by tid, as they are now.</summary>
    public IReadOnlyList<LinuxTask> All
    {
        get
        {
            lock (_lock)
                return [.. _tasks.Values];
        }
    }
}
