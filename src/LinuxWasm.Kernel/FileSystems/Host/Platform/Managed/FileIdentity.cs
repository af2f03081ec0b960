using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>
/// What tells files apart: on Windows the volume's and the file's number, which a rename leaves alone; elsewhere, and where the volume has no numbers, the path.
/// </summary>
internal static partial class FileIdentity
{
    private const uint OpenExisting = 3;
    private const uint ShareAll = 7;

    // FILE_FLAG_BACKUP_SEMANTICS opens directories too, FILE_FLAG_OPEN_REPARSE_POINT a link itself.
    private const uint Flags = 0x02000000 | 0x00200000;

    public static HostFileId Of(string path, out uint links)
    {
        links = 1;
        if (OperatingSystem.IsWindows())
        {
            using var handle = CreateFile(path, 0, ShareAll, 0, OpenExisting, Flags, 0);
            if (!handle.IsInvalid && GetFileInformationByHandle(handle, out var information) && (information.IndexHigh | information.IndexLow) != 0)
            {
                links = information.Links;
                return new HostFileId(information.VolumeSerial, ((ulong)information.IndexHigh << 32) | information.IndexLow);
            }
        }

        return new HostFileId(0, OfPath(path));
    }

    /// <summary>How many names an open file has; 0 where that can't be asked.</summary>
    public static uint LinksOf(SafeFileHandle file) =>
        OperatingSystem.IsWindows() && GetFileInformationByHandle(file, out var information) ? information.Links : 0;

    /// <summary>A number for a name, which no guest can make equal another's.</summary>
    public static ulong OfPath(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes((OperatingSystem.IsWindows() ? path.ToUpperInvariant() : path).AsSpan()), hash);
        // Some programs take numbers for signed, and 0 for no file at all.
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) & long.MaxValue) | 1;
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, out FileInformation information);

    /// <summary>BY_HANDLE_FILE_INFORMATION.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 52)]
    private struct FileInformation
    {
        [FieldOffset(28)] public uint VolumeSerial;
        [FieldOffset(40)] public uint Links;
        [FieldOffset(44)] public uint IndexHigh;
        [FieldOffset(48)] public uint IndexLow;
    }
}
