using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>A file system in memory (tmpfs(5)), with a limit of pages and one of inodes.</summary>
internal sealed class TmpfsSuperBlock : SuperBlock
{
    /// <summary>What tmpfs accounts for one inode; extended attributes come out of the same store (BOGO_INODE_SIZE).</summary>
    private const long InodeSize = 1024;

    private TmpfsOptions _options;
    private long _maxPages;
    private long _inodeSpace;
    private long _usedPages;
    private long _usedSpace;

    public TmpfsSuperBlock(LinuxKernel kernel, FileSystemType type, string source, TmpfsOptions options)
        : base(kernel, type)
    {
        _options = options;
        Source = source;
        _maxPages = options.MaxPages;
        _inodeSpace = options.MaxInodes * InodeSize;
        TryChargeInode();
        Root = new Dentry(new TmpfsDirectory(this, new NewInode(Mode.S_IFDIR | options.Mode, options.Uid, options.Gid)));
    }

    public override string Options => _options.ToString();

    /// <summary>The limits can change, but not below what is in use (tmpfs(5), remounting).</summary>
    public override Errno Reconfigure(string options)
    {
        if (!TmpfsOptions.TryParse(options, TmpfsOptions.LimitOf(Kernel), out var changed))
            return Errno.EINVAL;
        if (changed.MaxPages < Interlocked.Read(ref _usedPages) || changed.MaxInodes * InodeSize < Interlocked.Read(ref _usedSpace))
            return Errno.EINVAL;
        _options = changed;
        Volatile.Write(ref _maxPages, changed.MaxPages);
        Volatile.Write(ref _inodeSpace, changed.MaxInodes * InodeSize);
        return Errno.None;
    }

    public override void GetStatistics(out FileSystemStatistics statistics)
    {
        var free = (ulong)Math.Max(0, _maxPages - Interlocked.Read(ref _usedPages));
        var freeInodes = (ulong)Math.Max(0, (_inodeSpace - Interlocked.Read(ref _usedSpace)) / InodeSize);
        statistics = new FileSystemStatistics
        {
            Type = 0x01021994, // TMPFS_MAGIC
            BlockSize = PageSize,
            Blocks = (ulong)_maxPages,
            BlocksFree = free,
            BlocksAvailable = free,
            Files = (ulong)_options.MaxInodes,
            FilesFree = freeInodes,
            FileSystemId = Device.Encoded,
            NameLength = FsName.MaxLength,
        };
    }

    public const int PageSize = 4096;

    /// <summary>True, and the pages are the caller's; or false: ENOSPC.</summary>
    public bool TryChargePages(long count) => TryCharge(ref _usedPages, count, _maxPages);

    public void ReturnPages(long count) => Interlocked.Add(ref _usedPages, -count);

    /// <summary>A range that is larger than the whole file system is refused before any of it is taken.</summary>
    public bool CouldHold(long pages) => pages <= _maxPages;

    public bool TryChargeInode() => TryChargeSpace(InodeSize);

    public void ReturnInode() => ReturnSpace(InodeSize);

    public bool TryChargeSpace(long bytes) => TryCharge(ref _usedSpace, bytes, _inodeSpace);

    public void ReturnSpace(long bytes) => Interlocked.Add(ref _usedSpace, -bytes);

    internal ulong NewIno() => NextIno();

    private static bool TryCharge(ref long used, long count, long limit)
    {
        if (Interlocked.Add(ref used, count) <= limit)
            return true;
        Interlocked.Add(ref used, -count);
        return false;
    }
}
