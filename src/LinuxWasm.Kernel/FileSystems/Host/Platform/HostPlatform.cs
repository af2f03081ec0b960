using LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;
using LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>Chooses the calls of the system that this process runs on.</summary>
internal static class HostPlatform
{
    public static IHostFolders Folders { get; } =
        OperatingSystem.IsLinux() ? new LinuxFolders()
        : OperatingSystem.IsMacOS() ? new AppleFolders()
        : new ManagedFolders();
}
