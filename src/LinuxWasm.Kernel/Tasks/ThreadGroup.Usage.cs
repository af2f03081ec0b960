namespace LinuxWasm.Kernel.Tasks;

/// <summary>What the process used, and what its children did.</summary>
public sealed partial class ThreadGroup
{
    private readonly Lock _usageLock = new();
    private ResourceUsage _endedTasks;
    private ResourceUsage _usageOfChildren;

    /// <summary>Of all threads, those that have ended too (RUSAGE_SELF).</summary>
    public ResourceUsage Usage
    {
        get
        {
            var tasks = Tasks;
            ResourceUsage sum;
            lock (_usageLock)
                sum = _endedTasks;
            foreach (var task in tasks)
                sum += task.Usage;
            return sum;
        }
    }

    /// <summary>CLOCK_PROCESS_CPUTIME_ID, in nanoseconds.</summary>
    public long CpuTime => Usage.ProcessorTime;

    /// <summary>Of the children that have ended and been waited for, and of theirs (RUSAGE_CHILDREN).</summary>
    public ResourceUsage ChildrenUsage
    {
        get
        {
            lock (_usageLock)
                return _usageOfChildren;
        }
    }

    private void AddUsage(LinuxTask ended)
    {
        lock (_usageLock)
            _endedTasks += ended.Usage;
    }

    private void AddChildUsage(ThreadGroup child)
    {
        var usage = child.Usage + child.ChildrenUsage;
        lock (_usageLock)
            _usageOfChildren += usage;
    }
}
