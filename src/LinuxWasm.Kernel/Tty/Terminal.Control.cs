using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tty;

/// <summary>Sessions and job control: whose terminal it is, and who may use it (credentials(7), drivers/tty/tty_jobctrl.c).</summary>
internal sealed partial class Terminal
{
    /// <summary>The session that it controls; 0 for none. Guarded by <see cref="PidTable.Lock"/>.</summary>
    public int Session { get; private set; }

    /// <summary>The process group in the foreground; 0 for none. Guarded by <see cref="PidTable.Lock"/>.</summary>
    public int Foreground { get; private set; }

    /// <summary>
    /// What a process of the background may not do: it is stopped by the signal, unless it blocks or ignores it (tty_check_change). EIO where nobody could
    /// let it go on, and where it can't be stopped from reading.
    /// </summary>
    public Errno CheckBackground(LinuxTask task, Signal signal)
    {
        var pids = Kernel.Pids;
        int own;
        lock (pids.Lock)
        {
            own = task.Group.ProcessGroup;
            if (task.Group.Terminal != this || Foreground == 0 || Foreground == own)
                return Errno.None;
        }

        if (task.Blocked.Contains(signal) || task.Group.Actions[signal].Disposition == Disposition.Ignore)
            return signal == Signal.SIGTTIN ? Errno.EIO : Errno.None;
        if (pids.IsOrphaned(own))
            return Errno.EIO;
        SignalGroup(own, signal);
        return Syscalls.Restart.ERESTARTSYS;
    }

    /// <summary>A session leader without a terminal gets this one, if it is nobody's, when it opens it to read.</summary>
    public void ClaimByOpening(LinuxTask task)
    {
        lock (Kernel.Pids.Lock)
        {
            if (task.Group is { IsSessionLeader: true, Terminal: null } && Session == 0)
                Control(task.Group);
        }
    }

    /// <summary>TIOCSCTTY.</summary>
    public Errno Claim(LinuxTask task, bool canRead, bool steal)
    {
        lock (Kernel.Pids.Lock)
        {
            var group = task.Group;
            var isAdmin = task.Credentials.Has(Capability.CAP_SYS_ADMIN);
            if (group.IsSessionLeader && Session == group.Session)
                return Errno.None;
            if (!group.IsSessionLeader || group.Terminal is not null)
                return Errno.EPERM;
            if (Session != 0)
            {
                if (!steal || !isAdmin)
                    return Errno.EPERM;
                LeaveSessionLocked();
            }

            if (!canRead && !isAdmin)
                return Errno.EPERM;
            Control(group);
            return Errno.None;
        }
    }

    /// <summary>TIOCNOTTY, and a leader's end: a leader's whole session loses it, and the foreground is told.</summary>
    /// <param name="group">Who gives it up.</param>
    /// <param name="ends">The process is ending.</param>
    public void GiveUp(ThreadGroup group, bool ends)
    {
        int foreground;
        lock (Kernel.Pids.Lock)
        {
            if (!group.IsSessionLeader)
            {
                group.Terminal = null;
                return;
            }

            foreground = Foreground;
            LeaveSessionLocked();
        }

        if (foreground == 0)
            return;
        SignalGroup(foreground, Signal.SIGHUP);
        if (!ends)
            SignalGroup(foreground, Signal.SIGCONT);
    }

    /// <summary>TIOCGPGRP. ENOTTY for who asks by the terminal itself and has another.</summary>
    public Errno GetForeground(LinuxTask task, bool asMaster, out int processGroup)
    {
        lock (Kernel.Pids.Lock)
        {
            processGroup = Foreground;
            return asMaster || task.Group.Terminal == this ? Errno.None : Errno.ENOTTY;
        }
    }

    /// <summary>TIOCGSID.</summary>
    public Errno GetSession(LinuxTask task, bool asMaster, out int session)
    {
        lock (Kernel.Pids.Lock)
        {
            session = Session;
            return (asMaster || task.Group.Terminal == this) && session != 0 ? Errno.None : Errno.ENOTTY;
        }
    }

    /// <summary>TIOCSPGRP, once the caller may.</summary>
    public Errno SetForeground(LinuxTask task, int processGroup)
    {
        var pids = Kernel.Pids;
        lock (pids.Lock)
        {
            if (processGroup < 0)
                return Errno.EINVAL;
            if (task.Group.Terminal != this || Session != task.Group.Session)
                return Errno.ENOTTY;
            // Any number that a task, a group or a session has will do here; that it is a group of the session comes next.
            if (!pids.IsGroupLocked(processGroup))
                return pids.IsThreadLocked(processGroup) || pids.FindGroupLocked(processGroup) is not null ? Errno.EPERM : Errno.ESRCH;
            if (!pids.IsGroupOfSessionLocked(processGroup, task.Group.Session))
                return Errno.EPERM;
            Foreground = processGroup;
            return Errno.None;
        }
    }

    private void SignalForeground(Signal signal)
    {
        int foreground;
        lock (Kernel.Pids.Lock)
            foreground = Foreground;
        if (foreground != 0)
            SignalGroup(foreground, signal);
    }

    private void SignalGroup(int processGroup, Signal signal)
    {
        foreach (var member in Kernel.Pids.MembersOf(processGroup))
            member.Send(SignalInfo.FromKernel(signal));
    }

    /// <summary>The line is dead: the session's leader is told, and the session has no terminal any more (__tty_hangup).</summary>
    private void HangUpSession()
    {
        ThreadGroup? leader;
        lock (Kernel.Pids.Lock)
        {
            leader = Session == 0 ? null : Kernel.Pids.FindGroupLocked(Session);
            LeaveSessionLocked();
        }

        leader?.Send(SignalInfo.FromKernel(Signal.SIGHUP));
        leader?.Send(SignalInfo.FromKernel(Signal.SIGCONT));
    }

    /// <summary>Caller holds <see cref="PidTable.Lock"/>.</summary>
    private void Control(ThreadGroup leader)
    {
        Session = leader.Session;
        Foreground = leader.ProcessGroup;
        leader.Terminal = this;
    }

    /// <summary>Caller holds <see cref="PidTable.Lock"/>.</summary>
    private void LeaveSessionLocked()
    {
        foreach (var member in Kernel.Pids.MembersOfSessionLocked(Session))
        {
            if (member.Terminal == this)
                member.Terminal = null;
        }

        Session = Foreground = 0;
    }
}
