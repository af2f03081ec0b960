using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// The 16-bit forms of i386's first numbers (kernel/uid16.c): 0xffff going in is -1, an id that does not fit shows as 65534 coming out.
/// </summary>
public static class OldIds
{
    private const SyscallTable OldTable = SyscallTable.I386;

    [Syscall("getuid", On = OldTable)]
    public static SysResult GetUid(LinuxTask task) => OldId.Narrow(task.Credentials.Uid);

    [Syscall("geteuid", On = OldTable, Man = "getuid(2)")]
    public static SysResult GetEuid(LinuxTask task) => OldId.Narrow(task.Credentials.Euid);

    [Syscall("getgid", On = OldTable)]
    public static SysResult GetGid(LinuxTask task) => OldId.Narrow(task.Credentials.Gid);

    [Syscall("getegid", On = OldTable, Man = "getgid(2)")]
    public static SysResult GetEgid(LinuxTask task) => OldId.Narrow(task.Credentials.Egid);

    [Syscall("getresuid", On = OldTable)]
    public static SysResult GetResUid(LinuxTask task, [Out] GuestPtr<ushort> ruid, [Out] GuestPtr<ushort> euid, [Out] GuestPtr<ushort> suid) =>
        WriteThree(task, ruid, task.Credentials.Uid, euid, task.Credentials.Euid, suid, task.Credentials.Suid);

    [Syscall("getresgid", On = OldTable, Man = "getresuid(2)")]
    public static SysResult GetResGid(LinuxTask task, [Out] GuestPtr<ushort> rgid, [Out] GuestPtr<ushort> egid, [Out] GuestPtr<ushort> sgid) =>
        WriteThree(task, rgid, task.Credentials.Gid, egid, task.Credentials.Egid, sgid, task.Credentials.Sgid);

    [Syscall("setuid", On = OldTable)]
    public static SysResult SetUid(LinuxTask task, ushort uid) => UserIds.SetUid(task, OldId.Widen(uid));

    [Syscall("setgid", On = OldTable)]
    public static SysResult SetGid(LinuxTask task, ushort gid) => GroupIds.SetGid(task, OldId.Widen(gid));

    [Syscall("setreuid", On = OldTable)]
    public static SysResult SetReUid(LinuxTask task, ushort ruid, ushort euid) =>
        UserIds.SetReUid(task, OldId.Widen(ruid), OldId.Widen(euid));

    [Syscall("setregid", On = OldTable, Man = "setreuid(2)")]
    public static SysResult SetReGid(LinuxTask task, ushort rgid, ushort egid) =>
        GroupIds.SetReGid(task, OldId.Widen(rgid), OldId.Widen(egid));

    [Syscall("setresuid", On = OldTable)]
    public static SysResult SetResUid(LinuxTask task, ushort ruid, ushort euid, ushort suid) =>
        UserIds.SetResUid(task, OldId.Widen(ruid), OldId.Widen(euid), OldId.Widen(suid));

    [Syscall("setresgid", On = OldTable, Man = "setresuid(2)")]
    public static SysResult SetResGid(LinuxTask task, ushort rgid, ushort egid, ushort sgid) =>
        GroupIds.SetResGid(task, OldId.Widen(rgid), OldId.Widen(egid), OldId.Widen(sgid));

    // The answer of these two is not narrowed: Linux hands on what the 32-bit call says.
    [Syscall("setfsuid", On = OldTable)]
    public static SysResult SetFsUid(LinuxTask task, ushort fsuid) => UserIds.SetFsUid(task, OldId.Widen(fsuid));

    [Syscall("setfsgid", On = OldTable)]
    public static SysResult SetFsGid(LinuxTask task, ushort fsgid) => GroupIds.SetFsGid(task, OldId.Widen(fsgid));

    private static SysResult WriteThree(
        LinuxTask task, GuestPtr first, uint real, GuestPtr second, uint effective, GuestPtr third, uint saved) =>
        task.Memory.TryWrite(first, OldId.Narrow(real))
        && task.Memory.TryWrite(second, OldId.Narrow(effective))
        && task.Memory.TryWrite(third, OldId.Narrow(saved))
            ? 0
            : Errno.EFAULT;
}
