namespace LinuxWasm.Abi;

/// <summary>open(2)'s flags; the three tables agree on them.</summary>
[Flags]
public enum OpenFlags
{
    O_RDONLY = 0,
    O_WRONLY = 1,
    O_RDWR = 2,

    /// <summary>The bits that hold the access mode. The value 3 opens for neither reading nor writing, but wants both permissions.</summary>
    O_ACCMODE = 3,
    O_CREAT = 0x40,
    O_EXCL = 0x80,
    O_NOCTTY = 0x100,
    O_TRUNC = 0x200,
    O_APPEND = 0x400,
    O_NONBLOCK = 0x800,
    O_DSYNC = 0x1000,

    /// <summary>FASYNC in the kernel's headers.</summary>
    O_ASYNC = 0x2000,
    O_DIRECT = 0x4000,
    O_LARGEFILE = 0x8000,
    O_DIRECTORY = 0x10000,
    O_NOFOLLOW = 0x20000,
    O_NOATIME = 0x40000,
    O_CLOEXEC = 0x80000,

    /// <summary>__O_SYNC and O_DSYNC.</summary>
    O_SYNC = 0x101000,
    O_PATH = 0x200000,

    /// <summary>The bit that O_TMPFILE adds to O_DIRECTORY.</summary>
    __O_TMPFILE = 0x400000,
    O_TMPFILE = __O_TMPFILE | O_DIRECTORY,
}
