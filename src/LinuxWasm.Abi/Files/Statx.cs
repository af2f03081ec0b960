using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>statx(2)'s mask: what is asked for and what was answered.</summary>
[Flags]
public enum StatxMask : uint
{
    None = 0,
    STATX_TYPE = 1,
    STATX_MODE = 2,
    STATX_NLINK = 4,
    STATX_UID = 8,
    STATX_GID = 16,
    STATX_ATIME = 32,
    STATX_MTIME = 64,
    STATX_CTIME = 128,
    STATX_INO = 256,
    STATX_SIZE = 512,
    STATX_BLOCKS = 1024,
    STATX_BASIC_STATS = 0x7ff,
    STATX_BTIME = 0x800,
    STATX_MNT_ID = 0x1000,
    STATX_DIOALIGN = 0x2000,
    STATX_MNT_ID_UNIQUE = 0x4000,
    STATX_SUBVOL = 0x8000,

    /// <summary>EINVAL.</summary>
    __STATX_RESERVED = 0x80000000,
}

/// <summary>struct statx_timestamp.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct StatxTimestamp
{
    [FieldOffset(0)]
    public long tv_sec;

    [FieldOffset(8)]
    public uint tv_nsec;
}

/// <summary>struct statx, the same in every table (linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public struct Statx
{
    /// <summary>stx_attributes: the place is the root of a mount.</summary>
    public const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    [FieldOffset(0)]
    public StatxMask stx_mask;

    [FieldOffset(4)]
    public uint stx_blksize;

    [FieldOffset(8)]
    public ulong stx_attributes;

    [FieldOffset(16)]
    public uint stx_nlink;

    [FieldOffset(20)]
    public uint stx_uid;

    [FieldOffset(24)]
    public uint stx_gid;

    [FieldOffset(28)]
    public ushort stx_mode;

    [FieldOffset(32)]
    public ulong stx_ino;

    [FieldOffset(40)]
    public ulong stx_size;

    [FieldOffset(48)]
    public ulong stx_blocks;

    [FieldOffset(56)]
    public ulong stx_attributes_mask;

    [FieldOffset(64)]
    public StatxTimestamp stx_atime;

    [FieldOffset(80)]
    public StatxTimestamp stx_btime;

    [FieldOffset(96)]
    public StatxTimestamp stx_ctime;

    [FieldOffset(112)]
    public StatxTimestamp stx_mtime;

    [FieldOffset(128)]
    public uint stx_rdev_major;

    [FieldOffset(132)]
    public uint stx_rdev_minor;

    [FieldOffset(136)]
    public uint stx_dev_major;

    [FieldOffset(140)]
    public uint stx_dev_minor;

    [FieldOffset(144)]
    public ulong stx_mnt_id;
}
