namespace LinuxWasm.Abi;

/// <summary>Flags of preadv2(2) and pwritev2(2).</summary>
[Flags]
public enum RwFlags
{
    None = 0,

    /// <summary>Poll for completion: no more than a hint.</summary>
    RWF_HIPRI = 1,

    /// <summary>This write as with O_DSYNC.</summary>
    RWF_DSYNC = 2,

    /// <summary>This write as with O_SYNC.</summary>
    RWF_SYNC = 4,

    /// <summary>EAGAIN rather than a wait.</summary>
    RWF_NOWAIT = 8,

    /// <summary>This write as with O_APPEND.</summary>
    RWF_APPEND = 16,

    /// <summary>This write as without O_APPEND.</summary>
    RWF_NOAPPEND = 32,

    /// <summary>All or nothing, for files that can.</summary>
    RWF_ATOMIC = 64,

    /// <summary>Keep nothing in the page cache, for files that have one.</summary>
    RWF_DONTCACHE = 128,

    /// <summary>No SIGPIPE.</summary>
    RWF_NOSIGNAL = 256,

    /// <summary>All that Linux 6.18 knows; others give EOPNOTSUPP.</summary>
    Supported = 511,
}
