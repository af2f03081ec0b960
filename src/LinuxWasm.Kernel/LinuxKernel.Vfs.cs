using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel;

public sealed partial class LinuxKernel
{
    /// <summary>What is mounted where.</summary>
    public MountNamespace Mounts { get; } = new();

    /// <summary>What can be mounted.</summary>
    public FileSystemRegistry FileSystems { get; } = new();

    /// <summary>What device nodes stand for.</summary>
    public DeviceTable Devices { get; } = new();

    /// <summary>
    /// Makes a file system the root of all. To be called once, before the first task is made.
    /// </summary>
    /// <param name="type">Its kind.</param>
    /// <param name="source">What is mounted, as /proc/mounts shows it.</param>
    /// <param name="options">The file system's own options.</param>
    /// <param name="flags">The mount's.</param>
    public Errno MountRoot(FileSystemType type, string source = "rootfs", string options = "mode=755", MountFlags flags = MountFlags.RelAtime)
    {
        var error = type.Create(this, source, options, (flags & MountFlags.ReadOnly) != 0, out var superBlock);
        if (error == Errno.None)
            Mounts.Attach(superBlock!, superBlock!.Root, flags, place: null);
        return error;
    }

    /// <summary>A root and working directory for a first process: the root of all, umask 022.</summary>
    public FsContext CreateFsContext()
    {
        var root = Mounts.Root ?? throw new InvalidOperationException("no root file system is mounted");
        return new FsContext(root.RootPath, root.RootPath);
    }
}
