using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getgid(2), setgid(2), setregid(2), setresgid(2), setfsgid(2) with 32-bit ids. No capability depends on a group id.</summary>
public static class GroupIds
{
    private const uint Keep = UserIds.Keep;
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("getgid", On = WideOnly)]
    [Syscall("getgid32", Man = "getgid(2)")]
    public static SysResult GetGid(LinuxTask task) => task.Credentials.Gid;

    [Syscall("getegid", On = WideOnly, Man = "getgid(2)")]
    [Syscall("getegid32", Man = "getgid(2)")]
    public static SysResult GetEgid(LinuxTask task) => task.Credentials.Egid;

    [Syscall("getresgid", On = WideOnly, Man = "getresuid(2)")]
    [Syscall("getresgid32", Man = "getresuid(2)")]
    public static SysResult GetResGid(LinuxTask task, [Out] GuestPtr<uint> rgid, [Out] GuestPtr<uint> egid, [Out] GuestPtr<uint> sgid)
    {
        var now = task.Credentials;
        return task.Memory.TryWrite(rgid, now.Gid) && task.Memory.TryWrite(egid, now.Egid) && task.Memory.TryWrite(sgid, now.Sgid)
            ? 0
            : Errno.EFAULT;
    }

    [Syscall("setgid", On = WideOnly)]
    [Syscall("setgid32", Man = "setgid(2)")]
    public static SysResult SetGid(LinuxTask task, uint gid)
    {
        if (gid == Keep)
            return Errno.EINVAL;
        var old = task.Credentials;
        var next = old with { Egid = gid, Fsgid = gid };
        if (old.Has(Capability.CAP_SETGID))
            next = next with { Gid = gid, Sgid = gid };
        else if (gid != old.Gid && gid != old.Sgid)
            return Errno.EPERM;
        task.ChangeCredentials(next);
        return 0;
    }

    [Syscall("setregid", On = WideOnly, Man = "setreuid(2)")]
    [Syscall("setregid32", Man = "setreuid(2)")]
    public static SysResult SetReGid(LinuxTask task, uint rgid, uint egid)
    {
        var old = task.Credentials;
        var next = old;
        if (rgid != Keep)
        {
            next = next with { Gid = rgid };
            if (rgid != old.Gid && rgid != old.Egid && !old.Has(Capability.CAP_SETGID))
                return Errno.EPERM;
        }

        if (egid != Keep)
        {
            next = next with { Egid = egid };
            if (egid != old.Gid && egid != old.Egid && egid != old.Sgid && !old.Has(Capability.CAP_SETGID))
                return Errno.EPERM;
        }

        if (rgid != Keep || (egid != Keep && egid != old.Gid))
            next = next with { Sgid = next.Egid };
        task.ChangeCredentials(next with { Fsgid = next.Egid });
        return 0;
    }

    [Syscall("setresgid", On = WideOnly, Man = "setresuid(2)")]
    [Syscall("setresgid32", Man = "setresuid(2)")]
    public static SysResult SetResGid(LinuxTask task, uint rgid, uint egid, uint sgid)
    {
        var old = task.Credentials;
        bool IsForeign(uint id) => id != Keep && id != old.Gid && id != old.Egid && id != old.Sgid;
        if ((IsForeign(rgid) || IsForeign(egid) || IsForeign(sgid)) && !old.Has(Capability.CAP_SETGID))
            return Errno.EPERM;
        var next = old with
        {
            Gid = rgid == Keep ? old.Gid : rgid,
            Egid = egid == Keep ? old.Egid : egid,
            Sgid = sgid == Keep ? old.Sgid : sgid,
        };
        if (next == old && (egid == Keep || egid == old.Fsgid))
            return 0;
        task.ChangeCredentials(next with { Fsgid = next.Egid });
        return 0;
    }

    /// <summary>Answers the id before the call, whether it was changed or not: there is no error.</summary>
    [Syscall("setfsgid", On = WideOnly)]
    [Syscall("setfsgid32", Man = "setfsgid(2)")]
    public static SysResult SetFsGid(LinuxTask task, uint fsgid)
    {
        var old = task.Credentials;
        var allowed = fsgid == old.Gid || fsgid == old.Egid || fsgid == old.Sgid || fsgid == old.Fsgid || old.Has(Capability.CAP_SETGID);
        if (fsgid != Keep && allowed && fsgid != old.Fsgid)
            task.ChangeCredentials(old with { Fsgid = fsgid });
        return old.Fsgid;
    }
}
