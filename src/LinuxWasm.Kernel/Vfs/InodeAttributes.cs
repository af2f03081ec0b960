using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What stat(2) tells of an inode (Linux's struct kstat).</summary>
public struct InodeAttributes
{
    public DeviceNumber Device;
    public ulong Ino;
    public Mode Mode;
    public uint Nlink;
    public uint Uid;
    public uint Gid;
    public DeviceNumber Rdev;

    /// <summary>Bytes.</summary>
    public long Size;

    /// <summary>Units of 512 bytes that are stored.</summary>
    public long Blocks;

    /// <summary>The size for efficient input and output.</summary>
    public uint BlockSize;
    public Timestamp Atime;
    public Timestamp Mtime;
    public Timestamp Ctime;

    /// <summary>The moment of creation; meaningless where <see cref="HasBtime"/> is false.</summary>
    public Timestamp Btime;
    public bool HasBtime;

    /// <summary>STATX_ATTR_* bits, and which of them the file system knows.</summary>
    public ulong AttributeFlags;
    public ulong AttributeMask;
}

/// <summary>Which members of an <see cref="AttributeChange"/> are to be set.</summary>
[Flags]
public enum AttributeKinds
{
    None = 0,
    Mode = 1,
    Uid = 2,
    Gid = 4,
    Size = 8,
    Atime = 16,
    Mtime = 32,
}

/// <summary>A change of attributes that was found permitted (Linux's struct iattr).</summary>
public struct AttributeChange
{
    public AttributeKinds Kinds;

    /// <summary>The permission bits, 07777.</summary>
    public Mode Mode;
    public uint Uid;
    public uint Gid;
    public long Size;
    public Timestamp Atime;
    public Timestamp Mtime;
}

/// <summary>Type, permissions and owner of an inode that is about to be made.</summary>
public readonly record struct NewInode(Mode Mode, uint Uid, uint Gid, DeviceNumber Rdev = default);

/// <summary>What statfs(2) tells of a file system (Linux's struct kstatfs); sizes in blocks.</summary>
public struct FileSystemStatistics
{
    /// <summary>The magic number of statfs(2): TMPFS_MAGIC, ...</summary>
    public uint Type;
    public long BlockSize;
    public ulong Blocks;
    public ulong BlocksFree;

    /// <summary>Blocks that an unprivileged user may still have.</summary>
    public ulong BlocksAvailable;
    public ulong Files;
    public ulong FilesFree;
    public ulong FileSystemId;
    public long NameLength;
}
