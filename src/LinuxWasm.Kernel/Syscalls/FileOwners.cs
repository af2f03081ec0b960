using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>chown(2). An id of -1 is left as it is. On i386 the plain names take 16-bit ids, and those with 32 the others.</summary>
public static class FileOwners
{
    private const SyscallTable OldTable = SyscallTable.I386;
    private const SyscallTable NewTables = SyscallTable.X64 | SyscallTable.Generic;

    [Syscall("chown", On = NewTables)]
    [Syscall("chown32", Man = "chown(2)")]
    public static SysResult ChangeOwner(LinuxTask task, GuestPath pathname, uint owner, uint group) =>
        ChangeOwnerAt(task, Fd.WorkingDirectory, pathname, owner, group, AtFlags.None);

    [Syscall("lchown", On = NewTables, Man = "chown(2)")]
    [Syscall("lchown32", Man = "chown(2)")]
    public static SysResult ChangeOwnerOfLink(LinuxTask task, GuestPath pathname, uint owner, uint group) =>
        ChangeOwnerAt(task, Fd.WorkingDirectory, pathname, owner, group, AtFlags.AT_SYMLINK_NOFOLLOW);

    [Syscall("fchown", On = NewTables, Man = "chown(2)")]
    [Syscall("fchown32", Man = "chown(2)")]
    public static SysResult ChangeOwnerOf(LinuxTask task, Fd fd, uint owner, uint group)
    {
        using var reference = task.Files.Get(fd.Value);
        return reference.File is not { IsPathOnly: false } file ? Errno.EBADF : FileTree.ChangeOwner(new VfsCaller(task), file.Path, owner, group);
    }

    [Syscall("fchownat", Man = "chown(2)")]
    public static SysResult ChangeOwnerAt(LinuxTask task, Fd dirfd, GuestPath pathname, uint owner, uint group, AtFlags flags)
    {
        if ((flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0)
            return Errno.EINVAL;
        var lookup = (flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
        if ((flags & AtFlags.AT_EMPTY_PATH) != 0)
            lookup |= LookupFlags.Empty;
        var error = task.Find(dirfd, pathname, lookup, out var place);
        return error != Errno.None ? error : FileTree.ChangeOwner(new VfsCaller(task), place, owner, group);
    }

    [Syscall("chown", On = OldTable)]
    public static SysResult ChangeOwner16(LinuxTask task, GuestPath pathname, ushort owner, ushort group) =>
        ChangeOwner(task, pathname, OldId.Widen(owner), OldId.Widen(group));

    [Syscall("lchown", On = OldTable, Man = "chown(2)")]
    public static SysResult ChangeOwnerOfLink16(LinuxTask task, GuestPath pathname, ushort owner, ushort group) =>
        ChangeOwnerOfLink(task, pathname, OldId.Widen(owner), OldId.Widen(group));

    [Syscall("fchown", On = OldTable, Man = "chown(2)")]
    public static SysResult ChangeOwnerOf16(LinuxTask task, Fd fd, ushort owner, ushort group) =>
        ChangeOwnerOf(task, fd, OldId.Widen(owner), OldId.Widen(group));
}
