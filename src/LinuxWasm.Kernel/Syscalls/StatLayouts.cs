using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>An inode's attributes in each structure that some stat call writes (fs/stat.c, arch/x86/kernel/sys_ia32.c).</summary>
internal static class StatLayouts
{
    /// <summary>MAX_NON_LFS: what a signed 32-bit off_t holds.</summary>
    private const long MaxNonLfs = int.MaxValue;

    /// <summary>struct stat as the task's own table has it.</summary>
    public static SysResult WriteStat(LinuxTask task, GuestPtr statbuf, in InodeAttributes attributes) => task.Abi.Table switch
    {
        SyscallTable.I386 => WriteStat32(task, statbuf, attributes),
        SyscallTable.Generic => Done(task.Memory.TryWrite(statbuf, Generic(attributes))),
        _ => Done(task.Memory.TryWrite(statbuf, X64(attributes))),
    };

    /// <summary>struct stat64 of i386.</summary>
    public static SysResult WriteStat64(LinuxTask task, GuestPtr statbuf, in InodeAttributes attributes) => Done(task.Memory.TryWrite(statbuf, new Stat64
    {
        st_dev = attributes.Device.Encoded,
        __st_ino = (uint)attributes.Ino,
        st_mode = attributes.Mode,
        st_nlink = attributes.Nlink,
        st_uid = attributes.Uid,
        st_gid = attributes.Gid,
        st_rdev = attributes.Rdev.Encoded,
        st_size = attributes.Size,
        st_blksize = attributes.BlockSize,
        st_blocks = attributes.Blocks,
        st_atime = (uint)attributes.Atime.Seconds,
        st_atime_nsec = attributes.Atime.Nanoseconds,
        st_mtime = (uint)attributes.Mtime.Seconds,
        st_mtime_nsec = attributes.Mtime.Nanoseconds,
        st_ctime = (uint)attributes.Ctime.Seconds,
        st_ctime_nsec = attributes.Ctime.Nanoseconds,
        st_ino = attributes.Ino,
    }));

    /// <summary>struct __old_kernel_stat: the size is cut without a word, an inode number is not.</summary>
    public static SysResult WriteOldStat(LinuxTask task, GuestPtr statbuf, in InodeAttributes attributes)
    {
        if (attributes.Ino > ushort.MaxValue || attributes.Nlink > ushort.MaxValue)
            return Errno.EOVERFLOW;
        return Done(task.Memory.TryWrite(statbuf, new OldKernelStat
        {
            st_dev = OldDevice(attributes.Device),
            st_ino = (ushort)attributes.Ino,
            st_mode = (ushort)attributes.Mode,
            st_nlink = (ushort)attributes.Nlink,
            st_uid = OldId.Narrow(attributes.Uid),
            st_gid = OldId.Narrow(attributes.Gid),
            st_rdev = OldDevice(attributes.Rdev),
            st_size = (uint)attributes.Size,
            st_atime = (uint)attributes.Atime.Seconds,
            st_mtime = (uint)attributes.Mtime.Seconds,
            st_ctime = (uint)attributes.Ctime.Seconds,
        }));
    }

    private static SysResult WriteStat32(LinuxTask task, GuestPtr statbuf, in InodeAttributes attributes)
    {
        if (attributes.Ino > uint.MaxValue || attributes.Nlink > ushort.MaxValue || attributes.Size > MaxNonLfs)
            return Errno.EOVERFLOW;
        return Done(task.Memory.TryWrite(statbuf, new Stat32
        {
            st_dev = attributes.Device.Encoded,
            st_ino = (uint)attributes.Ino,
            st_mode = (ushort)attributes.Mode,
            st_nlink = (ushort)attributes.Nlink,
            st_uid = OldId.Narrow(attributes.Uid),
            st_gid = OldId.Narrow(attributes.Gid),
            st_rdev = attributes.Rdev.Encoded,
            st_size = (uint)attributes.Size,
            st_blksize = attributes.BlockSize,
            st_blocks = (uint)attributes.Blocks,
            st_atime = (uint)attributes.Atime.Seconds,
            st_atime_nsec = attributes.Atime.Nanoseconds,
            st_mtime = (uint)attributes.Mtime.Seconds,
            st_mtime_nsec = attributes.Mtime.Nanoseconds,
            st_ctime = (uint)attributes.Ctime.Seconds,
            st_ctime_nsec = attributes.Ctime.Nanoseconds,
        }));
    }

    private static Stat X64(in InodeAttributes attributes) => new()
    {
        st_dev = attributes.Device.Encoded,
        st_ino = attributes.Ino,
        st_nlink = attributes.Nlink,
        st_mode = attributes.Mode,
        st_uid = attributes.Uid,
        st_gid = attributes.Gid,
        st_rdev = attributes.Rdev.Encoded,
        st_size = attributes.Size,
        st_blksize = attributes.BlockSize,
        st_blocks = attributes.Blocks,
        st_atime = attributes.Atime.Seconds,
        st_atime_nsec = attributes.Atime.Nanoseconds,
        st_mtime = attributes.Mtime.Seconds,
        st_mtime_nsec = attributes.Mtime.Nanoseconds,
        st_ctime = attributes.Ctime.Seconds,
        st_ctime_nsec = attributes.Ctime.Nanoseconds,
    };

    private static StatGeneric Generic(in InodeAttributes attributes) => new()
    {
        st_dev = attributes.Device.Encoded,
        st_ino = attributes.Ino,
        st_mode = attributes.Mode,
        st_nlink = attributes.Nlink,
        st_uid = attributes.Uid,
        st_gid = attributes.Gid,
        st_rdev = attributes.Rdev.Encoded,
        st_size = attributes.Size,
        st_blksize = (int)attributes.BlockSize,
        st_blocks = attributes.Blocks,
        st_atime = attributes.Atime.Seconds,
        st_atime_nsec = attributes.Atime.Nanoseconds,
        st_mtime = attributes.Mtime.Seconds,
        st_mtime_nsec = attributes.Mtime.Nanoseconds,
        st_ctime = attributes.Ctime.Seconds,
        st_ctime_nsec = attributes.Ctime.Nanoseconds,
    };

    /// <summary>old_encode_dev: eight bits each.</summary>
    private static ushort OldDevice(DeviceNumber device) => (ushort)((device.Major << 8) | (device.Minor & 0xff));

    private static SysResult Done(bool written) => written ? 0 : Errno.EFAULT;
}
