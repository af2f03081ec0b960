using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What an open file description can do, decided when it was opened (the kernel's FMODE bits).</summary>
[Flags]
public enum OpenModes
{
    None = 0,
    Read = 1,
    Write = 2,

    /// <summary>lseek(2) works; else it gives ESPIPE.</summary>
    Seek = 4,

    /// <summary>pread(2) and pwrite(2) work; else they give ESPIPE.</summary>
    Positional = 8,

    /// <summary>Reads and writes move <see cref="OpenFile.Position"/>, one after the other. Streams (pipes, sockets, terminals) have none.</summary>
    HasPosition = 16,

    /// <summary>O_PATH: a place only; most calls give EBADF.</summary>
    PathOnly = 32,

    /// <summary>What files that are stored somewhere have.</summary>
    Stored = Seek | Positional | HasPosition,
}

/// <summary>
/// An open file description (open(2); Linux's struct file): what dup(2) and fork(2) share. Several descriptors may refer to it; the last
/// <see cref="Release"/> ends it.
/// <para>
/// Reads and writes never wait. Where Linux would wait they answer EAGAIN; unless O_NONBLOCK is set, the caller then waits on <see cref="Readiness"/> and tries again with
/// the guest's memory looked up anew, since no span is held across a wait.
/// </para>
/// </summary>
public abstract partial class OpenFile
{
    private int _references = 1;
    private int _flags;
    private long _position;

    /// <param name="request">Where and how it is opened.</param>
    /// <param name="capabilities">The modes beside <see cref="OpenModes.Read"/> and <see cref="OpenModes.Write"/>, which follow from the flags.</param>
    protected OpenFile(in OpenRequest request, OpenModes capabilities)
    {
        Path = request.Path;
        Opener = request.Task?.Credentials;
        _flags = (int)(request.Flags & ~OpenFlags.O_NOCTTY);
        Modes = capabilities | (request.Flags & OpenFlags.O_ACCMODE) switch
        {
            _ when (capabilities & OpenModes.PathOnly) != 0 => OpenModes.None,
            OpenFlags.O_RDONLY => OpenModes.Read,
            OpenFlags.O_WRONLY => OpenModes.Write,
            OpenFlags.O_RDWR => OpenModes.Read | OpenModes.Write,
            _ => OpenModes.None,
        };
        Path.Mount.AddUser();
        if (CanWrite && Inode.IsRegular)
            Path.Mount.CountWriter(+1);
        Inode.AddOpen();
    }

    /// <summary>The name that it was opened by, which may be gone meanwhile.</summary>
    public VfsPath Path { get; }

    /// <summary>Who opened it (f_cred); null: the host.</summary>
    public Credentials? Opener { get; }

    public Inode Inode => Path.Dentry.Inode;

    public LinuxKernel Kernel => Path.Mount.SuperBlock.Kernel;

    public OpenModes Modes { get; }

    public bool CanRead => (Modes & OpenModes.Read) != 0;

    public bool CanWrite => (Modes & OpenModes.Write) != 0;

    public bool IsPathOnly => (Modes & OpenModes.PathOnly) != 0;

    /// <summary>The access mode and the status flags, as fcntl(2) F_GETFL shows them. F_SETFL changes some.</summary>
    public OpenFlags Flags
    {
        get => (OpenFlags)Volatile.Read(ref _flags);
        set => Volatile.Write(ref _flags, (int)value);
    }

    public bool IsNonBlocking => (Flags & OpenFlags.O_NONBLOCK) != 0;

    /// <summary>Held while a read, write or seek uses <see cref="Position"/>, so that none sees another's half (POSIX 2.9.7; Linux's f_pos_lock).</summary>
    public Lock PositionLock { get; } = new();

    /// <summary>The file offset. Caller holds <see cref="PositionLock"/> to set it.</summary>
    public long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Woken when <see cref="Poll"/> may answer otherwise; null for files that are always ready.</summary>
    public virtual WaitQueue? Readiness => null;

    /// <summary>
    /// Reads at <paramref name="position"/>, and moves it (streams leave it alone). 0 is the end of the file; fewer bytes than there is
    /// room for is success; EAGAIN where Linux would wait.
    /// </summary>
    public virtual SysResult Read(Span<byte> buffer, ref long position) => Errno.EINVAL;

    /// <summary>
    /// Writes at <paramref name="position"/>, and moves it. EAGAIN where Linux would wait. For O_APPEND the caller has moved the position to the end of a regular file, and
    /// holds its inode's lock; a file system whose files others append to as well looks at the flag itself.
    /// </summary>
    public virtual SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => Errno.EINVAL;

    /// <summary>lseek(2) for files with <see cref="OpenModes.Seek"/>. Caller holds <see cref="PositionLock"/>; the new position is stored and returned.</summary>
    public virtual SysResult Seek(long offset, SeekWhence whence) => SeekWithin(offset, whence, Inode.Size);

    /// <summary>Directory entries from <see cref="Position"/> on; moves it. Caller holds <see cref="PositionLock"/>.</summary>
    public virtual Errno Iterate(DirectoryEmitter emitter) => Errno.ENOTDIR;

    /// <summary>What poll(2) finds now.</summary>
    public virtual PollEvents Poll() => PollEvents.AlwaysReady;

    /// <summary>ioctl(2), after the requests that all files know. <paramref name="argument"/> is a number or a guest address.</summary>
    public virtual SysResult Ioctl(LinuxTask task, uint request, ulong argument) => Errno.ENOTTY;

    /// <summary>ENODEV where the file can't be mapped. What is mapped reads and writes through <see cref="Read(Span{byte}, ref long)"/> and <see cref="Write(ReadOnlySpan{byte}, ref long)"/>.</summary>
    public virtual Errno PrepareMap() => Errno.ENODEV;

    /// <summary>fsync(2), fdatasync(2): EINVAL where the file can't be synchronised (pipes, sockets, most devices).</summary>
    public virtual Errno Sync(bool dataOnly) => Errno.EINVAL;

    /// <summary>fallocate(2), its arguments checked.</summary>
    public virtual Errno Allocate(FallocateMode mode, long offset, long length) => Errno.EOPNOTSUPP;

    /// <summary>A descriptor of it was closed, others may be left: record locks of the closing process go (fcntl(2)). Its error is close(2)'s.</summary>
    public virtual Errno Flush(FdTable owner) => Errno.None;

    /// <summary>How many descriptors, mappings, messages and calls refer to it.</summary>
    internal int References => Volatile.Read(ref _references);

    /// <summary>One more descriptor, mapping or call refers to it. The caller has a reference already.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Refers to it unless it ended meanwhile.</summary>
    public bool TryAddReference()
    {
        while (true)
        {
            var count = Volatile.Read(ref _references);
            if (count == 0)
                return false;
            if (Interlocked.CompareExchange(ref _references, count + 1, count) == count)
                return true;
        }
    }

    /// <summary>Gives a reference back; the last one ends the file. Call it under no lock.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        if (!IsPathOnly)
            FileEvents.OnFile(Path.Dentry, CanWrite ? InotifyMask.IN_CLOSE_WRITE : InotifyMask.IN_CLOSE_NOWRITE);
        OnRelease();
        ForgetWatchers();
        EndNotifying();
        if (Inode.Locks is { } locks)
        {
            locks.RemoveRecords(this);
            locks.SetWhole(this, LockType.F_UNLCK);
        }

        if (CanWrite && Inode.IsRegular)
        {
            Inode.RemoveWriter();
            Path.Mount.CountWriter(-1);
        }

        Inode.RemoveOpen();
        Path.Mount.RemoveUser();
    }

    /// <summary>The last reference is gone.</summary>
    protected virtual void OnRelease()
    {
    }

    /// <summary>lseek(2) over a file of a size, without data or hole knowledge: the whole file is data.</summary>
    protected SysResult SeekWithin(long offset, SeekWhence whence, long size)
    {
        long target;
        switch (whence)
        {
            case SeekWhence.SEEK_SET:
                target = offset;
                break;
            case SeekWhence.SEEK_CUR:
                target = unchecked(Position + offset);
                break;
            case SeekWhence.SEEK_END:
                target = unchecked(size + offset);
                break;
            case SeekWhence.SEEK_DATA:
                if ((ulong)offset >= (ulong)size)
                    return Errno.ENXIO;
                target = offset;
                break;
            case SeekWhence.SEEK_HOLE:
                if ((ulong)offset >= (ulong)size)
                    return Errno.ENXIO;
                target = size;
                break;
            default:
                return Errno.EINVAL;
        }

        // An overflowing sum is negative, so one test answers both.
        if (target < 0 || target > Inode.SuperBlock.MaxFileSize)
            return Errno.EINVAL;
        Position = target;
        return target;
    }
}
