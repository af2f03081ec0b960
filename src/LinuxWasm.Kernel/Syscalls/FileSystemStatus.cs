using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>statfs(2), ustat(2).</summary>
public static class FileSystemStatus
{
    /// <summary>f_flags says something: ST_VALID.</summary>
    private const uint FlagsAreValid = 0x20;

    [Syscall("statfs")]
    public static SysResult GetStatfs(LinuxTask task, GuestPath path, [Out] GuestPtr<Statfs> buf)
    {
        var error = task.Find(Fd.WorkingDirectory, path, LookupFlags.Follow, out var place);
        return error != Errno.None ? error : Write(task, buf, place);
    }

    [Syscall("fstatfs", Man = "statfs(2)")]
    public static SysResult GetFstatfs(LinuxTask task, Fd fd, [Out] GuestPtr<Statfs> buf)
    {
        var error = task.PlaceOf(fd, out var place);
        return error != Errno.None ? error : Write(task, buf, place);
    }

    [Syscall("statfs64", Man = "statfs(2)")]
    public static SysResult GetStatfs64(LinuxTask task, GuestPath path, GuestSize size, [Out] GuestPtr<Statfs64> buf)
    {
        if (!IsStatfs64(size))
            return Errno.EINVAL;
        var error = task.Find(Fd.WorkingDirectory, path, LookupFlags.Follow, out var place);
        return error != Errno.None ? error : Write64(task, buf, place);
    }

    [Syscall("fstatfs64", Man = "statfs(2)")]
    public static SysResult GetFstatfs64(LinuxTask task, Fd fd, GuestSize size, [Out] GuestPtr<Statfs64> buf)
    {
        if (!IsStatfs64(size))
            return Errno.EINVAL;
        var error = task.PlaceOf(fd, out var place);
        return error != Errno.None ? error : Write64(task, buf, place);
    }

    /// <summary>EINVAL unless something is mounted whose st_dev that is.</summary>
    [Syscall("ustat")]
    public static SysResult GetUstat(LinuxTask task, [Show("hex")] uint dev, [Out] GuestPtr<Ustat> ubuf)
    {
        var device = DeviceNumber.FromEncoded(dev);
        foreach (var mount in task.Kernel.Mounts.All)
        {
            if (mount.SuperBlock.Device != device)
                continue;
            mount.SuperBlock.GetStatistics(out var statistics);
            var written = task.Abi.Is32Bit
                ? task.Memory.TryWrite(ubuf, new Ustat32 { f_tfree = (int)statistics.BlocksFree, f_tinode = (uint)statistics.FilesFree })
                : task.Memory.TryWrite(ubuf, new Ustat { f_tfree = (int)statistics.BlocksFree, f_tinode = statistics.FilesFree });
            return written ? 0 : Errno.EFAULT;
        }

        return Errno.EINVAL;
    }

    private static bool IsStatfs64(GuestSize size) => size.Value == 84;

    private static SysResult Write(LinuxTask task, GuestPtr buf, VfsPath place)
    {
        place.Mount.SuperBlock.GetStatistics(out var s);
        if (task.Abi.Is32Bit)
            return Write32(task, buf, place, s);
        return task.Memory.TryWrite(buf, new Statfs
        {
            f_type = s.Type,
            f_bsize = s.BlockSize,
            f_blocks = s.Blocks,
            f_bfree = s.BlocksFree,
            f_bavail = s.BlocksAvailable,
            f_files = s.Files,
            f_ffree = s.FilesFree,
            f_fsid = s.FileSystemId,
            f_namelen = s.NameLength,
            f_frsize = s.BlockSize,
            f_flags = FlagsOf(place.Mount),
        }) ? 0 : Errno.EFAULT;
    }

    private static SysResult Write32(LinuxTask task, GuestPtr buf, VfsPath place, in FileSystemStatistics s)
    {
        // A count of files may be "unknown", all ones; blocks must fit.
        if (((s.Blocks | s.BlocksFree | s.BlocksAvailable) >> 32) != 0
            || (s.Files != ulong.MaxValue && s.Files > uint.MaxValue)
            || (s.FilesFree != ulong.MaxValue && s.FilesFree > uint.MaxValue))
            return Errno.EOVERFLOW;
        return task.Memory.TryWrite(buf, new Statfs32
        {
            f_type = s.Type,
            f_bsize = (uint)s.BlockSize,
            f_blocks = (uint)s.Blocks,
            f_bfree = (uint)s.BlocksFree,
            f_bavail = (uint)s.BlocksAvailable,
            f_files = (uint)s.Files,
            f_ffree = (uint)s.FilesFree,
            f_fsid = s.FileSystemId,
            f_namelen = (uint)s.NameLength,
            f_frsize = (uint)s.BlockSize,
            f_flags = FlagsOf(place.Mount),
        }) ? 0 : Errno.EFAULT;
    }

    private static SysResult Write64(LinuxTask task, GuestPtr buf, VfsPath place)
    {
        place.Mount.SuperBlock.GetStatistics(out var s);
        return task.Memory.TryWrite(buf, new Statfs64
        {
            f_type = s.Type,
            f_bsize = (uint)s.BlockSize,
            f_blocks = s.Blocks,
            f_bfree = s.BlocksFree,
            f_bavail = s.BlocksAvailable,
            f_files = s.Files,
            f_ffree = s.FilesFree,
            f_fsid = s.FileSystemId,
            f_namelen = (uint)s.NameLength,
            f_frsize = (uint)s.BlockSize,
            f_flags = FlagsOf(place.Mount),
        }) ? 0 : Errno.EFAULT;
    }

    /// <summary>The ST_ flags of statfs(2).</summary>
    private static uint FlagsOf(Mount mount)
    {
        var flags = FlagsAreValid;
        ReadOnlySpan<(MountFlags Flag, uint Shown)> shown =
        [
            (MountFlags.NoSuid, 2), (MountFlags.NoDev, 4), (MountFlags.NoExec, 8), (MountFlags.NoAtime, 0x400),
            (MountFlags.NoDirAtime, 0x800), (MountFlags.RelAtime, 0x1000), (MountFlags.NoSymFollow, 0x2000),
        ];
        foreach (var (flag, bit) in shown)
        {
            if ((mount.Flags & flag) != 0)
                flags |= bit;
        }

        return mount.IsReadOnly ? flags | 1 : flags;
    }
}
