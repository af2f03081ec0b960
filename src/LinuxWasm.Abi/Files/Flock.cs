using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>l_type of a record lock (fcntl(2)).</summary>
public enum LockType : short
{
    F_RDLCK = 0,
    F_WRLCK = 1,
    F_UNLCK = 2,
}

/// <summary>i386's struct flock, of F_GETLK, F_SETLK and F_SETLKW.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct Flock32
{
    [FieldOffset(0)]
    public LockType l_type;

    [FieldOffset(2)]
    public short l_whence;

    [FieldOffset(4)]
    public int l_start;

    [FieldOffset(8)]
    public int l_len;

    [FieldOffset(12)]
    public int l_pid;
}

/// <summary>i386's struct flock64: its 64-bit members are aligned to 4.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct Flock64Packed
{
    [FieldOffset(0)]
    public LockType l_type;

    [FieldOffset(2)]
    public short l_whence;

    [FieldOffset(4)]
    public long l_start;

    [FieldOffset(12)]
    public long l_len;

    [FieldOffset(20)]
    public int l_pid;
}

/// <summary>struct flock of the 64-bit tables.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct Flock
{
    [FieldOffset(0)]
    public LockType l_type;

    [FieldOffset(2)]
    public short l_whence;

    [FieldOffset(8)]
    public long l_start;

    [FieldOffset(16)]
    public long l_len;

    [FieldOffset(24)]
    public int l_pid;
}

/// <summary>flock(2)'s operations.</summary>
[Flags]
public enum FlockOperation
{
    LOCK_SH = 1,
    LOCK_EX = 2,
    LOCK_NB = 4,
    LOCK_UN = 8,

    /// <summary>Mandatory locks between file servers: since Linux 5.16 accepted, ignored and 0.</summary>
    LOCK_MAND = 32,
}
