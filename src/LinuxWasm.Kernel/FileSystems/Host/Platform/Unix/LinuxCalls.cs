using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>Calls that only Linux has, or with a layout that only Linux has.</summary>
internal static unsafe partial class LinuxCalls
{
    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport(C, EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDir(nint stream);

    [LibraryImport(C, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MknodAt(int directory, ReadOnlySpan<byte> path, uint mode, ulong device);

    [LibraryImport(C, EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt2(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, uint flags);

    [LibraryImport(C, EntryPoint = "pwritev2", SetLastError = true)]
    public static partial nint Pwritev2(int fd, ReadOnlySpan<UnixCalls.IoVector> vectors, int count, long position, int flags);

    [LibraryImport(C, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(C, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Fdatasync(int fd);

    [LibraryImport(C, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int Syncfs(int fd);

    [LibraryImport(C, EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int Fstatfs(int fd, out StatfsBuffer buffer);

    /// <summary>struct statx: the same on every machine (statx(2)).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(4)] public uint BlockSize;
        [FieldOffset(16)] public uint Nlink;
        [FieldOffset(20)] public uint Uid;
        [FieldOffset(24)] public uint Gid;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Ino;
        [FieldOffset(40)] public long Size;
        [FieldOffset(48)] public long Blocks;
        [FieldOffset(64)] public StatxTime Atime;
        [FieldOffset(80)] public StatxTime Btime;
        [FieldOffset(96)] public StatxTime Ctime;
        [FieldOffset(112)] public StatxTime Mtime;
        [FieldOffset(128)] public uint RdevMajor;
        [FieldOffset(132)] public uint RdevMinor;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct StatxTime
    {
        [FieldOffset(0)] public long Seconds;
        [FieldOffset(8)] public uint Nanoseconds;
    }

    /// <summary>struct statfs of 64-bit machines.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct StatfsBuffer
    {
        [FieldOffset(0)] public long Type;
        [FieldOffset(8)] public long BlockSize;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(24)] public ulong BlocksFree;
        [FieldOffset(32)] public ulong BlocksAvailable;
        [FieldOffset(40)] public ulong Files;
        [FieldOffset(48)] public ulong FilesFree;
        [FieldOffset(56)] public ulong FileSystemId;
        [FieldOffset(64)] public long NameLength;
    }
}
