namespace LinuxWasm.Kernel.Tasks;

/// <summary>Who may look into another process, or take part in it (ptrace(2), "Ptrace access mode checking").</summary>
internal static class PtraceAccess
{
    /// <summary>By the ids for file access: PTRACE_MODE_FSCREDS, as /proc asks.</summary>
    public static bool WithFileIds(LinuxTask task, ThreadGroup target)
    {
        var mine = task.Credentials;
        return May(task, target, mine.Fsuid, mine.Fsgid, mine.Effective);
    }

    /// <summary>By the real ids: PTRACE_MODE_REALCREDS, as system calls ask.</summary>
    public static bool WithRealIds(LinuxTask task, ThreadGroup target)
    {
        var mine = task.Credentials;
        return May(task, target, mine.Uid, mine.Gid, mine.Permitted);
    }

    private static bool May(LinuxTask task, ThreadGroup target, uint uid, uint gid, CapabilitySet capabilities)
    {
        if (ReferenceEquals(task.Group, target) || task.Credentials.Has(Capability.CAP_SYS_PTRACE))
            return true;
        var theirs = target.Credentials;
        return uid == theirs.Uid && uid == theirs.Euid && uid == theirs.Suid
            && gid == theirs.Gid && gid == theirs.Egid && gid == theirs.Sgid
            && theirs.Permitted.IsSubsetOf(capabilities)
            && (target.Tasks is not [var first, ..] || first.AddressSpace.Dumpable);
    }
}
