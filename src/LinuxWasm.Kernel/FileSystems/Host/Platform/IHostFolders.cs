using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>
/// The host's file calls, as a confined folder needs them: everything goes from the handle of a directory by one name, and no symbolic link is ever
/// followed. Names are single components, never empty, "." or "..": the path walk has taken those out. Nothing here throws for what a host may answer.
/// </summary>
internal interface IHostFolders
{
    /// <summary>The host user that this process runs as; every file is his where the host has no such owners.</summary>
    HostUser User { get; }

    /// <summary>
    /// False where a directory's handle is but its path: then no handle outlives a rename, and <see cref="DirectoryHandles"/> drops them all.
    /// </summary>
    bool HandlesFollowRenames { get; }

    /// <summary>The folder that is mounted; the one path of the host that is resolved by the host. ENOENT, ENOTDIR.</summary>
    Errno OpenRoot(ReadOnlySpan<byte> path, out HostHandle? root);

    Errno OpenDirectory(HostHandle parent, ReadOnlySpan<byte> name, out HostHandle? directory);

    /// <summary>Opens a regular file without waiting. <paramref name="flags"/>: access mode, O_SYNC, O_DSYNC, O_NOATIME.</summary>
    Errno OpenFile(HostHandle parent, ReadOnlySpan<byte> name, OpenFlags flags, out HostHandle? file);

    /// <summary>Makes a regular file and opens it for reading and writing; EEXIST whatever stands there.</summary>
    Errno CreateFile(HostHandle parent, ReadOnlySpan<byte> name, Mode mode, out HostHandle? file);

    Errno Stat(HostHandle handle, out HostStat stat);

    /// <summary>What a name leads to; a symbolic link is itself.</summary>
    Errno Stat(HostHandle parent, ReadOnlySpan<byte> name, out HostStat stat);

    /// <summary>Adds the names of a directory but "." and "..". ENOMEM where the listing has no more room.</summary>
    Errno List(HostHandle directory, HostListing listing);

    Errno ReadLink(HostHandle parent, ReadOnlySpan<byte> name, out byte[] target);

    Errno MakeDirectory(HostHandle parent, ReadOnlySpan<byte> name, Mode mode);

    /// <summary>A FIFO, a socket's name, or a whiteout. Devices of the host are never made.</summary>
    Errno MakeNode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode);

    Errno MakeSymlink(HostHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target);

    Errno MakeLink(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName);

    Errno RemoveLink(HostHandle parent, ReadOnlySpan<byte> name);

    Errno RemoveDirectory(HostHandle parent, ReadOnlySpan<byte> name);

    /// <summary>NOREPLACE and EXCHANGE are EINVAL where the host can't do them at once.</summary>
    Errno Rename(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName, RenameFlags flags);

    /// <summary>Permissions of a name; EOPNOTSUPP for a symbolic link. An empty name is the directory itself, here and below.</summary>
    Errno ChangeMode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode);

    /// <summary>Owner and group; uint.MaxValue leaves one as it is.</summary>
    Errno ChangeOwner(HostHandle parent, ReadOnlySpan<byte> name, uint uid, uint gid);

    /// <summary>Times; null leaves one as it is.</summary>
    Errno ChangeTimes(HostHandle parent, ReadOnlySpan<byte> name, Timestamp? atime, Timestamp? mtime);

    Errno ChangeMode(HostHandle file, Mode mode);

    Errno ChangeOwner(HostHandle file, uint uid, uint gid);

    Errno ChangeTimes(HostHandle file, Timestamp? atime, Timestamp? mtime);

    /// <summary>Fewer bytes than asked for only at the end of the file.</summary>
    SysResult Read(HostHandle file, Span<byte> buffer, long position);

    SysResult Write(HostHandle file, ReadOnlySpan<byte> buffer, long position);

    /// <summary>Writes at the end of the file, wherever that is by then. <paramref name="end"/>: where the written bytes end.</summary>
    SysResult Append(HostHandle file, ReadOnlySpan<byte> buffer, out long end);

    Errno Truncate(HostHandle file, long length);

    Errno Allocate(HostHandle file, FallocateMode mode, long offset, long length);

    /// <summary>SEEK_DATA and SEEK_HOLE; ENXIO at and past the end.</summary>
    SysResult FindData(HostHandle file, long offset, bool hole);

    /// <summary>fsync(2) of a file or directory.</summary>
    Errno Sync(HostHandle handle, bool dataOnly);

    /// <summary>Everything of the host's file system.</summary>
    Errno SyncAll(HostHandle root);

    Errno GetStatistics(HostHandle root, out FileSystemStatistics statistics);
}

/// <summary>Who runs this process.</summary>
/// <param name="Uid">Effective user.</param>
/// <param name="Gid">Effective group.</param>
/// <param name="IsRoot">Host ids are passed through, and files can be given away.</param>
internal readonly record struct HostUser(uint Uid, uint Gid, bool IsRoot);
