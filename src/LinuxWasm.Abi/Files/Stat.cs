using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct stat of x86-64 (asm/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
public struct Stat
{
    [FieldOffset(0)]
    public ulong st_dev;

    [FieldOffset(8)]
    public ulong st_ino;

    [FieldOffset(16)]
    public ulong st_nlink;

    [FieldOffset(24)]
    public Mode st_mode;

    [FieldOffset(28)]
    public uint st_uid;

    [FieldOffset(32)]
    public uint st_gid;

    [FieldOffset(40)]
    public ulong st_rdev;

    [FieldOffset(48)]
    public long st_size;

    [FieldOffset(56)]
    public long st_blksize;

    [FieldOffset(64)]
    public long st_blocks;

    [FieldOffset(72)]
    public long st_atime;

    [FieldOffset(80)]
    public ulong st_atime_nsec;

    [FieldOffset(88)]
    public long st_mtime;

    [FieldOffset(96)]
    public ulong st_mtime_nsec;

    [FieldOffset(104)]
    public long st_ctime;

    [FieldOffset(112)]
    public ulong st_ctime_nsec;
}

/// <summary>struct stat of the architectures that use asm-generic/stat.h with 64-bit longs.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct StatGeneric
{
    [FieldOffset(0)]
    public ulong st_dev;

    [FieldOffset(8)]
    public ulong st_ino;

    [FieldOffset(16)]
    public Mode st_mode;

    [FieldOffset(20)]
    public uint st_nlink;

    [FieldOffset(24)]
    public uint st_uid;

    [FieldOffset(28)]
    public uint st_gid;

    [FieldOffset(32)]
    public ulong st_rdev;

    [FieldOffset(48)]
    public long st_size;

    [FieldOffset(56)]
    public int st_blksize;

    [FieldOffset(64)]
    public long st_blocks;

    [FieldOffset(72)]
    public long st_atime;

    [FieldOffset(80)]
    public ulong st_atime_nsec;

    [FieldOffset(88)]
    public long st_mtime;

    [FieldOffset(96)]
    public ulong st_mtime_nsec;

    [FieldOffset(104)]
    public long st_ctime;

    [FieldOffset(112)]
    public ulong st_ctime_nsec;
}

/// <summary>struct stat of i386 (struct compat_stat): 16-bit ids, 32-bit size.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct Stat32
{
    [FieldOffset(0)]
    public uint st_dev;

    [FieldOffset(4)]
    public uint st_ino;

    [FieldOffset(8)]
    public ushort st_mode;

    [FieldOffset(10)]
    public ushort st_nlink;

    [FieldOffset(12)]
    public ushort st_uid;

    [FieldOffset(14)]
    public ushort st_gid;

    [FieldOffset(16)]
    public uint st_rdev;

    [FieldOffset(20)]
    public uint st_size;

    [FieldOffset(24)]
    public uint st_blksize;

    [FieldOffset(28)]
    public uint st_blocks;

    [FieldOffset(32)]
    public uint st_atime;

    [FieldOffset(36)]
    public uint st_atime_nsec;

    [FieldOffset(40)]
    public uint st_mtime;

    [FieldOffset(44)]
    public uint st_mtime_nsec;

    [FieldOffset(48)]
    public uint st_ctime;

    [FieldOffset(52)]
    public uint st_ctime_nsec;
}

/// <summary>struct stat64 of i386, in which 64-bit members are aligned to 4.</summary>
[StructLayout(LayoutKind.Explicit, Size = 96)]
public struct Stat64
{
    [FieldOffset(0)]
    public ulong st_dev;

    /// <summary>The inode number's low half, from the days when there was no more of it.</summary>
    [FieldOffset(12)]
    public uint __st_ino;

    [FieldOffset(16)]
    public Mode st_mode;

    [FieldOffset(20)]
    public uint st_nlink;

    [FieldOffset(24)]
    public uint st_uid;

    [FieldOffset(28)]
    public uint st_gid;

    [FieldOffset(32)]
    public ulong st_rdev;

    [FieldOffset(44)]
    public long st_size;

    [FieldOffset(52)]
    public uint st_blksize;

    [FieldOffset(56)]
    public long st_blocks;

    [FieldOffset(64)]
    public uint st_atime;

    [FieldOffset(68)]
    public uint st_atime_nsec;

    [FieldOffset(72)]
    public uint st_mtime;

    [FieldOffset(76)]
    public uint st_mtime_nsec;

    [FieldOffset(80)]
    public uint st_ctime;

    [FieldOffset(84)]
    public uint st_ctime_nsec;

    [FieldOffset(88)]
    public ulong st_ino;
}

/// <summary>struct __old_kernel_stat: what i386's very first stat calls write.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct OldKernelStat
{
    [FieldOffset(0)]
    public ushort st_dev;

    [FieldOffset(2)]
    public ushort st_ino;

    [FieldOffset(4)]
    public ushort st_mode;

    [FieldOffset(6)]
    public ushort st_nlink;

    [FieldOffset(8)]
    public ushort st_uid;

    [FieldOffset(10)]
    public ushort st_gid;

    [FieldOffset(12)]
    public ushort st_rdev;

    [FieldOffset(16)]
    public uint st_size;

    [FieldOffset(20)]
    public uint st_atime;

    [FieldOffset(24)]
    public uint st_mtime;

    [FieldOffset(28)]
    public uint st_ctime;
}
