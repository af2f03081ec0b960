using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Provider;

/// <summary>A drive of the provider WasmVfs.</summary>
public sealed class WasmDriveInfo : PSDriveInfo
{
    internal WasmDriveInfo(PSDriveInfo drive, WasmKernel? kernel)
        : base(drive.Name, drive.Provider, GuestPaths.Root(drive.Root), drive.Description, drive.Credential) => Kernel = kernel;

    /// <summary>The kernel whose tree it shows; null for the session's current one, whichever that is.</summary>
    public WasmKernel? Kernel { get; }
}
