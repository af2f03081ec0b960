using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>
/// Calls with a layout that only Apple's systems have. On x64 the ones with 64-bit inode numbers have a name of their own; on arm64 there are no others.
/// </summary>
internal static unsafe partial class AppleCalls
{
    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "fstat", SetLastError = true)]
    public static partial int FstatArm(int fd, out StatBuffer buffer);

    [LibraryImport(C, EntryPoint = "fstat$INODE64", SetLastError = true)]
    public static partial int FstatX64(int fd, out StatBuffer buffer);

    [LibraryImport(C, EntryPoint = "fstatat", SetLastError = true)]
    public static partial int FstatAtArm(int directory, ReadOnlySpan<byte> path, out StatBuffer buffer, int flags);

    [LibraryImport(C, EntryPoint = "fstatat$INODE64", SetLastError = true)]
    public static partial int FstatAtX64(int directory, ReadOnlySpan<byte> path, out StatBuffer buffer, int flags);

    [LibraryImport(C, EntryPoint = "fdopendir$INODE64", SetLastError = true)]
    public static partial nint FdOpenDirX64(int fd);

    [LibraryImport(C, EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDirArm(nint stream);

    [LibraryImport(C, EntryPoint = "readdir$INODE64", SetLastError = true)]
    public static partial byte* ReadDirX64(nint stream);

    [LibraryImport(C, EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int FstatfsArm(int fd, byte* buffer);

    [LibraryImport(C, EntryPoint = "fstatfs$INODE64", SetLastError = true)]
    public static partial int FstatfsX64(int fd, byte* buffer);

    /// <summary>
    /// Variadic arguments go on the stack on Apple's arm64, behind eight registers: the five in between fill those, and <paramref name="mode"/> is the first that the
    /// callee finds behind the dots.
    /// </summary>
    [LibraryImport(C, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAtArm(int directory, ReadOnlySpan<byte> path, int flags, nint fill3, nint fill4, nint fill5, nint fill6, nint fill7, uint mode);

    [LibraryImport(C, EntryPoint = "renameatx_np", SetLastError = true)]
    public static partial int RenameAtX(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, uint flags);

    /// <summary>struct stat with 64-bit inode numbers.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    public struct StatBuffer
    {
        [FieldOffset(0)] public int Device;
        [FieldOffset(4)] public ushort Mode;
        [FieldOffset(6)] public ushort Nlink;
        [FieldOffset(8)] public ulong Ino;
        [FieldOffset(16)] public uint Uid;
        [FieldOffset(20)] public uint Gid;
        [FieldOffset(24)] public int Rdev;
        [FieldOffset(32)] public UnixCalls.Timespec Atime;
        [FieldOffset(48)] public UnixCalls.Timespec Mtime;
        [FieldOffset(64)] public UnixCalls.Timespec Ctime;
        [FieldOffset(80)] public UnixCalls.Timespec Btime;
        [FieldOffset(96)] public long Size;
        [FieldOffset(104)] public long Blocks;
        [FieldOffset(112)] public int BlockSize;
    }
}
