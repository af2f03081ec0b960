using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct statfs of a 64-bit table (asm-generic/statfs.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
public struct Statfs
{
    [FieldOffset(0)]
    public long f_type;

    [FieldOffset(8)]
    public long f_bsize;

    [FieldOffset(16)]
    public ulong f_blocks;

    [FieldOffset(24)]
    public ulong f_bfree;

    [FieldOffset(32)]
    public ulong f_bavail;

    [FieldOffset(40)]
    public ulong f_files;

    [FieldOffset(48)]
    public ulong f_ffree;

    [FieldOffset(56)]
    public ulong f_fsid;

    [FieldOffset(64)]
    public long f_namelen;

    [FieldOffset(72)]
    public long f_frsize;

    [FieldOffset(80)]
    public long f_flags;
}

/// <summary>struct statfs of i386 (struct compat_statfs).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct Statfs32
{
    [FieldOffset(0)]
    public uint f_type;

    [FieldOffset(4)]
    public uint f_bsize;

    [FieldOffset(8)]
    public uint f_blocks;

    [FieldOffset(12)]
    public uint f_bfree;

    [FieldOffset(16)]
    public uint f_bavail;

    [FieldOffset(20)]
    public uint f_files;

    [FieldOffset(24)]
    public uint f_ffree;

    [FieldOffset(28)]
    public ulong f_fsid;

    [FieldOffset(36)]
    public uint f_namelen;

    [FieldOffset(40)]
    public uint f_frsize;

    [FieldOffset(44)]
    public uint f_flags;
}

/// <summary>struct statfs64 of i386 (struct compat_statfs64), packed to 4.</summary>
[StructLayout(LayoutKind.Explicit, Size = 84)]
public struct Statfs64
{
    [FieldOffset(0)]
    public uint f_type;

    [FieldOffset(4)]
    public uint f_bsize;

    [FieldOffset(8)]
    public ulong f_blocks;

    [FieldOffset(16)]
    public ulong f_bfree;

    [FieldOffset(24)]
    public ulong f_bavail;

    [FieldOffset(32)]
    public ulong f_files;

    [FieldOffset(40)]
    public ulong f_ffree;

    [FieldOffset(48)]
    public ulong f_fsid;

    [FieldOffset(56)]
    public uint f_namelen;

    [FieldOffset(60)]
    public uint f_frsize;

    [FieldOffset(64)]
    public uint f_flags;
}

/// <summary>struct ustat of a 64-bit table (ustat(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct Ustat
{
    [FieldOffset(0)]
    public int f_tfree;

    [FieldOffset(8)]
    public ulong f_tinode;
}

/// <summary>struct ustat of i386.</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
public struct Ustat32
{
    [FieldOffset(0)]
    public int f_tfree;

    [FieldOffset(4)]
    public uint f_tinode;
}
