using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Path names as system calls take them: copied once, and relative to a directory's descriptor.</summary>
internal static class PathArgument
{
    /// <summary>PATH_MAX: bytes of a path with its NUL.</summary>
    public const int Max = 4096;

    /// <summary>getname: EFAULT, ENAMETOOLONG, and ENOENT where the path is empty. <paramref name="buffer"/> has room for <see cref="Max"/> bytes.</summary>
    public static Errno Read(LinuxTask task, GuestPath pathname, Span<byte> buffer, out ReadOnlySpan<byte> path, bool mayBeEmpty = false)
    {
        path = default;
        var error = task.Memory.ReadString(pathname.Pointer, buffer[..Max], out var length);
        if (error != Errno.None)
            return error;
        if (length == 0 && !mayBeEmpty)
            return Errno.ENOENT;
        path = buffer[..length];
        return Errno.None;
    }

    /// <summary>Where a relative path begins: EBADF, ENOTDIR. An absolute one passes <paramref name="dirfd"/> over, unless it is confined below it.</summary>
    public static Errno Start(LinuxTask task, Fd dirfd, ReadOnlySpan<byte> path, out VfsPath start, bool confined = false)
    {
        start = task.Fs.WorkingDirectory;
        if (dirfd.IsWorkingDirectory || (path.Length > 0 && path[0] == '/' && !confined))
            return Errno.None;
        using var use = task.Files.Get(dirfd.Value);
        if (use.File is not { } file)
            return Errno.EBADF;
        if (path.Length > 0 && !file.Inode.IsDirectory)
            return Errno.ENOTDIR;
        start = file.Path;
        return Errno.None;
    }
}
