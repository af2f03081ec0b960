using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>How a file is to be opened, with what is not allowed together sorted out (Linux's struct open_flags).</summary>
public readonly record struct OpenHow
{
    /// <summary>What open(2) looks at; it passes over all other bits.</summary>
    private const OpenFlags Valid = OpenFlags.O_ACCMODE | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOCTTY | OpenFlags.O_TRUNC
        | OpenFlags.O_APPEND | OpenFlags.O_NONBLOCK | OpenFlags.O_SYNC | OpenFlags.O_ASYNC | OpenFlags.O_DIRECT | OpenFlags.O_LARGEFILE
        | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_NOATIME | OpenFlags.O_CLOEXEC | OpenFlags.O_PATH | OpenFlags.__O_TMPFILE;

    private const OpenFlags ValidForPath = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;

    private const LookupFlags Resolve = LookupFlags.NoXdev | LookupFlags.NoMagicLinks | LookupFlags.NoSymlinks
        | LookupFlags.Beneath | LookupFlags.InRoot | LookupFlags.Cached;

    private OpenHow(OpenFlags flags, Mode mode, LookupFlags lookup)
    {
        Flags = flags;
        Mode = mode;
        Lookup = lookup;
    }

    public OpenFlags Flags { get; }

    /// <summary>Permissions of a file that is made.</summary>
    public Mode Mode { get; }

    public LookupFlags Lookup { get; }

    /// <summary>What has to be permitted. The access mode 3 wants both, and truncating is writing.</summary>
    public Access Access
    {
        get
        {
            if ((Flags & OpenFlags.O_PATH) != 0)
                return Access.None;
            var access = (Flags & OpenFlags.O_ACCMODE) switch
            {
                OpenFlags.O_RDONLY => Access.Read,
                OpenFlags.O_WRONLY => Access.Write,
                _ => Access.Read | Access.Write,
            };
            return (Flags & OpenFlags.O_TRUNC) != 0 ? access | Access.Write : access;
        }
    }

    /// <summary>open(2) and openat(2): unknown flags are passed over.</summary>
    public static Errno FromOpen(OpenFlags flags, Mode mode, out OpenHow how)
    {
        flags &= Valid;
        if ((flags & OpenFlags.O_PATH) != 0)
            flags &= ValidForPath;
        return FromOpenat2((ulong)flags, (flags & (OpenFlags.O_CREAT | OpenFlags.__O_TMPFILE)) != 0 ? (ulong)(mode & Mode.Permissions) : 0, LookupFlags.None, out how);
    }

    /// <summary>openat2(2): what is unknown or senseless is EINVAL (build_open_flags).</summary>
    public static Errno FromOpenat2(ulong rawFlags, ulong mode, LookupFlags resolve, out OpenHow how)
    {
        how = default;
        if ((rawFlags & ~(ulong)Valid) != 0 || (resolve & ~Resolve) != 0)
            return Errno.EINVAL;
        const LookupFlags Scopes = LookupFlags.Beneath | LookupFlags.InRoot;
        if ((resolve & Scopes) == Scopes)
            return Errno.EINVAL;
        var flags = (OpenFlags)rawFlags;
        if ((mode & ~(ulong)Mode.Permissions) != 0 || (mode != 0 && (flags & (OpenFlags.O_CREAT | OpenFlags.__O_TMPFILE)) == 0))
            return Errno.EINVAL;
        const OpenFlags DirectoryCreation = OpenFlags.O_DIRECTORY | OpenFlags.O_CREAT;
        if ((flags & DirectoryCreation) == DirectoryCreation)
            return Errno.EINVAL;
        if ((flags & OpenFlags.__O_TMPFILE) != 0
            && ((flags & OpenFlags.O_DIRECTORY) == 0 || (flags & OpenFlags.O_ACCMODE) == OpenFlags.O_RDONLY))
            return Errno.EINVAL;
        if ((flags & OpenFlags.O_PATH) != 0 && (flags & ~ValidForPath) != 0)
            return Errno.EINVAL;
        if ((resolve & LookupFlags.Cached) != 0 && (flags & (OpenFlags.O_TRUNC | OpenFlags.O_CREAT | OpenFlags.__O_TMPFILE)) != 0)
            return Errno.EAGAIN;

        var lookup = resolve;
        const OpenFlags Exclusive = OpenFlags.O_CREAT | OpenFlags.O_EXCL;
        if ((flags & OpenFlags.O_NOFOLLOW) == 0 && (flags & Exclusive) != Exclusive)
            lookup |= LookupFlags.Follow;
        if ((flags & OpenFlags.O_DIRECTORY) != 0)
            lookup |= LookupFlags.Directory;
        if ((flags & (OpenFlags.O_SYNC & ~OpenFlags.O_DSYNC)) != 0)
            flags |= OpenFlags.O_DSYNC;
        how = new OpenHow(flags, (Mode)mode, lookup);
        return Errno.None;
    }
}
