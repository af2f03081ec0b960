namespace LinuxWasm.Conformance.Strace.Tree;

internal enum LogFileKind
{
    File,
    Directory,
    Symlink,
    Fifo,
    Socket,
}

/// <summary>A file as far as a log has told of it. What the log tells after it changed the file is not what was there before.</summary>
internal sealed class LogInode(LogFileKind kind, bool isInitial)
{
    private readonly SortedDictionary<long, byte[]> _contents = [];

    public LogFileKind Kind { get; private set; } = kind;

    /// <summary>It was there before the log began.</summary>
    public bool IsInitial { get; private set; } = isInitial;

    /// <summary>Permission bits before the log began.</summary>
    public uint? Mode { get; private set; }

    public long? Uid { get; private set; }

    public long? Gid { get; private set; }

    public long? Size { get; private set; }

    /// <summary>Seconds since 1970.</summary>
    public long? ModificationTime { get; private set; }

    public byte[]? Target { get; set; }

    /// <summary>It has names that the log does not show.</summary>
    public bool HasOtherNames { get; private set; }

    /// <summary>All entries of the directory are known: it was made in the log, or listed.</summary>
    public bool IsComplete { get; set; } = !isInitial;

    /// <summary>How many names the log knows.</summary>
    public int Names { get; set; }

    /// <summary>The log runs it, or asks whether it may.</summary>
    public bool IsExecutable { get; set; }

    public bool ModeChanged { get; set; }

    public bool OwnerChanged { get; set; }

    public bool ContentChanged { get; set; }

    /// <summary>The modification time is one that the run made.</summary>
    public bool TimeChanged { get; set; }

    /// <summary>Seconds and nanoseconds that a call of the log set.</summary>
    public (long Seconds, long Nanoseconds)? SetTime { get; set; }

    /// <summary>Pieces of the content as reads showed them, by offset.</summary>
    public IReadOnlyDictionary<long, byte[]> Contents => _contents;

    /// <summary>Something is in it: it is a directory, whatever the call that told of it first took it for.</summary>
    public void HasEntries() => Kind = LogFileKind.Directory;

    /// <summary>The file whose content this one got by a copy that the kernel made, so that the log does not show it.</summary>
    public LogInode? CopiedFrom { get; set; }

    /// <summary>It turned out that a file that was opened with O_CREAT had been there already.</summary>
    public void WasInitial() => IsInitial = true;

    public void Learn(LogFileKind kind, uint mode, long uid, long gid, long size, long links, long modificationTime)
    {
        if (!IsInitial)
            return;
        if (Mode is null && Size is null)
            Kind = kind;
        if (!ModeChanged)
            Mode ??= mode;
        if (!OwnerChanged)
            (Uid, Gid) = (Uid ?? uid, Gid ?? gid);
        if (!ContentChanged)
            Size ??= size;
        if (!TimeChanged && !ContentChanged)
            ModificationTime ??= modificationTime;
        if (kind != LogFileKind.Directory && links > Math.Max(Names, 1))
            HasOtherNames = true;
    }

    public void LearnContent(long offset, byte[] bytes)
    {
        CopiedFrom?.LearnContent(offset, bytes);
        if (IsInitial && !ContentChanged && bytes.Length > 0 && (!_contents.TryGetValue(offset, out var known) || known.Length < bytes.Length))
            _contents[offset] = bytes;
    }
}
