namespace LinuxWasm.Abi;

/// <summary>Flags of the calls that take a directory and a path (fcntl.h).</summary>
[Flags]
public enum AtFlags
{
    None = 0,
    AT_SYMLINK_NOFOLLOW = 0x100,

    /// <summary>unlinkat(2)'s AT_REMOVEDIR and faccessat(2)'s AT_EACCESS have the same value.</summary>
    AT_REMOVEDIR = 0x200,
    AT_SYMLINK_FOLLOW = 0x400,
    AT_NO_AUTOMOUNT = 0x800,
    AT_EMPTY_PATH = 0x1000,
    AT_STATX_FORCE_SYNC = 0x2000,
    AT_STATX_DONT_SYNC = 0x4000,

    /// <summary>Both together are EINVAL.</summary>
    __AT_STATX_SYNC_TYPE = 0x6000,
}

/// <summary>faccessat2(2)'s flags.</summary>
[Flags]
public enum AccessAtFlags
{
    None = 0,
    AT_SYMLINK_NOFOLLOW = 0x100,
    AT_EACCESS = 0x200,
    AT_EMPTY_PATH = 0x1000,
}
