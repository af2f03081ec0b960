using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

internal sealed class TmpfsSymlink : TmpfsInode
{
    /// <summary>Longer ones take a page (SHORT_SYMLINK_LEN, with the NUL).</summary>
    private const int ShortLength = 127;

    private readonly byte[] _target;

    private TmpfsSymlink(TmpfsSuperBlock superBlock, in NewInode node, ReadOnlySpan<byte> target)
        : base(superBlock, node)
    {
        _target = target.ToArray();
        Size = target.Length;
    }

    protected override long Blocks => _target.Length > ShortLength ? 8 : 0;

    public static Errno Create(TmpfsSuperBlock superBlock, in NewInode node, ReadOnlySpan<byte> target, out Inode? link)
    {
        link = null;
        if (target.Length >= TmpfsSuperBlock.PageSize)
            return Errno.ENAMETOOLONG;
        if (target.Length > ShortLength && !superBlock.TryChargePages(1))
            return Errno.ENOSPC;
        link = new TmpfsSymlink(superBlock, node, target);
        return Errno.None;
    }

    public override Errno ReadLink(LinuxTask? task, out byte[] target)
    {
        target = _target;
        return Errno.None;
    }

    protected override void Evict()
    {
        if (_target.Length > ShortLength)
            SuperBlock.ReturnPages(1);
        base.Evict();
    }
}
