using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Internal;

/// <summary>
/// A file system that the kernel has for itself and nobody can mount (Linux's SB_KERNMOUNT): what lives in it is reached through descriptors
/// only, as pipes (pipefs) and event descriptors (anon_inodefs).
/// </summary>
internal sealed class InternalFileSystem : SuperBlock
{
    private readonly uint _magic;
    private readonly Mount _mount;

    public InternalFileSystem(LinuxKernel kernel, string name, uint magic)
        : base(kernel, new Unmountable(name))
    {
        _magic = magic;
        Root = new Dentry(new InternalInode(this, Mode.S_IFDIR | Mode.Access));
        _mount = new Mount(id: 0, this, Root, MountFlags.None);
    }

    public override bool IsInternal => true;

    /// <summary>A place for an inode; the name is what readlink(2) of /proc/self/fd shows.</summary>
    public VfsPath PlaceFor(Inode inode, string name) => new(_mount, Dentry.Unnamed(Root, new FsName(name), inode));

    public InternalInode NewInode(Mode mode, uint uid = 0, uint gid = 0) => new(this, mode) { Uid = uid, Gid = gid };

    /// <summary>The one inode of all anonymous files, whose attributes nobody can change (anon_inode_setattr, since Linux 6.16).</summary>
    public InternalInode NewFixedInode(Mode mode) => new(this, mode) { HasFixedAttributes = true };

    public override void GetStatistics(out FileSystemStatistics statistics) => statistics = new FileSystemStatistics
    {
        Type = _magic,
        BlockSize = 4096,
        NameLength = FsName.MaxLength,
    };

    private sealed class Unmountable(string name) : FileSystemType
    {
        public override string Name => name;

        public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
        {
            superBlock = null;
            return Errno.EINVAL;
        }
    }
}

/// <summary>An inode of an <see cref="InternalFileSystem"/>: attributes and no contents of its own.</summary>
internal class InternalInode : Inode
{
    public InternalInode(InternalFileSystem superBlock, Mode mode)
        : base(superBlock, superBlock.NextIno(), mode)
    {
        var now = Now;
        Atime = now;
        Mtime = now;
        Ctime = now;
        Btime = now;
    }

    /// <summary>By way of /proc/self/fd a pipe is opened again as a FIFO, and never comes here; event descriptors can't be.</summary>
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }
}
