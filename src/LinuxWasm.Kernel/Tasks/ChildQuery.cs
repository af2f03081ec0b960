using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Which children waitid(2) asks for.</summary>
internal enum ChildIdType
{
    P_ALL = 0,
    P_PID = 1,
    P_PGID = 2,
    P_PIDFD = 3,
}

/// <summary>What a caller of wait4(2) or waitid(2) waits for.</summary>
internal readonly record struct ChildQuery(ChildIdType Type, int Id, WaitOptions Options)
{
    /// <summary>Whom a pid descriptor stands for (P_PIDFD): its number may be another's by now.</summary>
    public PidInode? Process { get; init; }

    public bool Matches(ThreadGroup child, int callerTid)
    {
        var named = Type switch
        {
            ChildIdType.P_PID => child.Pid == Id,
            ChildIdType.P_PGID => child.ProcessGroup == Id,
            ChildIdType.P_PIDFD => Process is { IsLeader: true } process && ReferenceEquals(process.Group, child),
            _ => true,
        };
        if (!named)
            return false;
        if (Options.HasFlag(WaitOptions.__WNOTHREAD) && child.ParentTid != callerTid)
            return false;
        // A "clone child" is one that announces its end otherwise than by SIGCHLD (wait(2), __WCLONE).
        return Options.HasFlag(WaitOptions.__WALL) || child.ExitSignal != Signal.SIGCHLD == Options.HasFlag(WaitOptions.__WCLONE);
    }
}

/// <summary>What a child has to tell.</summary>
/// <param name="Child">Who.</param>
/// <param name="Code">A CLD_ constant: <see cref="SignalCode"/>.</param>
/// <param name="Status">si_status: an exit code or a signal's number.</param>
/// <param name="WaitStatus">The same in wait(2)'s form.</param>
internal sealed record ChildReport(ThreadGroup Child, int Code, int Status, WaitStatus WaitStatus)
{
    public bool HasEnded => Code is SignalCode.CLD_EXITED or SignalCode.CLD_KILLED or SignalCode.CLD_DUMPED;
}
