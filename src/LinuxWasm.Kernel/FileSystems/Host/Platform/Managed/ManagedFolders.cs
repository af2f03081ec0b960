using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;
using Microsoft.Win32.SafeHandles;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>
/// Files by path, through the framework: for Windows, which resolves names from a directory's handle only in calls that are not documented for programs.
/// <para>
/// A directory's path is extended by one plain name at a time, and before each use every directory between the root and the name is looked at: a symbolic link, a
/// junction or a mount point among them ends the call. Guests can make none of these. What is left is a process of the host that puts a link in a directory's place between
/// the look and the call: that one call then goes where the link leads. Do not let untrusted processes of the host write into a folder that is mounted.
/// </para>
/// </summary>
internal sealed partial class ManagedFolders : IHostFolders
{
    private const Mode DirectoryMode = Mode.S_IFDIR | (Mode)0x1ed;
    private const Mode FileMode = Mode.S_IFREG | (Mode)0x1ed;
    private const Mode LinkMode = Mode.S_IFLNK | Mode.Access;
    private const Mode AnyWrite = Mode.S_IWUSR | Mode.S_IWGRP | Mode.S_IWOTH;

    /// <summary>All is shown as root's.</summary>
    public HostUser User => new(0, 0, IsRoot: false);

    public bool HandlesFollowRenames => false;

    public Errno OpenRoot(ReadOnlySpan<byte> path, out HostHandle? root)
    {
        root = null;
        try
        {
            var full = Path.GetFullPath(Encoding.UTF8.GetString(path));
            if (!Directory.Exists(full))
                return File.Exists(full) ? Errno.ENOTDIR : Errno.ENOENT;
            root = new ManagedHandle(null, full, FileIdentity.Of(full, out _));
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure) || failure is ArgumentException or NotSupportedException)
        {
            return failure is ArgumentException or NotSupportedException ? Errno.ENOENT : ManagedErrors.ToErrno(failure);
        }
    }

    public Errno OpenDirectory(HostHandle parent, ReadOnlySpan<byte> name, out HostHandle? directory)
    {
        directory = null;
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (!stat.Mode.IsDirectory())
            return Errno.ENOTDIR;
        directory = new ManagedHandle((ManagedHandle)parent, path, stat.Id);
        return Errno.None;
    }

    public Errno OpenFile(HostHandle parent, ReadOnlySpan<byte> name, OpenFlags flags, out HostHandle? file)
    {
        file = null;
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (!stat.Mode.IsRegular())
            return Errno.ELOOP;
        var access = (flags & OpenFlags.O_ACCMODE) switch
        {
            OpenFlags.O_RDONLY => FileAccess.Read,
            OpenFlags.O_WRONLY => FileAccess.Write,
            _ => FileAccess.ReadWrite,
        };
        var options = (flags & OpenFlags.O_DSYNC) != 0 ? FileOptions.WriteThrough : FileOptions.None;
        return Open((ManagedHandle)parent, path, System.IO.FileMode.Open, access, options, out file);
    }

    public Errno CreateFile(HostHandle parent, ReadOnlySpan<byte> name, Mode mode, out HostHandle? file)
    {
        file = null;
        var error = NewPath(parent, name, out var path);
        return error != Errno.None ? error : Open((ManagedHandle)parent, path, System.IO.FileMode.CreateNew, FileAccess.ReadWrite, FileOptions.None, out file);
    }

    public Errno Stat(HostHandle parent, ReadOnlySpan<byte> name, out HostStat stat) => Find(parent, name, out _, out stat);

    public Errno List(HostHandle directory, HostListing listing)
    {
        var handle = (ManagedHandle)directory;
        try
        {
            var error = CheckWay(handle);
            if (error != Errno.None)
                return error;
            var everything = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
            foreach (var entry in new DirectoryInfo(handle.Path).EnumerateFileSystemInfos("*", everything))
            {
                // The number is what stat(2) shows only where that is made from the path too: to know the file's own, each would have to be opened.
                if (!listing.TryAdd(ManagedName.Encode(entry.Name), FileIdentity.OfPath(entry.FullName), ModeOf(entry).DirentType()))
                    return Errno.ENOMEM;
            }

            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno ReadLink(HostHandle parent, ReadOnlySpan<byte> name, out byte[] target)
    {
        target = [];
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        try
        {
            if (!stat.Mode.IsSymlink())
                return Errno.EINVAL;
            // A mount point of a volume has no target that could be told.
            if (new FileInfo(path).LinkTarget is not { Length: > 0 } text)
                return Errno.EACCES;
            target = ManagedName.Encode(text);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno MakeDirectory(HostHandle parent, ReadOnlySpan<byte> name, Mode mode)
    {
        var error = NewPath(parent, name, out var path);
        if (error != Errno.None)
            return error;
        try
        {
            Directory.CreateDirectory(path);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno MakeNode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode) => Errno.EPERM;

    /// <summary>The confinement of paths stands on it that guests make no links.</summary>
    public Errno MakeSymlink(HostHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => Errno.EPERM;

    public Errno MakeLink(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName) => Errno.EPERM;

    public Errno RemoveLink(HostHandle parent, ReadOnlySpan<byte> name)
    {
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (stat.Mode.IsDirectory())
            return Errno.EISDIR;
        try
        {
            var attributes = File.GetAttributes(path);
            // unlink(2) asks the directory for permission, not the file.
            if ((attributes & FileAttributes.ReadOnly) != 0)
                File.SetAttributes(path, attributes & ~FileAttributes.ReadOnly);
            if ((attributes & FileAttributes.Directory) != 0)
                Directory.Delete(path, recursive: false);
            else
                File.Delete(path);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno RemoveDirectory(HostHandle parent, ReadOnlySpan<byte> name)
    {
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (!stat.Mode.IsDirectory())
            return Errno.ENOTDIR;
        try
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
                return Errno.ENOTEMPTY;
            Directory.Delete(path, recursive: false);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>A file replaces another at once; a directory replaces an empty one in two steps.</summary>
    public Errno Rename(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        if ((flags & ~RenameFlags.RENAME_NOREPLACE) != 0)
            return Errno.EINVAL;
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        error = Find(newParent, newName, out _, out var replaced);
        if (error is not (Errno.None or Errno.ENOENT))
            return error;
        var replaces = error == Errno.None;
        if (replaces && flags != RenameFlags.None)
            return Errno.EEXIST;
        error = replaces ? PathOf(newParent, newName, out var newPath) : NewPath(newParent, newName, out newPath);
        if (error != Errno.None)
            return error;
        if (replaces && replaced.Mode.IsDirectory() && (error = RemoveDirectory(newParent, newName)) != Errno.None)
            return error;
        try
        {
            if (stat.Mode.IsDirectory() || (File.GetAttributes(path) & FileAttributes.Directory) != 0)
                Directory.Move(path, newPath);
            else
                File.Move(path, newPath, overwrite: replaces);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    public Errno ChangeMode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode)
    {
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (stat.Mode.IsSymlink())
            return Errno.EOPNOTSUPP;
        // A directory has no mode on Windows; its read-only attribute means something else.
        return stat.Mode.IsDirectory() ? Errno.None : SetReadOnly(path, (mode & AnyWrite) == 0);
    }

    /// <summary>Ids that differ from what is shown were refused before.</summary>
    public Errno ChangeOwner(HostHandle parent, ReadOnlySpan<byte> name, uint uid, uint gid) => Errno.EPERM;

    public Errno ChangeTimes(HostHandle parent, ReadOnlySpan<byte> name, Timestamp? atime, Timestamp? mtime)
    {
        var error = Find(parent, name, out var path, out var stat);
        if (error != Errno.None)
            return error;
        if (stat.Mode.IsSymlink())
            return Errno.EOPNOTSUPP;
        if (!TryConvert(atime, out var access) || !TryConvert(mtime, out var write))
            return Errno.EINVAL;
        try
        {
            if (access is { } a)
                File.SetLastAccessTimeUtc(path, a);
            if (write is { } w)
                File.SetLastWriteTimeUtc(path, w);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    private static Errno Open(ManagedHandle parent, string path, System.IO.FileMode mode, FileAccess access, FileOptions options, out HostHandle? file)
    {
        file = null;
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete, options);
            file = new ManagedHandle(parent, path, FileIdentity.Of(path, out _), handle);
            return Errno.None;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            handle?.Dispose();
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>Looks at a name, and at the way to it. Names that the host can't have are not there.</summary>
    private static Errno Find(HostHandle parent, ReadOnlySpan<byte> name, out string path, out HostStat stat)
    {
        stat = default;
        var error = PathOf(parent, name, out path);
        if (error != Errno.None)
            return error is Errno.EINVAL or Errno.EILSEQ ? Errno.ENOENT : error;
        try
        {
            return Look(path, out stat);
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>The path of a name that is to be made.</summary>
    private static Errno NewPath(HostHandle parent, ReadOnlySpan<byte> name, out string path)
    {
        var error = PathOf(parent, name, out path);
        if (error != Errno.None)
            return error;
        return Find(parent, name, out _, out _) is Errno.ENOENT ? Errno.None : Errno.EEXIST;
    }

    private static Errno PathOf(HostHandle parent, ReadOnlySpan<byte> name, out string path)
    {
        var handle = (ManagedHandle)parent;
        path = handle.Path;
        var text = "";
        if (!name.IsEmpty && ManagedName.Decode(name, out text) is not Errno.None and var refused)
            return refused;
        try
        {
            var error = CheckWay(handle);
            if (error == Errno.None && text.Length > 0)
                path = Path.Join(handle.Path, text);
            return error;
        }
        catch (Exception failure) when (ManagedErrors.IsHosts(failure))
        {
            return ManagedErrors.ToErrno(failure);
        }
    }

    /// <summary>ENOENT where a directory on the way from the root is none any more, or a link: it was replaced.</summary>
    private static Errno CheckWay(ManagedHandle directory)
    {
        // The root may be a link: it is what the user named.
        for (var at = directory; at.Parent is { } parent; at = parent)
        {
            if ((new FileInfo(at.Path).Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != FileAttributes.Directory)
                return Errno.ENOENT;
        }

        return Errno.None;
    }

    private static Errno Look(string path, out HostStat stat)
    {
        stat = default;
        var info = new FileInfo(path);
        // -1: nothing is there.
        if ((int)info.Attributes == -1)
            return Errno.ENOENT;
        var mode = ModeOf(info);
        var size = mode.IsRegular() ? info.Length : mode.IsSymlink() ? info.LinkTarget?.Length ?? 0 : 0;
        stat = new HostStat
        {
            Id = FileIdentity.Of(path, out var links),
            Mode = mode,
            Nlink = mode.IsDirectory() ? 1 : links,
            Size = size,
            Blocks = (size + 511) / 512,
            BlockSize = 4096,
            Atime = Convert(info.LastAccessTimeUtc),
            Mtime = Convert(info.LastWriteTimeUtc),
            Ctime = Convert(info.LastWriteTimeUtc),
            Btime = Convert(info.CreationTimeUtc),
            // Not on other systems, where it follows other times.
            HasBtime = OperatingSystem.IsWindows(),
        };
        return Errno.None;
    }

    /// <summary>Every directory that leads elsewhere is a link, even one whose target can't be told. A file that is only stored elsewhere is a file.</summary>
    private static Mode ModeOf(FileSystemInfo info)
    {
        var attributes = info.Attributes;
        var isDirectory = (attributes & FileAttributes.Directory) != 0;
        if ((attributes & FileAttributes.ReparsePoint) != 0 && (isDirectory || info.LinkTarget is not null))
            return LinkMode;
        if (isDirectory)
            return DirectoryMode;
        return (attributes & FileAttributes.ReadOnly) != 0 ? FileMode & ~AnyWrite : FileMode;
    }
}
