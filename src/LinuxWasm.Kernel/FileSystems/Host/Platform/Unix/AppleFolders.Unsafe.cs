using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>macOS 13 and newer.</summary>
internal sealed unsafe class AppleFolders : UnixFolders
{
    private const int O_CREAT = 0x200;
    private const int O_EXCL = 0x800;
    private const int O_NONBLOCK = 4;
    private const int O_NOFOLLOW = 0x100;
    private const int O_SYNC = 0x80;
    private const int O_DSYNC = 0x400000;
    private const int O_NOCTTY = 0x20000;
    private const int O_DIRECTORY = 0x100000;
    private const int O_CLOEXEC = 0x1000000;
    private const int AT_SYMLINK_NOFOLLOW = 0x20;
    private const int AT_REMOVEDIR = 0x80;
    private const uint RENAME_SWAP = 2;
    private const uint RENAME_EXCL = 4;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    protected override int DirectoryFlags => O_DIRECTORY | O_CLOEXEC;

    protected override int ListingFlags => O_DIRECTORY | O_CLOEXEC;

    protected override int OpenNoFollow => O_NOFOLLOW;

    protected override int NoFollowFlag => AT_SYMLINK_NOFOLLOW;

    protected override int RemoveDirectoryFlag => AT_REMOVEDIR;

    // The two are exchanged against Linux's.
    protected override int SeekDataWhence => 4;

    protected override int SeekHoleWhence => 3;

    protected override nint OmitTime => -2;

    protected override (int Type, int Name) DirentLayout => (20, 21);

    public override Errno Stat(HostHandle handle, out HostStat stat)
    {
        stat = default;
        if ((IsArm ? AppleCalls.FstatArm(Fd(handle), out var buffer) : AppleCalls.FstatX64(Fd(handle), out buffer)) < 0)
            return LastError();
        Convert(buffer, out stat);
        return Errno.None;
    }

    public override Errno Stat(HostHandle parent, ReadOnlySpan<byte> name, out HostStat stat)
    {
        stat = default;
        var path = new UnixName(name);
        if (path.Error != Errno.None)
            return path.Error;
        if ((IsArm
            ? AppleCalls.FstatAtArm(Fd(parent), path.Terminated, out var buffer, AT_SYMLINK_NOFOLLOW)
            : AppleCalls.FstatAtX64(Fd(parent), path.Terminated, out buffer, AT_SYMLINK_NOFOLLOW)) < 0)
            return LastError();
        Convert(buffer, out stat);
        return Errno.None;
    }

    public override SysResult Append(HostHandle file, ReadOnlySpan<byte> buffer, out long end) => AppendAtSize(file, buffer, out end);

    /// <summary>F_PREALLOCATE promises less than fallocate(2) does.</summary>
    public override Errno Allocate(HostHandle file, FallocateMode mode, long offset, long length) => Errno.EOPNOTSUPP;

    public override Errno SyncAll(HostHandle root) => Sync(root, dataOnly: false);

    public override Errno GetStatistics(HostHandle root, out FileSystemStatistics statistics)
    {
        const int StatfsSize = 2168;
        const uint V9fsMagic = 0x01021997;
        statistics = default;
        var buffer = stackalloc byte[StatfsSize];
        if ((IsArm ? AppleCalls.FstatfsArm(Fd(root), buffer) : AppleCalls.FstatfsX64(Fd(root), buffer)) < 0)
            return LastError();
        var counts = (ulong*)(buffer + 8);
        statistics = new FileSystemStatistics
        {
            // Apple's numbers for file systems mean nothing to a Linux program; this one says: a folder of the host.
            Type = V9fsMagic,
            BlockSize = *(uint*)buffer,
            Blocks = counts[0],
            BlocksFree = counts[1],
            BlocksAvailable = counts[2],
            Files = counts[3],
            FilesFree = counts[4],
            FileSystemId = counts[5],
            NameLength = FsName.MaxLength,
        };
        return Errno.None;
    }

    protected override Errno Translate(int error) => HostErrors.FromApple(error);

    /// <summary>There is no lighter call that is safe.</summary>
    protected override int SyncData(int fd) => UnixCalls.Fsync(fd);

    protected override nint OpenStream(int fd) => IsArm ? base.OpenStream(fd) : AppleCalls.FdOpenDirX64(fd);

    protected override byte* NextEntry(nint stream) => IsArm ? AppleCalls.ReadDirArm(stream) : AppleCalls.ReadDirX64(stream);

    protected override int FileFlags(OpenFlags flags)
    {
        var host = (flags & OpenFlags.O_ACCMODE) switch
        {
            OpenFlags.O_ACCMODE => (int)OpenFlags.O_RDWR,
            var mode => (int)mode,
        };
        if ((flags & OpenFlags.O_SYNC) == OpenFlags.O_SYNC)
            host |= O_SYNC;
        else if ((flags & OpenFlags.O_DSYNC) != 0)
            host |= O_DSYNC;
        return host | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    }

    protected override int Create(int directory, ReadOnlySpan<byte> path, uint mode)
    {
        var flags = FileFlags(OpenFlags.O_RDWR) | O_CREAT | O_EXCL | O_NOFOLLOW;
        return IsArm ? AppleCalls.OpenAtArm(directory, path, flags, 0, 0, 0, 0, 0, mode) : UnixCalls.OpenAt(directory, path, flags, mode);
    }

    /// <summary>Neither sockets nor whiteouts can be made without being root, if at all.</summary>
    protected override Errno MakeNode(int directory, ReadOnlySpan<byte> path, Mode mode) => Errno.EPERM;

    protected override Errno RenameWith(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, RenameFlags flags) =>
        Check(AppleCalls.RenameAtX(directory, path, newDirectory, newPath, flags == RenameFlags.RENAME_EXCHANGE ? RENAME_SWAP : RENAME_EXCL));

    private static void Convert(in AppleCalls.StatBuffer buffer, out HostStat stat) => stat = new HostStat
    {
        Id = new HostFileId((uint)buffer.Device, buffer.Ino),
        Mode = (Mode)buffer.Mode,
        Nlink = buffer.Nlink,
        Uid = buffer.Uid,
        Gid = buffer.Gid,
        Rdev = new DeviceNumber(((uint)buffer.Rdev >> 24) & 0xff, (uint)buffer.Rdev & 0xffffff),
        Size = buffer.Size,
        Blocks = buffer.Blocks,
        BlockSize = (uint)buffer.BlockSize,
        Atime = Time(buffer.Atime),
        Mtime = Time(buffer.Mtime),
        Ctime = Time(buffer.Ctime),
        Btime = Time(buffer.Btime),
        HasBtime = true,
    };

    private static Timestamp Time(in UnixCalls.Timespec time) => new(time.Seconds, (uint)time.Nanoseconds);
}
