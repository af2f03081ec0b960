using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>The calls that Linux's and Apple's C libraries declare alike on 64-bit machines. Paths are NUL-terminated.</summary>
internal static partial class UnixCalls
{
    private const string C = "libc";

    /// <summary>struct timespec.</summary>
    public readonly record struct Timespec(nint Seconds, nint Nanoseconds);

    /// <summary>struct iovec.</summary>
    public readonly record struct IoVector(nint Address, nuint Length);

    // open(2) and openat(2) are variadic; without O_CREAT they read none of the arguments behind the dots.
    [LibraryImport(C, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(ReadOnlySpan<byte> path, int flags);

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, ReadOnlySpan<byte> path, int flags);

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    public static partial nint Pread(int fd, Span<byte> buffer, nuint length, long position);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Pwrite(int fd, ReadOnlySpan<byte> buffer, nuint length, long position);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Lseek(int fd, long offset, int whence);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Ftruncate(int fd, long length);

    [LibraryImport(C, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int fd);

    [LibraryImport(C, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MkdirAt(int directory, ReadOnlySpan<byte> path, uint mode);

    [LibraryImport(C, EntryPoint = "mkfifoat", SetLastError = true)]
    public static partial int MkfifoAt(int directory, ReadOnlySpan<byte> path, uint mode);

    [LibraryImport(C, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> path);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, int flags);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int directory, ReadOnlySpan<byte> path, int flags);

    [LibraryImport(C, EntryPoint = "renameat", SetLastError = true)]
    public static partial int RenameAt(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath);

    [LibraryImport(C, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int directory, ReadOnlySpan<byte> path, Span<byte> buffer, nuint size);

    [LibraryImport(C, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int FchmodAt(int directory, ReadOnlySpan<byte> path, uint mode, int flags);

    [LibraryImport(C, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int FchownAt(int directory, ReadOnlySpan<byte> path, uint uid, uint gid, int flags);

    [LibraryImport(C, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int UtimensAt(int directory, ReadOnlySpan<byte> path, ReadOnlySpan<Timespec> times, int flags);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(int fd, uint mode);

    [LibraryImport(C, EntryPoint = "fchown", SetLastError = true)]
    public static partial int Fchown(int fd, uint uid, uint gid);

    [LibraryImport(C, EntryPoint = "futimens", SetLastError = true)]
    public static partial int Futimens(int fd, ReadOnlySpan<Timespec> times);

    [LibraryImport(C, EntryPoint = "geteuid")]
    public static partial uint Geteuid();

    [LibraryImport(C, EntryPoint = "getegid")]
    public static partial uint Getegid();

    /// <summary>Apple's x64 has another one for 64-bit inode numbers.</summary>
    [LibraryImport(C, EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint FdOpenDir(int fd);

    [LibraryImport(C, EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseDir(nint stream);
}
