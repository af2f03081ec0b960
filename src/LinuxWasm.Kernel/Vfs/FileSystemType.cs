using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>A kind of file system, by the name that mount(2) knows (Linux's struct file_system_type).</summary>
public abstract class FileSystemType
{
    public abstract string Name { get; }

    /// <summary>No device is mounted: "nodev" in /proc/filesystems.</summary>
    public virtual bool IsNoDev => true;

    /// <summary>It opens a way out of the guest's world: only the host may mount it, and guests don't know of it.</summary>
    public virtual bool IsForHostOnly => false;

    /// <summary>
    /// Opens or makes a file system for a mount.
    /// </summary>
    /// <param name="kernel">Whose file system it is to be.</param>
    /// <param name="source">mount(2)'s first argument.</param>
    /// <param name="options">The data string, comma-separated; EINVAL for an option that is not known.</param>
    /// <param name="readOnly">MS_RDONLY.</param>
    /// <param name="superBlock">The file system.</param>
    public abstract Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock);
}
