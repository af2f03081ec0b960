using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>What is done with an open file, or with the root.</summary>
internal sealed partial class ManagedFolders
{
    /// <summary>No magic number of Linux's fits; this one says: a folder of the host (V9FS_MAGIC).</summary>
    private const uint Magic = 0x01021997;

    public Errno Stat(HostHandle handle, out HostStat stat)
    {
        var managed = (ManagedHandle)handle;
        stat = default;
        try
        {
            var error = CheckWay(managed.IsFile ? managed.Parent! : managed);
            if (error == Errno.None)
                error = Look(managed.Path, out stat);
            var isThere = error == Errno.None && stat.Id == managed.Id;
            // The mounted folder may be reached through a link: that is what the user named.
            if (managed.Parent is null)
                stat.Mode = DirectoryMode;
            if (!managed.IsFile)
                return isThere ? Errno.None : Errno.ENOENT;
            var file = managed.File;
            if (!isThere)
            {
                // It lost its name, or has another: what the open file itself tells is all there is.
                stat = new HostStat
                {
                    Id = managed.Id,
                    Mode = (File.GetAttributes(file) & FileAttributes.ReadOnly) != 0 ? FileMode & ~AnyWrite : FileMode,
                    BlockSize = 4096,
                    Nlink = FileIdentity.LinksOf(file),
                    Btime = Convert(File.GetCreationTimeUtc(file)),
                    HasBtime = OperatingSystem.IsWindows(),
                };
            }

            // A directory's entry may lag behind the open file.
            stat.Size = RandomAccess.GetLength(file);
            stat.Blocks = (stat.Size + 511) / 512;
            stat.Atime = Convert(File.GetLastAccessTimeUtc(file));
            stat.Mtime = stat.Ctime = Convert(File.GetLastWriteTimeUtc(file));
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno ChangeMode(HostHandle file, Mode mode)
    {
        try
        {
            var handle = ((ManagedHandle)file).File;
            var attributes = File.GetAttributes(handle);
            var changed = (mode & AnyWrite) == 0 ? attributes | FileAttributes.ReadOnly : attributes & ~FileAttributes.ReadOnly;
            if (changed != attributes)
                File.SetAttributes(handle, changed);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno ChangeOwner(HostHandle file, uint uid, uint gid) => Errno.EPERM;

    public Errno ChangeTimes(HostHandle file, Timestamp? atime, Timestamp? mtime)
    {
        if (!TryConvert(atime, out var access) || !TryConvert(mtime, out var write))
            return Errno.EINVAL;
        try
        {
            var handle = ((ManagedHandle)file).File;
            if (access is { } a)
                File.SetLastAccessTimeUtc(handle, a);
            if (write is { } w)
                File.SetLastWriteTimeUtc(handle, w);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public SysResult Read(HostHandle file, Span<byte> buffer, long position)
    {
        try
        {
            return RandomAccess.Read(((ManagedHandle)file).File, buffer, position);
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public SysResult Write(HostHandle file, ReadOnlySpan<byte> buffer, long position)
    {
        if (position > long.MaxValue - buffer.Length)
            return Errno.EFBIG;
        try
        {
            RandomAccess.Write(((ManagedHandle)file).File, buffer, position);
            return buffer.Length;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>Guests are kept apart by the inode's lock, the host's processes are not.</summary>
    public SysResult Append(HostHandle file, ReadOnlySpan<byte> buffer, out long end)
    {
        end = 0;
        try
        {
            var at = RandomAccess.GetLength(((ManagedHandle)file).File);
            var written = Write(file, buffer, at);
            end = at + (written.IsError ? 0 : written.Value);
            return written;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno Truncate(HostHandle file, long length)
    {
        try
        {
            RandomAccess.SetLength(((ManagedHandle)file).File, length);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno Allocate(HostHandle file, FallocateMode mode, long offset, long length) => Errno.EOPNOTSUPP;

    /// <summary>Without knowledge of holes the whole file is data (lseek(2)).</summary>
    public SysResult FindData(HostHandle file, long offset, bool hole)
    {
        try
        {
            var length = RandomAccess.GetLength(((ManagedHandle)file).File);
            return offset >= length ? Errno.ENXIO : hole ? length : offset;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>Directories need none: what is in them is written with the files.</summary>
    public Errno Sync(HostHandle handle, bool dataOnly)
    {
        if (handle is not ManagedHandle { IsFile: true } file)
            return Errno.None;
        try
        {
            RandomAccess.FlushToDisk(file.File);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>There is no call for it that an ordinary user may make: what was written is with the host, and fsync(2) brings a file to the disk.</summary>
    public Errno SyncAll(HostHandle root) => Errno.None;

    public Errno GetStatistics(HostHandle root, out FileSystemStatistics statistics)
    {
        const int BlockSize = 4096;
        statistics = new FileSystemStatistics { Type = Magic, BlockSize = BlockSize, NameLength = FsName.MaxLength };
        try
        {
            var drive = new DriveInfo(((ManagedHandle)root).Path);
            statistics.Blocks = (ulong)(drive.TotalSize / BlockSize);
            statistics.BlocksFree = (ulong)(drive.TotalFreeSpace / BlockSize);
            statistics.BlocksAvailable = (ulong)(drive.AvailableFreeSpace / BlockSize);
            return Errno.None;
        }
        // A share of the network is no drive, and has no figures.
        catch (Exception failure) when (ManagedErrors.IsHosts(failure) || failure is ArgumentException)
        {
            return Errno.None;
        }
    }

    private static Errno SetReadOnly(string path, bool readOnly)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            var changed = readOnly ? attributes | FileAttributes.ReadOnly : attributes & ~FileAttributes.ReadOnly;
            if (changed != attributes)
                File.SetAttributes(path, changed);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    private static Timestamp Convert(DateTime time)
    {
        var (seconds, ticks) = Math.DivRem((time - DateTime.UnixEpoch).Ticks, TimeSpan.TicksPerSecond);
        return ticks < 0
            ? new Timestamp(seconds - 1, (uint)((ticks + TimeSpan.TicksPerSecond) * TimeSpan.NanosecondsPerTick))
            : new Timestamp(seconds, (uint)(ticks * TimeSpan.NanosecondsPerTick));
    }

    /// <summary>False for a time before 1601 or after 9999, which Windows can't store.</summary>
    private static bool TryConvert(Timestamp? time, out DateTime? converted)
    {
        const long Year1601 = -11644473600;
        const long Year10000 = 253402300800;
        converted = null;
        if (time is not { } set)
            return true;
        if (set.Seconds is <= Year1601 or >= Year10000)
            return false;
        converted = DateTime.UnixEpoch.AddTicks((set.Seconds * TimeSpan.TicksPerSecond) + (set.Nanoseconds / TimeSpan.NanosecondsPerTick));
        return true;
    }
}
