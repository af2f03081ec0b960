using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Provider;

namespace LinuxWasm.PowerShell.Output;

/// <summary>A file of a kernel's tree, as it was when it was looked at.</summary>
public sealed class WasmFile
{
    internal WasmFile(WasmKernel kernel, string path, GuestStatus status, string? linkTarget)
    {
        Kernel = kernel;
        FullName = path;
        Name = path == "/" ? "/" : GuestPaths.Name(path);
        Kind = KindOf(status.Mode);
        Permissions = Convert.ToString((int)(status.Mode & ~Abi.Mode.S_IFMT), 8).PadLeft(4, '0');
        Mode = ModeText.Of(status.Mode);
        UserId = status.Uid;
        GroupId = status.Gid;
        Length = Kind == WasmFileKind.Directory ? null : status.Size;
        LinkCount = (long)status.Links;
        Inode = status.Inode;
        Device = Kind is WasmFileKind.CharacterDevice or WasmFileKind.BlockDevice ? DeviceText(status.SpecialDevice) : null;
        LastAccessTime = status.Accessed.ToDateTime().LocalDateTime;
        LastWriteTime = status.Modified.ToDateTime().LocalDateTime;
        ChangeTime = status.Changed.ToDateTime().LocalDateTime;
        LinkTarget = linkTarget;
    }

    public string Name { get; }

    /// <summary>The path from the guest's root.</summary>
    public string FullName { get; }

    public WasmFileKind Kind { get; }

    /// <summary>As ls(1) shows it: drwxr-xr-x.</summary>
    public string Mode { get; }

    /// <summary>The permission bits in octal: 0755.</summary>
    public string Permissions { get; }

    public long UserId { get; }

    public long GroupId { get; }

    /// <summary>Bytes; null for a directory.</summary>
    public long? Length { get; }

    public long LinkCount { get; }

    public ulong Inode { get; }

    /// <summary>Of a device its numbers: 1:3.</summary>
    public string? Device { get; }

    public DateTime LastAccessTime { get; }

    public DateTime LastWriteTime { get; }

    /// <summary>When mode, owner, links or content were changed last.</summary>
    public DateTime ChangeTime { get; }

    /// <summary>Where a symbolic link leads.</summary>
    public string? LinkTarget { get; }

    public WasmKernel Kernel { get; }

    public override string ToString() => FullName;

    private static WasmFileKind KindOf(Mode mode) => mode.Type() switch
    {
        Abi.Mode.S_IFREG => WasmFileKind.File,
        Abi.Mode.S_IFDIR => WasmFileKind.Directory,
        Abi.Mode.S_IFLNK => WasmFileKind.SymbolicLink,
        Abi.Mode.S_IFIFO => WasmFileKind.NamedPipe,
        Abi.Mode.S_IFSOCK => WasmFileKind.Socket,
        Abi.Mode.S_IFCHR => WasmFileKind.CharacterDevice,
        Abi.Mode.S_IFBLK => WasmFileKind.BlockDevice,
        _ => WasmFileKind.Other,
    };

    /// <summary>makedev(3)'s numbers: twelve bits of the major one, eight of the minor one, and their further bits above.</summary>
    private static string DeviceText(ulong device)
    {
        var major = ((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL);
        var minor = (device & 0xFF) | ((device >> 12) & ~0xFFUL);
        return string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}");
    }
}

/// <summary>What a file is.</summary>
public enum WasmFileKind
{
    File,
    Directory,
    SymbolicLink,
    NamedPipe,
    Socket,
    CharacterDevice,
    BlockDevice,
    Other,
}
