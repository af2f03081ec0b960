using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Parents and children: who waits for whom, and what the waiter learns.</summary>
public sealed partial class ThreadGroup
{
    private readonly List<ThreadGroup> _children = [];

    /// <summary>Who waits for it; null for the first process, and for those whose parent is the host. Changed under <see cref="PidTable"/>'s lock.</summary>
    public ThreadGroup? Parent { get; internal set; }

    /// <summary>The thread of the parent that made it: __WNOTHREAD and the parent-death signal ask for it.</summary>
    internal int ParentTid { get; set; }

    /// <summary>What the parent is sent at the end: SIGCHLD, or clone(2)'s choice.</summary>
    public Signal ExitSignal { get; internal set; } = Signal.SIGCHLD;

    /// <summary>Woken when a child has ended, stopped or gone on.</summary>
    internal WaitQueue ChildEvents { get; } = new();

    /// <summary>prctl(2), PR_SET_CHILD_SUBREAPER: orphans among its descendants become its children.</summary>
    public bool IsSubreaper { get; internal set; }

    /// <summary>Children, zombies too. Guarded by <see cref="PidTable"/>'s lock.</summary>
    internal List<ThreadGroup> Children => _children;

    /// <summary>Looks for a child that has something to tell. Caller holds <see cref="PidTable"/>'s lock.</summary>
    /// <param name="candidates">False where no child could ever answer: ECHILD.</param>
    internal ChildReport? FindReport(in ChildQuery query, int callerTid, out bool candidates)
    {
        candidates = false;
        foreach (var child in _children)
        {
            if (!query.Matches(child, callerTid))
                continue;
            // A zombie stops, goes on and ends no more: it answers now or never (wait_consider_task).
            candidates |= !child.HasEnded;
            if (child.Report(query.Options) is { } report)
            {
                if (report.HasEnded && !query.Options.HasFlag(WaitOptions.WNOWAIT))
                    Reap(child);
                return report;
            }
        }

        return null;
    }

    /// <summary>Takes a zombie's number and adds what it used to what the children used. Caller holds <see cref="PidTable"/>'s lock.</summary>
    private void Reap(ThreadGroup child)
    {
        _children.Remove(child);
        Kernel.Pids.ReleaseLocked(child);
        AddChildUsage(child);
        child.Ended.WakeAll();
    }

    private ChildReport? Report(WaitOptions options)
    {
        var keep = options.HasFlag(WaitOptions.WNOWAIT);
        lock (Lock)
        {
            if (HasEnded)
            {
                if (!options.HasFlag(WaitOptions.WEXITED))
                    return null;
                var status = _status!.Value;
                return status.TerminatingSignal == Signal.None
                    ? new ChildReport(this, SignalCode.CLD_EXITED, status.ExitCode, status)
                    : new ChildReport(this, SignalCode.CLD_KILLED, (int)status.TerminatingSignal, status);
            }

            if (_stopUnwaited && options.HasFlag(WaitOptions.WUNTRACED))
            {
                _stopUnwaited = keep;
                return new ChildReport(this, SignalCode.CLD_STOPPED, (int)_stopSignal, WaitStatus.Stopped(_stopSignal));
            }

            if (_continueUnwaited && options.HasFlag(WaitOptions.WCONTINUED))
            {
                _continueUnwaited = keep;
                return new ChildReport(this, SignalCode.CLD_CONTINUED, (int)Signal.SIGCONT, WaitStatus.Continued);
            }
        }

        return null;
    }

    /// <summary>The siginfo of SIGCHLD.</summary>
    private SignalInfo ChildSignal(int code, int status) => new(ExitSignal == Signal.None ? Signal.SIGCHLD : ExitSignal, code)
    {
        Pid = Pid,
        Uid = Credentials.Uid,
        Status = status,
        UserTicks = Usage.UserTime / Time.ClockTicks.Nanoseconds,
        SystemTicks = Usage.SystemTime / Time.ClockTicks.Nanoseconds,
    };

    /// <summary>
    /// The last thread is gone: children find a new parent, the parent is told. A parent that ignores SIGCHLD does not want to know
    /// (wait(2), NOTES), and without a parent nobody can: then the number is free at once.
    /// </summary>
    internal void ReportEnd()
    {
        var pids = Kernel.Pids;
        ThreadGroup? parent;
        List<ThreadGroup> orphanedGroups;
        lock (pids.Lock)
        {
            parent = Parent;
            orphanedGroups = AbandonChildren();
            if (parent is not null && !pids.IsOrphanedLocked(ProcessGroup, except: null) && pids.IsOrphanedLocked(ProcessGroup, except: this))
                orphanedGroups.AddRange(pids.StoppedMembersLocked(ProcessGroup));
            HasEnded = true;
            if (parent is null)
                pids.ReleaseLocked(this);
            else if (!parent.WantsEndOf(this))
                parent.Reap(this);
        }

        RunFrom(null);
        if (IsSessionLeader)
            Terminal?.GiveUp(this, ends: true);
        Ended.WakeAll();
        foreach (var stopped in orphanedGroups)
        {
            // Nobody is left who could let them go on (setpgid(2), "orphaned process group").
            stopped.Send(SignalInfo.FromKernel(Signal.SIGHUP));
            stopped.Send(SignalInfo.FromKernel(Signal.SIGCONT));
        }

        parent?.Learn(this);
    }

    /// <summary>False where a child that ends is to vanish by itself.</summary>
    private bool WantsEndOf(ThreadGroup child)
    {
        if (child.ExitSignal != Signal.SIGCHLD)
            return true;
        var action = Actions[Signal.SIGCHLD];
        return action.Disposition != Disposition.Ignore && !action.Has(SignalFlags.SA_NOCLDWAIT);
    }

    /// <summary>A child has ended: the signal, and whoever waits.</summary>
    private void Learn(ThreadGroup child)
    {
        if (child.ExitSignal != Signal.None && Actions[child.ExitSignal].Disposition != Disposition.Ignore)
        {
            var status = child._status!.Value;
            Send(status.TerminatingSignal == Signal.None
                ? child.ChildSignal(SignalCode.CLD_EXITED, status.ExitCode)
                : child.ChildSignal(SignalCode.CLD_KILLED, (int)status.TerminatingSignal));
        }

        ChildEvents.WakeAll();
    }

    /// <summary>
    /// Gives the children to the nearest living subreaper above, or to the topmost living ancestor, which is the init of its tree; where there
    /// is none, to nobody, which is the host: there zombies vanish.
    /// Caller holds <see cref="PidTable"/>'s lock.
    /// </summary>
    /// <returns>Stopped processes whose group is orphaned by this.</returns>
    private List<ThreadGroup> AbandonChildren()
    {
        var stopped = new List<ThreadGroup>();
        ThreadGroup? reaper = null;
        for (var ancestor = Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.HasEnded)
                continue;
            reaper = ancestor;
            if (ancestor.IsSubreaper)
                break;
        }

        foreach (var child in _children.ToArray())
        {
            var wasOrphaned = Kernel.Pids.IsOrphanedLocked(child.ProcessGroup, except: null);
            _children.Remove(child);
            child.Parent = reaper;
            child.ParentTid = reaper?.Pid ?? 0;
            if (reaper is not null)
                reaper._children.Add(child);
            else if (child.HasEnded)
                Kernel.Pids.ReleaseLocked(child);
            if (!wasOrphaned && Kernel.Pids.IsOrphanedLocked(child.ProcessGroup, except: null))
                stopped.AddRange(Kernel.Pids.StoppedMembersLocked(child.ProcessGroup));
        }

        reaper?.ChildEvents.WakeAll();
        return stopped;
    }

    /// <summary>A thread ends: the children that it made and that asked for it get their signal (prctl(2), PR_SET_PDEATHSIG).</summary>
    internal void ReportParentDeath(LinuxTask thread)
    {
        List<LinuxTask> mourners = [];
        lock (Kernel.Pids.Lock)
        {
            foreach (var child in _children)
            {
                if (child.ParentTid != thread.Tid)
                    continue;
                mourners.AddRange(child.Tasks.Where(static task => task.ParentDeathSignal != Signal.None));
                child.ParentTid = Pid;
            }
        }

        foreach (var task in mourners)
            task.Group.Send(new SignalInfo(task.ParentDeathSignal, SignalCode.SI_USER) { Pid = Pid, Uid = thread.Credentials.Uid }, target: null);
    }
}
