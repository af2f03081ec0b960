using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Who the task is, and what goes with that.</summary>
public sealed partial class LinuxTask
{
    /// <summary>The signal that the task gets when its parent ends (prctl(2), PR_SET_PDEATHSIG).</summary>
    internal Signal ParentDeathSignal { get; set; }

    /// <summary>PR_SET_NO_NEW_PRIVS: execve gives this task no more rights than it has. Never taken back.</summary>
    public bool NoNewPrivileges { get; internal set; }

    /// <summary>personality(2).</summary>
    internal uint Personality { get; set; }

    /// <summary>PR_SET_TIMERSLACK, in nanoseconds. The host's timers have a slack of their own.</summary>
    internal ulong TimerSlack { get; set; } = 50_000;

    /// <summary>Policy, priority and nice value. Replaced as a whole, from any thread.</summary>
    internal SchedulingState Scheduling { get; set; } = SchedulingState.Default;

    /// <summary>The processors that it may run on, one bit each.</summary>
    internal ulong Affinity { get; set; } = ulong.MaxValue;

    /// <summary>A word that is set to 0, and its waiters woken, when the task ends (set_tid_address(2)); null for none.</summary>
    internal Memory.GuestPtr<int> ThreadWord { get; set; }

    /// <summary>Takes other credentials, as Linux's commit_creds.</summary>
    internal void ChangeCredentials(Credentials next)
    {
        var old = Credentials;
        if (old.Euid != next.Euid || old.Egid != next.Egid || old.Fsuid != next.Fsuid || old.Fsgid != next.Fsgid
            || !next.Permitted.IsSubsetOf(old.Permitted))
        {
            // Nobody is to look into a process that has secrets of another user (fs.suid_dumpable is 0), nor to be told of its parent's end.
            AddressSpace.Dumpable = false;
            ParentDeathSignal = Signal.None;
        }

        Credentials = next;
    }
}
