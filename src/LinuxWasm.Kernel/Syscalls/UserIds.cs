using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getuid(2), setuid(2), setreuid(2), setresuid(2), setfsuid(2) with 32-bit ids. Group ids: <see cref="GroupIds"/>.</summary>
public static class UserIds
{
    /// <summary>"Leave it as it is"; no user has this number.</summary>
    internal const uint Keep = uint.MaxValue;

    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("getuid", On = WideOnly)]
    [Syscall("getuid32", Man = "getuid(2)")]
    public static SysResult GetUid(LinuxTask task) => task.Credentials.Uid;

    [Syscall("geteuid", On = WideOnly, Man = "getuid(2)")]
    [Syscall("geteuid32", Man = "getuid(2)")]
    public static SysResult GetEuid(LinuxTask task) => task.Credentials.Euid;

    [Syscall("getresuid", On = WideOnly)]
    [Syscall("getresuid32", Man = "getresuid(2)")]
    public static SysResult GetResUid(LinuxTask task, [Out] GuestPtr<uint> ruid, [Out] GuestPtr<uint> euid, [Out] GuestPtr<uint> suid)
    {
        var now = task.Credentials;
        // In this order, and what was written before a fault stays written (kernel/sys.c).
        return task.Memory.TryWrite(ruid, now.Uid) && task.Memory.TryWrite(euid, now.Euid) && task.Memory.TryWrite(suid, now.Suid)
            ? 0
            : Errno.EFAULT;
    }

    [Syscall("setuid", On = WideOnly)]
    [Syscall("setuid32", Man = "setuid(2)")]
    public static SysResult SetUid(LinuxTask task, uint uid)
    {
        if (uid == Keep)
            return Errno.EINVAL;
        var old = task.Credentials;
        var next = old with { Euid = uid, Fsuid = uid };
        if (old.Has(Capability.CAP_SETUID))
            next = next with { Uid = uid, Suid = uid };
        else if (uid != old.Uid && uid != old.Suid)
            return Errno.EPERM;
        task.ChangeCredentials(next.AfterUidChange(old));
        return 0;
    }

    [Syscall("setreuid", On = WideOnly)]
    [Syscall("setreuid32", Man = "setreuid(2)")]
    public static SysResult SetReUid(LinuxTask task, uint ruid, uint euid)
    {
        var old = task.Credentials;
        var next = old;
        if (ruid != Keep)
        {
            next = next with { Uid = ruid };
            if (ruid != old.Uid && ruid != old.Euid && !old.Has(Capability.CAP_SETUID))
                return Errno.EPERM;
        }

        if (euid != Keep)
        {
            next = next with { Euid = euid };
            if (euid != old.Uid && euid != old.Euid && euid != old.Suid && !old.Has(Capability.CAP_SETUID))
                return Errno.EPERM;
        }

        // The saved id follows if the real one is set, or the effective one to what is not the real one (setreuid(2)).
        if (ruid != Keep || (euid != Keep && euid != old.Uid))
            next = next with { Suid = next.Euid };
        task.ChangeCredentials((next with { Fsuid = next.Euid }).AfterUidChange(old));
        return 0;
    }

    [Syscall("setresuid", On = WideOnly)]
    [Syscall("setresuid32", Man = "setresuid(2)")]
    public static SysResult SetResUid(LinuxTask task, uint ruid, uint euid, uint suid)
    {
        var old = task.Credentials;
        bool IsForeign(uint id) => id != Keep && id != old.Uid && id != old.Euid && id != old.Suid;
        if ((IsForeign(ruid) || IsForeign(euid) || IsForeign(suid)) && !old.Has(Capability.CAP_SETUID))
            return Errno.EPERM;
        var next = old with
        {
            Uid = ruid == Keep ? old.Uid : ruid,
            Euid = euid == Keep ? old.Euid : euid,
            Suid = suid == Keep ? old.Suid : suid,
        };
        // A call that asks for nothing new leaves the file system id alone, too (Linux 6.0).
        if (next == old && (euid == Keep || euid == old.Fsuid))
            return 0;
        task.ChangeCredentials((next with { Fsuid = next.Euid }).AfterUidChange(old));
        return 0;
    }

    /// <summary>Answers the id before the call, whether it was changed or not: there is no error.</summary>
    [Syscall("setfsuid", On = WideOnly)]
    [Syscall("setfsuid32", Man = "setfsuid(2)")]
    public static SysResult SetFsUid(LinuxTask task, uint fsuid)
    {
        var old = task.Credentials;
        var allowed = fsuid == old.Uid || fsuid == old.Euid || fsuid == old.Suid || fsuid == old.Fsuid || old.Has(Capability.CAP_SETUID);
        if (fsuid != Keep && allowed && fsuid != old.Fsuid)
            task.ChangeCredentials((old with { Fsuid = fsuid }).AfterFsuidChange(old));
        return old.Fsuid;
    }
}
