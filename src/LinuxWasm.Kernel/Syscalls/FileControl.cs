using LinuxWasm.Abi;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>fcntl(2), fcntl64(2).</summary>
public static class FileControl
{
    private const string NotDone = "F_SETLEASE (EINVAL, as from a file system without leases)";

    private const int FD_CLOEXEC = 1;

    /// <summary>i386 has two numbers for it; a 64-bit kernel serves both alike, locks with 64-bit offsets included.</summary>
    [Syscall("fcntl", Unsupported = NotDone)]
    [Syscall("fcntl64", Man = "fcntl(2)", Unsupported = NotDone)]
    public static SysResult Fcntl(LinuxTask task, Fd fd, FcntlCommand cmd, GuestSize arg) => Control(task, fd, cmd, arg.Value);

    private static SysResult Control(LinuxTask task, Fd fd, FcntlCommand cmd, ulong arg)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { } file)
            return Errno.EBADF;
        if (file.IsPathOnly && cmd is not (FcntlCommand.F_DUPFD or FcntlCommand.F_DUPFD_CLOEXEC or FcntlCommand.F_DUPFD_QUERY
            or FcntlCommand.F_GETFD or FcntlCommand.F_SETFD or FcntlCommand.F_GETFL or FcntlCommand.F_CREATED_QUERY))
            return Errno.EBADF;
        var pointer = GuestPtr.FromRegister(arg);
        switch (cmd)
        {
            case FcntlCommand.F_DUPFD:
            case FcntlCommand.F_DUPFD_CLOEXEC:
                if ((uint)arg >= task.Group.Limits[Resource.RLIMIT_NOFILE])
                    return Errno.EINVAL;
                return Descriptors.Duplicate(task, fd, (int)arg, cmd == FcntlCommand.F_DUPFD_CLOEXEC);
            case FcntlCommand.F_DUPFD_QUERY:
                using (var other = task.Files.Get((int)arg))
                    return other.File is null ? Errno.EBADF : ReferenceEquals(other.File, file) ? 1 : 0;
            case FcntlCommand.F_CREATED_QUERY:
                return file.WasCreated ? 1 : 0;
            case FcntlCommand.F_GETFD:
                return task.Files.IsCloseOnExec(fd.Value) ? FD_CLOEXEC : 0;
            case FcntlCommand.F_SETFD:
                return task.Files.TrySetCloseOnExec(fd.Value, (arg & FD_CLOEXEC) != 0) ? 0 : Errno.EBADF;
            case FcntlCommand.F_GETFL:
                return (int)file.Flags;
            case FcntlCommand.F_SETFL:
                return SetFlags(task, file, fd, (OpenFlags)(int)arg);
            case FcntlCommand.F_GETLK:
                return FileLocking.Get(task, file, pointer, LayoutOf(task), ofFile: false);
            case FcntlCommand.F_SETLK:
            case FcntlCommand.F_SETLKW:
                return FileLocking.Set(task, file, pointer, LayoutOf(task), ofFile: false, waits: cmd == FcntlCommand.F_SETLKW);
            case FcntlCommand.F_GETLK64 when task.Abi.Is32Bit:
                return FileLocking.Get(task, file, pointer, FlockLayout.Packed, ofFile: false);
            case FcntlCommand.F_SETLK64 when task.Abi.Is32Bit:
            case FcntlCommand.F_SETLKW64 when task.Abi.Is32Bit:
                return FileLocking.Set(task, file, pointer, FlockLayout.Packed, ofFile: false, waits: cmd == FcntlCommand.F_SETLKW64);
            case FcntlCommand.F_OFD_GETLK:
                return FileLocking.Get(task, file, pointer, Layout64Of(task), ofFile: true);
            case FcntlCommand.F_OFD_SETLK:
            case FcntlCommand.F_OFD_SETLKW:
                return FileLocking.Set(task, file, pointer, Layout64Of(task), ofFile: true, waits: cmd == FcntlCommand.F_OFD_SETLKW);
            case FcntlCommand.F_GETOWN:
            case FcntlCommand.F_SETOWN:
            case FcntlCommand.F_GETOWN_EX:
            case FcntlCommand.F_SETOWN_EX:
            case FcntlCommand.F_GETOWNER_UIDS:
            case FcntlCommand.F_GETSIG:
            case FcntlCommand.F_SETSIG:
                return FileOwnership.Control(task, file, cmd, arg);
            case FcntlCommand.F_GETLEASE:
                // Nobody has one.
                return (int)LockType.F_UNLCK;
            case FcntlCommand.F_SETLEASE:
                return RefuseLease(task, file, (LockType)(int)arg);
            case FcntlCommand.F_NOTIFY:
                return Notify(file, (uint)arg);
            case FcntlCommand.F_SETPIPE_SZ:
            case FcntlCommand.F_GETPIPE_SZ:
                return PipeSize(task, file, cmd, (uint)arg);
            case FcntlCommand.F_GET_SEALS:
                return file.Seals is { } seals ? (int)seals : Errno.EINVAL;
            case FcntlCommand.F_ADD_SEALS:
                return AddSeals(file, (FileSeals)(uint)arg);
            case FcntlCommand.F_GET_RW_HINT:
                return task.Memory.TryWrite(pointer, file.Inode.WriteHint) ? 0 : Errno.EFAULT;
            case FcntlCommand.F_SET_RW_HINT:
                return SetWriteHint(task, file, pointer);
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>setfl: the access mode and what open(2) alone uses stay as they are.</summary>
    private static SysResult SetFlags(LinuxTask task, OpenFile file, Fd fd, OpenFlags flags)
    {
        const OpenFlags Changeable = OpenFlags.O_APPEND | OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT | OpenFlags.O_NOATIME;
        if ((flags & OpenFlags.O_NOATIME) != 0 && (file.Flags & OpenFlags.O_NOATIME) == 0 && !Permissions.OwnsOrCapable(file.Inode, task.Credentials))
            return Errno.EPERM;
        if ((flags & OpenFlags.O_DIRECT) != 0 && !file.CanBeDirect)
            return Errno.EINVAL;
        var changed = file.CanSignal ? Changeable | OpenFlags.O_ASYNC : Changeable;
        lock (file.PositionLock)
            file.ChangeFlags((flags & changed) | (file.Flags & ~changed), fd.Value);
        return 0;
    }

    /// <summary>dnotify: directories only. A watch of nothing takes the watch away, and there is none.</summary>
    private static SysResult Notify(OpenFile file, uint events)
    {
        const uint Multishot = 0x80000000;
        if ((events & ~Multishot) == 0)
            return 0;
        return file.Inode.IsDirectory ? Errno.EINVAL : Errno.ENOTDIR;
    }

    /// <summary>Leases are refused: as Linux refuses them where it does, and as from a file system that has none where Linux would give one.</summary>
    private static Errno RefuseLease(LinuxTask task, OpenFile file, LockType type)
    {
        var inode = file.Inode;
        if (type is not (LockType.F_RDLCK or LockType.F_WRLCK or LockType.F_UNLCK))
            return Errno.EINVAL;
        if (inode.Uid != task.Credentials.Fsuid && !task.Credentials.Has(Capability.CAP_LEASE))
            return Errno.EACCES;
        if (!inode.IsRegular)
            return Errno.EINVAL;
        var conflicts = type switch
        {
            LockType.F_UNLCK => true,
            LockType.F_RDLCK => inode.HasWriters,
            _ => inode.OpenCount > 1,
        };
        return conflicts ? Errno.EAGAIN : Errno.EINVAL;
    }

    private static SysResult PipeSize(LinuxTask task, OpenFile file, FcntlCommand cmd, uint size)
    {
        if (file is not PipeFile { Pipe: var pipe })
            return Errno.EBADF;
        if (cmd == FcntlCommand.F_GETPIPE_SZ)
            return (long)pipe.Slots * GuestMemory.PageSize;
        if (size > 1u << 31)
            return Errno.EINVAL;
        size = Math.Max(System.Numerics.BitOperations.RoundUpToPowerOf2(size), GuestMemory.PageSize);
        var slots = (int)(size / GuestMemory.PageSize);
        if (slots > pipe.Slots && size > Ipc.Pipe.MaxUnprivilegedSize && !task.Credentials.Has(Capability.CAP_SYS_RESOURCE))
            return Errno.EPERM;
        // More than that not even root gets: a ring of so many buffers is memory of the host.
        if (slots > PipePages.Limit)
            return Errno.EPERM;
        var error = pipe.Resize(slots);
        return error == Errno.None ? (long)size : error;
    }

    private static SysResult AddSeals(OpenFile file, FileSeals seals)
    {
        if (!file.CanWrite)
            return Errno.EPERM;
        return (seals & ~FileSeals.All) != 0 ? Errno.EINVAL : file.AddSeals(seals);
    }

    private static SysResult SetWriteHint(LinuxTask task, OpenFile file, GuestPtr pointer)
    {
        const ulong Extreme = 5;
        if (!Permissions.OwnsOrCapable(file.Inode, task.Credentials))
            return Errno.EPERM;
        if (!task.Memory.TryRead<ulong>(pointer, out var hint))
            return Errno.EFAULT;
        if (hint > Extreme)
            return Errno.EINVAL;
        file.Inode.WriteHint = hint;
        return 0;
    }

    private static FlockLayout LayoutOf(LinuxTask task) => task.Abi.Is32Bit ? FlockLayout.Narrow : FlockLayout.Wide;

    private static FlockLayout Layout64Of(LinuxTask task) => task.Abi.Is32Bit ? FlockLayout.Packed : FlockLayout.Wide;
}
