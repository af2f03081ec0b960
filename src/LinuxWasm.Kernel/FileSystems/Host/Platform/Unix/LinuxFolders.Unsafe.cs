using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>Linux on 64-bit machines; needs 4.16 for appends (RWF_APPEND) and 4.11 for statx(2).</summary>
internal sealed unsafe class LinuxFolders : UnixFolders
{
    private const int O_NOCTTY = 0x100;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_PATH = 0x200000;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_REMOVEDIR = 0x200;
    private const int AT_EMPTY_PATH = 0x1000;
    private const int AT_NO_AUTOMOUNT = 0x800;
    private const int RWF_APPEND = 0x10;
    private const uint STATX_BASIC_STATS_AND_BTIME = 0xFFF;
    private const uint STATX_BTIME = 0x800;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // The flags that arm64 numbers otherwise than asm-generic/fcntl.h.
    private static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    private static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;

    protected override int DirectoryFlags => O_PATH | O_DIRECTORY | O_CLOEXEC;

    protected override int ListingFlags => O_DIRECTORY | O_CLOEXEC;

    protected override int OpenNoFollow => O_NOFOLLOW;

    protected override int NoFollowFlag => AT_SYMLINK_NOFOLLOW;

    protected override int RemoveDirectoryFlag => AT_REMOVEDIR;

    protected override int SeekDataWhence => (int)SeekWhence.SEEK_DATA;

    protected override int SeekHoleWhence => (int)SeekWhence.SEEK_HOLE;

    protected override nint OmitTime => (1 << 30) - 2;

    protected override (int Type, int Name) DirentLayout => (18, 19);

    public override Errno Stat(HostHandle handle, out HostStat stat)
    {
        var error = Check(LinuxCalls.Statx(Fd(handle), "\0"u8, AT_EMPTY_PATH, STATX_BASIC_STATS_AND_BTIME, out var buffer));
        Convert(buffer, out stat);
        return error;
    }

    public override Errno Stat(HostHandle parent, ReadOnlySpan<byte> name, out HostStat stat)
    {
        stat = default;
        var path = new UnixName(name);
        if (path.Error != Errno.None)
            return path.Error;
        if (LinuxCalls.Statx(Fd(parent), path.Terminated, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS_AND_BTIME, out var buffer) < 0)
            return LastError();
        Convert(buffer, out stat);
        return Errno.None;
    }

    public override SysResult Append(HostHandle file, ReadOnlySpan<byte> buffer, out long end)
    {
        end = 0;
        fixed (byte* bytes = buffer)
        {
            // With position -1 the descriptor's own offset is used and left behind what was written: the one way to know where that was.
            var written = LinuxCalls.Pwritev2(Fd(file), [new((nint)bytes, (nuint)buffer.Length)], 1, -1, RWF_APPEND);
            if (written < 0)
                return LastError();
            end = UnixCalls.Lseek(Fd(file), 0, (int)SeekWhence.SEEK_CUR);
            return end < 0 ? LastError() : written;
        }
    }

    public override Errno Allocate(HostHandle file, FallocateMode mode, long offset, long length) =>
        Check(LinuxCalls.Fallocate(Fd(file), (int)mode, offset, length));

    public override Errno SyncAll(HostHandle root)
    {
        var fd = UnixCalls.OpenAt(Fd(root), UnixName.Self, ListingFlags);
        if (fd < 0)
            return LastError();
        using var handle = new UnixHandle(fd);
        return Check(LinuxCalls.Syncfs(fd));
    }

    public override Errno GetStatistics(HostHandle root, out FileSystemStatistics statistics)
    {
        statistics = default;
        if (LinuxCalls.Fstatfs(Fd(root), out var buffer) < 0)
            return LastError();
        statistics = new FileSystemStatistics
        {
            Type = (uint)buffer.Type,
            BlockSize = buffer.BlockSize,
            Blocks = buffer.Blocks,
            BlocksFree = buffer.BlocksFree,
            BlocksAvailable = buffer.BlocksAvailable,
            Files = buffer.Files,
            FilesFree = buffer.FilesFree,
            FileSystemId = buffer.FileSystemId,
            NameLength = Math.Min(buffer.NameLength, FsName.MaxLength),
        };
        return Errno.None;
    }

    /// <summary>The numbers are the same: it is the same system.</summary>
    protected override Errno Translate(int error) => HostErrors.FromLinux(error);

    protected override int SyncData(int fd) => LinuxCalls.Fdatasync(fd);

    protected override byte* NextEntry(nint stream) => LinuxCalls.ReadDir(stream);

    protected override int FileFlags(OpenFlags flags) =>
        (int)(flags & (OpenFlags.O_ACCMODE | OpenFlags.O_SYNC | OpenFlags.O_NOATIME)) | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

    protected override int Create(int directory, ReadOnlySpan<byte> path, uint mode) =>
        UnixCalls.OpenAt(directory, path, FileFlags(OpenFlags.O_RDWR) | (int)(OpenFlags.O_CREAT | OpenFlags.O_EXCL) | O_NOFOLLOW, mode);

    protected override Errno MakeNode(int directory, ReadOnlySpan<byte> path, Mode mode) =>
        Check(LinuxCalls.MknodAt(directory, path, (uint)mode, 0));

    protected override Errno RenameWith(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, RenameFlags flags) =>
        Check(LinuxCalls.RenameAt2(directory, path, newDirectory, newPath, (uint)flags));

    private static void Convert(in LinuxCalls.StatxBuffer buffer, out HostStat stat) => stat = new HostStat
    {
        Id = new HostFileId(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Ino),
        Mode = (Mode)buffer.Mode,
        Nlink = buffer.Nlink,
        Uid = buffer.Uid,
        Gid = buffer.Gid,
        Rdev = new DeviceNumber(buffer.RdevMajor, buffer.RdevMinor),
        Size = buffer.Size,
        Blocks = buffer.Blocks,
        BlockSize = buffer.BlockSize,
        Atime = Time(buffer.Atime),
        Mtime = Time(buffer.Mtime),
        Ctime = Time(buffer.Ctime),
        Btime = Time(buffer.Btime),
        HasBtime = (buffer.Mask & STATX_BTIME) != 0,
    };

    private static Timestamp Time(in LinuxCalls.StatxTime time) => new(time.Seconds, time.Nanoseconds);
}
