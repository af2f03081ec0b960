namespace LinuxWasm.Kernel.Vfs;

/// <summary>How a path is walked (Linux's LOOKUP flags).</summary>
[Flags]
public enum LookupFlags
{
    None = 0,

    /// <summary>A symbolic link as the last component is followed. Those before it always are.</summary>
    Follow = 1,

    /// <summary>ENOTDIR unless the path leads to a directory.</summary>
    Directory = 2,

    /// <summary>An empty path is the starting place itself (AT_EMPTY_PATH).</summary>
    Empty = 4,

    /// <summary>RESOLVE_NO_XDEV: EXDEV where the walk would enter or leave a mount.</summary>
    NoXdev = 8,

    /// <summary>RESOLVE_NO_MAGICLINKS: ELOOP at a link that jumps.</summary>
    NoMagicLinks = 16,

    /// <summary>RESOLVE_NO_SYMLINKS: ELOOP at any symbolic link that would be followed.</summary>
    NoSymlinks = 32,

    /// <summary>RESOLVE_BENEATH: EXDEV where the walk would leave the starting directory.</summary>
    Beneath = 64,

    /// <summary>RESOLVE_IN_ROOT: the starting directory is the root.</summary>
    InRoot = 128,

    /// <summary>RESOLVE_CACHED: EAGAIN where a file system would have to be asked.</summary>
    Cached = 256,

    /// <summary>The walk is no use of the mount that it ends in: umount2(2) with MNT_EXPIRE looks whether there was one.</summary>
    KeepExpiring = 512,
}

/// <summary>What a path's last component is.</summary>
public enum LastKind
{
    /// <summary>There is none: the path is "/" or empty.</summary>
    None,
    Name,
    Dot,
    DotDot,
}
