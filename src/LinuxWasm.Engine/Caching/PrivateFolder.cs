using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LinuxWasm.Engine.Caching;

/// <summary>Whether nobody but the user can have put something into a folder.</summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class PrivateFolder
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>False if it is not there.</summary>
    public static bool IsOurs(string folder) =>
        Directory.Exists(folder) && (File.GetUnixFileMode(folder) & Others) == 0 && (!OperatingSystem.IsLinux() || Owner(folder) == Geteuid());

    /// <summary>By statx(2), whose structure is the same on all processors. For root, who could enter, this says whose folder it is.</summary>
    private static uint? Owner(string folder)
    {
        const int AtCurrentFolder = -100;
        const uint WantUid = 8;
        const int OffsetOfUid = 20;
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* into = buffer)
            return Statx(AtCurrentFolder, folder, 0, WantUid, into) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(buffer[OffsetOfUid..]) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint Geteuid();
}
