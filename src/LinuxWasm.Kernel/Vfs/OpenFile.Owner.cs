using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What fcntl(2) sets and asks of an open file description.</summary>
public abstract partial class OpenFile
{
    private FileOwner? _owner;
    private AsyncNotifier? _notifier;

    public FileOwner Owner
    {
        get => Volatile.Read(ref _owner) ?? FileOwner.Nobody;
        set => Volatile.Write(ref _owner, value);
    }

    /// <summary>This open made the file (fcntl(2), F_CREATED_QUERY).</summary>
    public bool WasCreated { get; internal set; }

    /// <summary>O_DIRECT may be set: on FIFOs, where it makes packets, and on files that are stored.</summary>
    public virtual bool CanBeDirect => Inode.IsRegular || Inode.Mode.Type() == Mode.S_IFIFO;

    /// <summary>O_ASYNC can be set; else FIOASYNC gives ENOTTY, and F_SETFL passes it over.</summary>
    public virtual bool CanSignal => false;

    /// <summary>Seals (memfd_create(2)), or null where the file system knows none.</summary>
    public virtual FileSeals? Seals => null;

    /// <summary>Adds seals, arguments checked: EPERM, EBUSY.</summary>
    public virtual Errno AddSeals(FileSeals seals) => Errno.EINVAL;

    /// <summary>Sets the status flags, all of them, and begins or ends to tell the owner by signal. Caller holds <see cref="PositionLock"/>.</summary>
    /// <param name="flags">The flags as they are to be.</param>
    /// <param name="fd">The descriptor that the signal is to name.</param>
    internal void ChangeFlags(OpenFlags flags, int fd)
    {
        var isAsync = (flags & OpenFlags.O_ASYNC) != 0;
        if (isAsync && _notifier is null && CanSignal)
        {
            _notifier = new AsyncNotifier(this, fd);
            Readiness?.Add(_notifier);
        }
        else if (!isAsync)
        {
            EndNotifying();
        }

        Flags = flags;
    }

    private void EndNotifying()
    {
        if (_notifier is not null)
            Readiness?.Remove(_notifier);
        _notifier = null;
    }
}
