using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>What the host tells of a file, in Linux's terms.</summary>
internal struct HostStat
{
    public HostFileId Id;
    public Mode Mode;
    public uint Nlink;
    public uint Uid;
    public uint Gid;
    public DeviceNumber Rdev;
    public long Size;

    /// <summary>Units of 512 bytes.</summary>
    public long Blocks;
    public uint BlockSize;
    public Timestamp Atime;
    public Timestamp Mtime;
    public Timestamp Ctime;
    public Timestamp Btime;
    public bool HasBtime;
}

/// <summary>What tells one file of the host from all others that exist at the time.</summary>
internal readonly record struct HostFileId(ulong Device, ulong Ino);
