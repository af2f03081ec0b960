using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getgroups(2), setgroups(2), and their 16-bit forms.</summary>
public static class SupplementaryGroups
{
    /// <summary>NGROUPS_MAX.</summary>
    public const int Max = 65536;

    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("getgroups", On = WideOnly)]
    [Syscall("getgroups32", Man = "getgroups(2)")]
    public static SysResult GetGroups(LinuxTask task, int size, [Out("return")] GuestPtr<uint> list)
    {
        var groups = task.Credentials.Groups;
        if (size < 0)
            return Errno.EINVAL;
        if (size == 0)
            return groups.Length;
        if (groups.Length > size)
            return Errno.EINVAL;
        return task.Memory.TryWrite(list, MemoryMarshal.AsBytes(groups.AsSpan())) ? groups.Length : Errno.EFAULT;
    }

    [Syscall("getgroups", On = SyscallTable.I386)]
    public static SysResult GetGroups16(LinuxTask task, int size, [Out("return")] GuestPtr<ushort> list)
    {
        var groups = task.Credentials.Groups;
        if (size < 0)
            return Errno.EINVAL;
        if (size == 0)
            return groups.Length;
        if (groups.Length > size)
            return Errno.EINVAL;
        var narrow = Array.ConvertAll(groups, OldId.Narrow);
        return task.Memory.TryWrite(list, MemoryMarshal.AsBytes(narrow.AsSpan())) ? groups.Length : Errno.EFAULT;
    }

    [Syscall("setgroups", On = WideOnly, Man = "getgroups(2)")]
    [Syscall("setgroups32", Man = "getgroups(2)")]
    public static SysResult SetGroups(LinuxTask task, int size, [In("size")] GuestPtr<uint> list)
    {
        if (!task.Credentials.Has(Capability.CAP_SETGID))
            return Errno.EPERM;
        if ((uint)size > Max)
            return Errno.EINVAL;
        if (!task.Memory.TryGetReadable(list, (uint)size * sizeof(uint), out var bytes))
            return Errno.EFAULT;
        return Replace(task, MemoryMarshal.Cast<byte, uint>(bytes).ToArray());
    }

    [Syscall("setgroups", On = SyscallTable.I386, Man = "getgroups(2)")]
    public static SysResult SetGroups16(LinuxTask task, int size, [In("size")] GuestPtr<ushort> list)
    {
        if (!task.Credentials.Has(Capability.CAP_SETGID))
            return Errno.EPERM;
        if ((uint)size > Max)
            return Errno.EINVAL;
        if (!task.Memory.TryGetReadable(list, (uint)size * sizeof(ushort), out var bytes))
            return Errno.EFAULT;
        return Replace(task, Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), OldId.Widen));
    }

    private static SysResult Replace(LinuxTask task, uint[] groups)
    {
        if (groups.Contains(UserIds.Keep))
            return Errno.EINVAL;
        // Sorted, as Linux keeps them: getgroups answers them in this order, and looking one up is a binary search.
        Array.Sort(groups);
        task.ChangeCredentials(task.Credentials with { Groups = groups });
        return 0;
    }
}
