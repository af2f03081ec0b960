using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What a new task gets of the one that made it, and what it leaves behind for those that go on.</summary>
public sealed partial class LinuxTask
{
    /// <summary>set_robust_list(2).</summary>
    internal GuestPtr RobustListHead { get; set; }

    /// <summary>
    /// Takes over what clone(2) copies whatever its flags: the signal mask, the name, scheduling, personality, PR_SET_NO_NEW_PRIVS. Pending signals,
    /// timers, robust locks and the parent-death signal are the creator's own.
    /// </summary>
    internal void InheritFrom(LinuxTask creator)
    {
        Blocked = creator.Blocked;
        NoNewPrivileges = creator.NoNewPrivileges;
        Personality = creator.Personality;
        TimerSlack = creator.TimerSlack;
        Affinity = creator.Affinity;
        Tracer = creator.Tracer;
        Scheduling = creator.Scheduling.ResetOnFork ? SchedulingState.Default : creator.Scheduling;
    }

    private PidInode? _pidInode;

    /// <summary>What descriptors of this thread refer to, unless it is its process's first.</summary>
    internal PidInode EnsurePidInode() => LazyInitializer.EnsureInitialized(ref _pidInode, () => new PidInode(Group, Tid));

    private readonly WaitQueue _leftMemory = new();
    private bool _hasLeftMemory;

    /// <summary>vfork(2): its creator sleeps until the task runs no more on the creator's memory. Only the creator's own end interrupts that.</summary>
    internal void WaitUntilMemoryIsLeft(LinuxTask creator)
    {
        using var wait = creator.BeginWait(_leftMemory);
        while (!Volatile.Read(ref _hasLeftMemory) && wait.SleepKillable() != WaitOutcome.Interrupted)
        {
        }
    }

    /// <summary>The task has ended, or runs another program on memory of its own: who waits for that may go on.</summary>
    internal void LeaveMemory()
    {
        Volatile.Write(ref _hasLeftMemory, true);
        _leftMemory.WakeAll();
    }

    /// <summary>The task runs no more: locks that it held and threads that join it learn of it (mm_release).</summary>
    private void ReleaseThreadWords()
    {
        RobustList.Walk(this);
        if (ThreadWord.IsNull)
            return;
        // Nobody reads it where nobody else has the memory.
        if (AddressSpace.IsShared && Memory.TryWrite(ThreadWord, 0))
            AddressSpace.Futexes.Wake(new FutexKey(ThreadWord, IsPrivate: false), 1, FutexTable.AnyBit);
        ThreadWord = default;
    }
}
