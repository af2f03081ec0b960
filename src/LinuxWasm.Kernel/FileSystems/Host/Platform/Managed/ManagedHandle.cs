using Microsoft.Win32.SafeHandles;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>A directory as a path that is checked anew for each use, or an open file.</summary>
internal sealed class ManagedHandle : HostHandle
{
    private readonly SafeFileHandle? _file;

    public ManagedHandle(ManagedHandle? parent, string path, HostFileId id, SafeFileHandle? file = null)
    {
        Parent = parent;
        Path = path;
        Id = id;
        _file = file;
        SetHandle(0);
    }

    /// <summary>The directory that it was opened from; null for the root. A path needs no closing, so that it may outlive that handle.</summary>
    public ManagedHandle? Parent { get; }

    /// <summary>Absolute, and right at the time of opening.</summary>
    public string Path { get; }

    /// <summary>What was opened.</summary>
    public HostFileId Id { get; }

    public SafeFileHandle File => _file ?? throw new InvalidOperationException("a directory has no contents");

    public bool IsFile => _file is not null;

    protected override bool ReleaseHandle()
    {
        _file?.Dispose();
        return true;
    }
}
