using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>mount(2), umount(2), pivot_root(2).</summary>
public static class Mounts
{
    private const MountSyscallFlags Propagation =
        MountSyscallFlags.MS_SHARED | MountSyscallFlags.MS_PRIVATE | MountSyscallFlags.MS_SLAVE | MountSyscallFlags.MS_UNBINDABLE;

    [Syscall("mount", Unsupported = "MS_SHARED; MS_SLAVE; MS_UNBINDABLE; MS_SYNCHRONOUS; MS_DIRSYNC; MS_LAZYTIME")]
    public static SysResult Mount(LinuxTask task, GuestPath source, GuestPath target, GuestPath filesystemtype, GuestSize mountflags, GuestPtr data)
    {
        var error = ReadString(task, filesystemtype.Pointer, out var type);
        if (error != Errno.None)
            return error;
        error = ReadString(task, source.Pointer, out var device);
        if (error != Errno.None)
            return error;
        error = ReadOptions(task, data, out var options);
        if (error != Errno.None)
            return error;
        error = task.Find(Fd.WorkingDirectory, target, LookupFlags.Follow, out var place);
        if (error != Errno.None)
            return error;
        return Mount(new VfsCaller(task), device, place, type, (MountSyscallFlags)(uint)mountflags.Value, options);
    }

    [Syscall("umount", On = SyscallTable.I386)]
    public static SysResult Unmount(LinuxTask task, GuestPath target) => Unmount2(task, target, UmountFlags.None);

    [Syscall("umount2", Man = "umount(2)")]
    public static SysResult Unmount2(LinuxTask task, GuestPath target, UmountFlags flags)
    {
        if ((flags & ~(UmountFlags.MNT_FORCE | UmountFlags.MNT_DETACH | UmountFlags.MNT_EXPIRE | UmountFlags.UMOUNT_NOFOLLOW)) != 0)
            return Errno.EINVAL;
        var lookup = (flags & UmountFlags.UMOUNT_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
        var error = task.Find(Fd.WorkingDirectory, target, lookup | LookupFlags.KeepExpiring, out var place);
        return error != Errno.None ? error : FileTree.Unmount(new VfsCaller(task), place, flags);
    }

    [Syscall("pivot_root")]
    public static SysResult PivotRoot(LinuxTask task, GuestPath new_root, GuestPath put_old)
    {
        if (!task.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EPERM;
        var error = task.Find(Fd.WorkingDirectory, new_root, LookupFlags.Follow | LookupFlags.Directory, out var newRoot);
        if (error != Errno.None)
            return error;
        error = task.Find(Fd.WorkingDirectory, put_old, LookupFlags.Follow | LookupFlags.Directory, out var putOld);
        return error != Errno.None ? error : FileTree.PivotRoot(new VfsCaller(task), newRoot, putOld);
    }

    /// <summary>path_mount: the flags say which of several calls this is.</summary>
    private static SysResult Mount(in VfsCaller caller, string? source, VfsPath place, string? type, MountSyscallFlags flags, string options)
    {
        // Up to Linux 2.4 a magic number stood in the upper half.
        if (((uint)flags & 0xffff0000) == 0xC0ED0000)
            flags &= (MountSyscallFlags)0xffff;
        if ((flags & MountSyscallFlags.MS_NOUSER) != 0)
            return Errno.EINVAL;
        if (!caller.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EPERM;
        var isBind = (flags & MountSyscallFlags.MS_BIND) != 0;
        if ((flags & MountSyscallFlags.MS_REMOUNT) != 0)
            return FileTree.Remount(caller, place, ToMountFlags(flags), options, ofFileSystem: !isBind);
        if (isBind)
        {
            var error = FindSource(caller, source, out var bound);
            return error != Errno.None ? error : FileTree.MountBind(caller, bound, place, (flags & MountSyscallFlags.MS_REC) != 0);
        }

        if ((flags & Propagation) != 0)
            return ChangePropagation(place, flags);
        if ((flags & MountSyscallFlags.MS_MOVE) != 0)
        {
            var error = FindSource(caller, source, out var moved);
            return error != Errno.None ? error : FileTree.MoveMount(caller, moved, place);
        }

        if (type is null)
            return Errno.EINVAL;
        return caller.Kernel.FileSystems.Find(type, caller) is { } fileSystem
            ? FileTree.MountNew(caller, fileSystem, source ?? "none", place, ToMountFlags(flags), options)
            : Errno.ENODEV;
    }

    /// <summary>There is one mount namespace, so that every mount is private already.</summary>
    private static SysResult ChangePropagation(VfsPath place, MountSyscallFlags flags)
    {
        if (!ReferenceEquals(place.Dentry, place.Mount.Root))
            return Errno.EINVAL;
        return (flags & ~(MountSyscallFlags.MS_REC | MountSyscallFlags.MS_SILENT)) == MountSyscallFlags.MS_PRIVATE ? 0 : Errno.EINVAL;
    }

    private static Errno FindSource(in VfsCaller caller, string? source, out VfsPath place)
    {
        place = default;
        return string.IsNullOrEmpty(source)
            ? Errno.EINVAL
            : FileTree.Find(caller, caller.Fs.WorkingDirectory, Encoding.Latin1.GetBytes(source), LookupFlags.Follow, out place);
    }

    private static MountFlags ToMountFlags(MountSyscallFlags flags)
    {
        var result = MountFlags.None;
        ReadOnlySpan<(MountSyscallFlags Asked, MountFlags Set)> pairs =
        [
            (MountSyscallFlags.MS_RDONLY, MountFlags.ReadOnly), (MountSyscallFlags.MS_NOSUID, MountFlags.NoSuid),
            (MountSyscallFlags.MS_NODEV, MountFlags.NoDev), (MountSyscallFlags.MS_NOEXEC, MountFlags.NoExec),
            (MountSyscallFlags.MS_NOATIME, MountFlags.NoAtime), (MountSyscallFlags.MS_NODIRATIME, MountFlags.NoDirAtime),
            (MountSyscallFlags.MS_NOSYMFOLLOW, MountFlags.NoSymFollow),
        ];
        foreach (var (asked, set) in pairs)
        {
            if ((flags & asked) != 0)
                result |= set;
        }

        return (flags & (MountSyscallFlags.MS_NOATIME | MountSyscallFlags.MS_STRICTATIME)) == 0 ? result | MountFlags.RelAtime : result;
    }

    /// <summary>A string of a mount call: null where the pointer is, EINVAL where it is longer than a page. One byte is one char.</summary>
    private static Errno ReadString(LinuxTask task, GuestPtr pointer, out string? text)
    {
        text = null;
        if (pointer.IsNull)
            return Errno.None;
        var buffer = new byte[GuestMemory.PageSize];
        var error = task.Memory.ReadString(pointer, buffer, out var length);
        if (error == Errno.None)
            text = Encoding.Latin1.GetString(buffer, 0, length);
        return error == Errno.ENAMETOOLONG ? Errno.EINVAL : error;
    }

    /// <summary>The data argument: a page of which as much is taken as can be read, up to its NUL (copy_mount_options).</summary>
    private static Errno ReadOptions(LinuxTask task, GuestPtr pointer, out string options)
    {
        options = "";
        if (pointer.IsNull)
            return Errno.None;
        var length = task.Memory.AccessiblePrefix(pointer, GuestMemory.PageSize, PageAccess.Read);
        if (length == 0 || !task.Memory.TryGetReadable(pointer, length, out var bytes))
            return Errno.EFAULT;
        var end = bytes.IndexOf((byte)0);
        options = Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
        return Errno.None;
    }
}
