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

    /// <summary>The task runs no more: locks that it held and threads that join it learn of it (mm_release).</summary>
    private void ReleaseThreadWords()
    {
        RobustList.Walk(this);
        if (ThreadWord.IsNull)
            return;
        // Nobody reads it where nobody else has the memory.
        if (AddressSpace.IsShared && Memory.TryWrite(ThreadWord, 0))
            AddressSpace.Futexes.Wake(ThreadWord, 1, FutexTable.AnyBit);
        ThreadWord = default;
    }
}
