using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// A file itself, whatever names it has (Linux's struct inode). It lives as long as a name, an open file or a working directory
/// refers to it; what it stores is given back when both its links and its open files are gone (<see cref="Evict"/>).
/// <para>
/// Lock order of the file tree, outermost first:
/// <list type="number">
/// <item><see cref="Vfs.SuperBlock.RenameLock"/>: taken to move a directory to another one;</item>
/// <item><see cref="Lock"/> of directories: an ancestor before its descendant, and two of which neither is the other's ancestor in the order of their
/// inode numbers, which only the holder of the rename lock may do;</item>
/// <item><see cref="Lock"/> of what is not a directory;</item>
/// <item><see cref="MountNamespace"/>'s lock, <see cref="OpenFile.PositionLock"/> (which comes before the file's inode), <see cref="FdTable"/>'s lock, each alone;</item>
/// <item>a file system's own locks, then wait queues.</item>
/// </list>
/// No wait is made, no guest memory waited for, and no release of an open file run under any of them.
/// </para>
/// </summary>
public abstract partial class Inode(SuperBlock superBlock, ulong ino, Mode mode)
{
    private uint _mode = (uint)mode;
    private uint _uid;
    private uint _gid;
    private uint _nlink = 1;
    private long _size;

    /// <summary>
    /// Guards the attributes, and, in a directory, its names. Linux's i_rwsem. Single words may be read without it.
    /// </summary>
    public Lock Lock { get; } = new();

    public SuperBlock SuperBlock { get; } = superBlock;

    public LinuxKernel Kernel => SuperBlock.Kernel;

    /// <summary>The number, unique in its file system.</summary>
    public ulong Ino { get; } = ino;

    /// <summary>Type and permissions. The type never changes. Caller holds <see cref="Lock"/> to set it.</summary>
    public Mode Mode
    {
        get => (Mode)Volatile.Read(ref _mode);
        protected internal set => Volatile.Write(ref _mode, (uint)value);
    }

    public uint Uid
    {
        get => Volatile.Read(ref _uid);
        protected internal set => Volatile.Write(ref _uid, value);
    }

    public uint Gid
    {
        get => Volatile.Read(ref _gid);
        protected internal set => Volatile.Write(ref _gid, value);
    }

    public uint Nlink
    {
        get => Volatile.Read(ref _nlink);
        protected internal set => Volatile.Write(ref _nlink, value);
    }

    /// <summary>Bytes.</summary>
    public long Size
    {
        get => Volatile.Read(ref _size);
        protected internal set => Volatile.Write(ref _size, value);
    }

    /// <summary>The device that a device node stands for.</summary>
    public DeviceNumber Rdev { get; protected init; }

    /// <summary>Caller holds <see cref="Lock"/>, here and below.</summary>
    public Timestamp Atime { get; protected internal set; }

    public Timestamp Mtime { get; protected internal set; }

    public Timestamp Ctime { get; protected internal set; }

    public Timestamp Btime { get; protected init; }

    /// <summary>A directory that was removed: nothing can be made in it any more (S_DEAD).</summary>
    public bool IsDead { get; protected internal set; }

    /// <summary>Made with O_TMPFILE, and may get a name although it has none yet (I_LINKABLE).</summary>
    public bool IsLinkable { get; internal set; }

    /// <summary>False where the file system sets atime itself, or never (S_NOATIME).</summary>
    public virtual bool KeepsAtime => true;

    public bool IsDirectory => Mode.IsDirectory();

    public bool IsRegular => Mode.IsRegular();

    public bool IsSymlink => Mode.IsSymlink();

    /// <summary>CLOCK_REALTIME as files see it.</summary>
    public Timestamp Now => Timestamp.FromNanoseconds(Kernel.Clock.Realtime);
}
