using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>The tmpfs that nobody mounted, where files without a name live: memfd_create(2)'s (Linux's shm_mnt).</summary>
internal sealed class MemoryFileStore
{
    private readonly TmpfsSuperBlock _superBlock;
    private readonly Mount _mount;

    public MemoryFileStore(LinuxKernel kernel)
    {
        TmpfsOptions.TryParse("", TmpfsOptions.LimitOf(kernel), out var options);
        _superBlock = new TmpfsSuperBlock(kernel, new TmpfsType(), "tmpfs", options);
        _mount = new Mount(id: 0, _superBlock, _superBlock.Root, MountFlags.None);
    }

    /// <summary>A file without links. False where there are too many.</summary>
    /// <param name="node">Its type, permissions and owner.</param>
    /// <param name="seals">What it is sealed against from the start.</param>
    /// <param name="name">What /proc shows.</param>
    /// <param name="place">The file.</param>
    public bool TryMake(in NewInode node, FileSeals seals, ReadOnlySpan<byte> name, out VfsPath place)
    {
        place = default;
        if (!_superBlock.TryChargeInode())
            return false;
        var inode = new TmpfsRegular(_superBlock, node) { Seals = seals };
        inode.SetLinks(0);
        place = new VfsPath(_mount, Dentry.Unnamed(_superBlock.Root, new FsName(name), inode));
        return true;
    }
}
