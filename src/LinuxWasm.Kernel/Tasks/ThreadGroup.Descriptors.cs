namespace LinuxWasm.Kernel.Tasks;

/// <summary>What pid descriptors of a process and its threads refer to: one inode for each number, however many descriptors there are.</summary>
public sealed partial class ThreadGroup
{
    private PidInode? _pidInode;

    internal PidInode PidInodeOf(int tid)
    {
        if (tid == Pid)
            return LazyInitializer.EnsureInitialized(ref _pidInode, () => new PidInode(this, tid));
        var thread = Tasks.FirstOrDefault(task => task.Tid == tid);
        return thread?.EnsurePidInode() ?? new PidInode(this, tid);
    }
}
