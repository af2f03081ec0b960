using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>stat(2) in all the forms that the tables have gathered.</summary>
public static class FileStatus
{
    private const AtFlags Allowed = AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_NO_AUTOMOUNT | AtFlags.AT_EMPTY_PATH | AtFlags.__AT_STATX_SYNC_TYPE;

    [Syscall("stat")]
    public static SysResult GetStat(LinuxTask task, GuestPath pathname, [Out] GuestPtr<Stat> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.Follow, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat(task, statbuf, attributes);
    }

    [Syscall("lstat", Man = "stat(2)")]
    public static SysResult GetLstat(LinuxTask task, GuestPath pathname, [Out] GuestPtr<Stat> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.None, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat(task, statbuf, attributes);
    }

    [Syscall("fstat", Man = "stat(2)")]
    public static SysResult GetFstat(LinuxTask task, Fd fd, [Out] GuestPtr<Stat> statbuf)
    {
        var error = Attributes(task, fd, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat(task, statbuf, attributes);
    }

    [Syscall("newfstatat", Man = "stat(2)")]
    public static SysResult GetFstatAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Out] GuestPtr<Stat> statbuf, AtFlags flags)
    {
        var error = Attributes(task, dirfd, pathname, flags, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat(task, statbuf, attributes);
    }

    [Syscall("stat64", Man = "stat(2)")]
    public static SysResult GetStat64(LinuxTask task, GuestPath pathname, [Out] GuestPtr<Stat64> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.Follow, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat64(task, statbuf, attributes);
    }

    [Syscall("lstat64", Man = "stat(2)")]
    public static SysResult GetLstat64(LinuxTask task, GuestPath pathname, [Out] GuestPtr<Stat64> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.None, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat64(task, statbuf, attributes);
    }

    [Syscall("fstat64", Man = "stat(2)")]
    public static SysResult GetFstat64(LinuxTask task, Fd fd, [Out] GuestPtr<Stat64> statbuf)
    {
        var error = Attributes(task, fd, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat64(task, statbuf, attributes);
    }

    [Syscall("fstatat64", Man = "stat(2)")]
    public static SysResult GetFstatAt64(LinuxTask task, Fd dirfd, GuestPath pathname, [Out] GuestPtr<Stat64> statbuf, AtFlags flags)
    {
        var error = Attributes(task, dirfd, pathname, flags, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteStat64(task, statbuf, attributes);
    }

    [Syscall("oldstat", Man = "stat(2)")]
    public static SysResult GetOldStat(LinuxTask task, GuestPath pathname, [Out] GuestPtr<OldKernelStat> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.Follow, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteOldStat(task, statbuf, attributes);
    }

    [Syscall("oldlstat", Man = "stat(2)")]
    public static SysResult GetOldLstat(LinuxTask task, GuestPath pathname, [Out] GuestPtr<OldKernelStat> statbuf)
    {
        var error = Attributes(task, pathname, LookupFlags.None, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteOldStat(task, statbuf, attributes);
    }

    [Syscall("oldfstat", Man = "stat(2)")]
    public static SysResult GetOldFstat(LinuxTask task, Fd fd, [Out] GuestPtr<OldKernelStat> statbuf)
    {
        var error = Attributes(task, fd, out var attributes);
        return error != Errno.None ? error : StatLayouts.WriteOldStat(task, statbuf, attributes);
    }

    [Syscall("statx")]
    public static SysResult GetStatx(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags flags, StatxMask mask, [Out] GuestPtr<Statx> statxbuf)
    {
        if ((mask & StatxMask.__STATX_RESERVED) != 0 || (flags & AtFlags.__AT_STATX_SYNC_TYPE) == AtFlags.__AT_STATX_SYNC_TYPE)
            return Errno.EINVAL;
        var error = Find(task, dirfd, pathname, flags, out var place);
        if (error != Errno.None)
            return error;
        place.Inode.GetAttributes(out var attributes);
        return task.Memory.TryWrite(statxbuf, ToStatx(place, attributes, mask)) ? 0 : Errno.EFAULT;
    }

    private static Errno Attributes(LinuxTask task, GuestPath pathname, LookupFlags flags, out InodeAttributes attributes)
    {
        var error = task.Find(Fd.WorkingDirectory, pathname, flags, out var place);
        if (error == Errno.None)
            place.Inode.GetAttributes(out attributes);
        else
            attributes = default;
        return error;
    }

    private static Errno Attributes(LinuxTask task, Fd fd, out InodeAttributes attributes)
    {
        var error = task.PlaceOf(fd, out var place);
        if (error == Errno.None)
            place.Inode.GetAttributes(out attributes);
        else
            attributes = default;
        return error;
    }

    private static Errno Attributes(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags flags, out InodeAttributes attributes)
    {
        var error = Find(task, dirfd, pathname, flags, out var place);
        if (error == Errno.None)
            place.Inode.GetAttributes(out attributes);
        else
            attributes = default;
        return error;
    }

    /// <summary>vfs_fstatat: an empty path (or, since Linux 6.11, none) with a descriptor is fstat, whatever the other flags are.</summary>
    private static Errno Find(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags flags, out VfsPath place)
    {
        place = default;
        var mayBeEmpty = (flags & AtFlags.AT_EMPTY_PATH) != 0;
        ReadOnlySpan<byte> path = default;
        var error = mayBeEmpty && pathname.Pointer.IsNull ? Errno.None : task.ReadPath(pathname, out path, mayBeEmpty);
        if (error == Errno.None && path.IsEmpty && dirfd.Value >= 0)
            return task.PlaceOf(dirfd, out place);
        if ((flags & ~Allowed) != 0)
            return Errno.EINVAL;
        if (error == Errno.None)
            error = task.StartOf(dirfd, path, out place);
        if (error != Errno.None)
            return error;
        var lookup = (flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
        return FileTree.Find(new VfsCaller(task), place, path, mayBeEmpty ? lookup | LookupFlags.Empty : lookup, out place);
    }

    private static Statx ToStatx(VfsPath place, in InodeAttributes attributes, StatxMask mask)
    {
        var answered = StatxMask.STATX_BASIC_STATS | ((mask & StatxMask.STATX_MNT_ID_UNIQUE) != 0 ? StatxMask.STATX_MNT_ID_UNIQUE : StatxMask.STATX_MNT_ID);
        // Modification and creation times are only told to those who ask; so Linux saves itself work.
        const StatxMask ModificationTimes = StatxMask.STATX_MTIME | StatxMask.STATX_CTIME;
        if ((mask & ModificationTimes) == 0)
            answered &= ~ModificationTimes;
        if ((mask & StatxMask.STATX_BTIME) != 0 && attributes.HasBtime)
            answered |= StatxMask.STATX_BTIME;
        return new Statx
        {
            stx_mask = answered,
            stx_blksize = attributes.BlockSize,
            stx_attributes = attributes.AttributeFlags | (ReferenceEquals(place.Dentry, place.Mount.Root) ? Statx.STATX_ATTR_MOUNT_ROOT : 0),
            stx_nlink = attributes.Nlink,
            stx_uid = attributes.Uid,
            stx_gid = attributes.Gid,
            stx_mode = (ushort)attributes.Mode,
            stx_ino = attributes.Ino,
            stx_size = (ulong)attributes.Size,
            stx_blocks = (ulong)attributes.Blocks,
            stx_attributes_mask = attributes.AttributeMask | Statx.STATX_ATTR_MOUNT_ROOT,
            stx_atime = Time(attributes.Atime),
            stx_btime = (answered & StatxMask.STATX_BTIME) != 0 ? Time(attributes.Btime) : default,
            stx_ctime = (answered & ModificationTimes) != 0 ? Time(attributes.Ctime) : default,
            stx_mtime = (answered & ModificationTimes) != 0 ? Time(attributes.Mtime) : default,
            stx_rdev_major = attributes.Rdev.Major,
            stx_rdev_minor = attributes.Rdev.Minor,
            stx_dev_major = attributes.Device.Major,
            stx_dev_minor = attributes.Device.Minor,
            stx_mnt_id = (answered & StatxMask.STATX_MNT_ID_UNIQUE) != 0 ? place.Mount.UniqueId : (ulong)place.Mount.Id,
        };
    }

    private static StatxTimestamp Time(Timestamp time) => new() { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };
}
