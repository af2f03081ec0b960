using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>What all inodes of a tmpfs have in common; this class alone is a device, a FIFO or a socket.</summary>
internal class TmpfsInode : Inode
{
    /// <summary>The STATX_ATTR bits that tmpfs knows: immutable, append, nodump, automount, dax.</summary>
    private const ulong KnownAttributes = 0x201070;

    private TmpfsXattrs? _xattrs;
    private bool _evicted;

    public TmpfsInode(TmpfsSuperBlock superBlock, in NewInode node)
        : base(superBlock, superBlock.NewIno(), node.Mode)
    {
        Uid = node.Uid;
        Gid = node.Gid;
        Rdev = node.Rdev;
        Atime = Mtime = Ctime = Btime = Now;
    }

    public new TmpfsSuperBlock SuperBlock => (TmpfsSuperBlock)base.SuperBlock;

    /// <summary>Units of 512 bytes that the contents take.</summary>
    protected virtual long Blocks => 0;

    public override XattrSet? Xattrs => _xattrs ?? Interlocked.CompareExchange(ref _xattrs, new TmpfsXattrs(this), null) ?? _xattrs;

    public override void GetAttributes(out InodeAttributes attributes)
    {
        base.GetAttributes(out attributes);
        attributes.Blocks = Blocks;
        attributes.HasBtime = true;
        attributes.AttributeMask = KnownAttributes;
    }

    /// <summary>Special files are opened through their devices.</summary>
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }

    internal void SetLinks(uint count) => Nlink = count;

    internal void Touch(Timestamp now) => Ctime = now;

    /// <summary>One name less.</summary>
    internal void DropLink(Timestamp now)
    {
        Nlink--;
        Ctime = now;
    }

    protected override void Evict()
    {
        if (_evicted)
            return;
        _evicted = true;
        _xattrs?.Clear();
        SuperBlock.ReturnInode();
    }
}
