using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel;

public sealed partial class LinuxKernel
{
    /// <summary>What is mounted where.</summary>
    public MountNamespace Mounts { get; } = new();

    /// <summary>What device nodes stand for.</summary>
    public DeviceTable Devices { get; } = new();
}
