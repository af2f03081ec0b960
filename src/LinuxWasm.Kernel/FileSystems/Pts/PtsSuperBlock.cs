using System.Globalization;
using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tty;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Pts;

/// <summary>A mount of devpts, or the one that is in nobody's tree.</summary>
internal sealed class PtsSuperBlock : SuperBlock
{
    private readonly PtsOptions _options;
    private readonly ConditionalWeakTable<Terminal, PtsInode> _inodes = [];

    public PtsSuperBlock(LinuxKernel kernel, FileSystemType type, string source, PtsOptions options)
        : base(kernel, type)
    {
        _options = options;
        Source = source;
        Multiplexer = new PtsInode(this, NextIno(), Mode.S_IFCHR | options.MultiplexerMode, new DeviceNumber(5, 2), 0, 0, terminal: null);
        Root = new Dentry(new PtsDirectory(this));
    }

    public override string Options => _options.ToString();

    /// <summary>What stat(2) tells of its files (devpts_fill_super's s_blocksize).</summary>
    public const uint BlockSize = 1024;

    /// <summary>The ptmx that the file system has itself.</summary>
    public PtsInode Multiplexer { get; }

    public override void GetStatistics(out FileSystemStatistics statistics) => statistics = new FileSystemStatistics
    {
        Type = 0x1cd1, // DEVPTS_SUPER_MAGIC
        BlockSize = 4096,
        NameLength = FsName.MaxLength,
    };

    /// <summary>A terminal's inode: the same as long as there is the terminal, so that a changed mode stays.</summary>
    public PtsInode InodeOf(Terminal terminal) => _inodes.GetValue(terminal, made => new PtsInode(
        this,
        NextIno(),
        Mode.S_IFCHR | _options.Mode,
        new DeviceNumber(136, (uint)made.Number),
        _options.Uid ?? made.Owner.Fsuid,
        _options.Gid ?? made.Owner.Fsgid,
        made));

    public VfsPath PlaceOf(Terminal terminal)
    {
        var name = new FsName(terminal.Number.ToString(CultureInfo.InvariantCulture));
        return new VfsPath(new Mount(0, this, Root, MountFlags.None), Dentry.Unnamed(Root, name, InodeOf(terminal)));
    }

    internal ulong NewIno() => NextIno();
}

/// <summary>The node of a terminal, or of the multiplexer.</summary>
internal sealed class PtsInode : Inode
{
    private static readonly MultiplexerDevice MultiplexerDevice = new();

    private readonly Terminal? _terminal;

    public PtsInode(PtsSuperBlock superBlock, ulong ino, Mode mode, DeviceNumber device, uint uid, uint gid, Terminal? terminal)
        : base(superBlock, ino, mode)
    {
        _terminal = terminal;
        Rdev = device;
        Uid = uid;
        Gid = gid;
        Atime = Mtime = Ctime = Btime = Now;
    }

    public override bool IsVolatile => true;

    public override void GetAttributes(out InodeAttributes attributes)
    {
        base.GetAttributes(out attributes);
        attributes.BlockSize = PtsSuperBlock.BlockSize;
    }

    public override bool OpensItself => true;

    public override Errno Open(in OpenRequest request, out OpenFile? file) =>
        _terminal is { } terminal ? SlaveFile.Open(request, terminal, out file) : MultiplexerDevice.Open(request, out file);
}

/// <summary>The only directory of devpts. Nothing can be made in it.</summary>
internal sealed class PtsDirectory : Inode
{
    public PtsDirectory(PtsSuperBlock superBlock)
        : base(superBlock, superBlock.NewIno(), Mode.S_IFDIR | (Mode)0x1ED /* 0755 */)
    {
        Nlink = 2;
        Atime = Mtime = Ctime = Btime = Now;
    }

    private PtsSuperBlock Pts => (PtsSuperBlock)SuperBlock;

    public override Errno Lookup(FsName name, out Inode? inode)
    {
        inode = Find(name.ToString());
        return inode is null ? Errno.ENOENT : Errno.None;
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = new PtsDirectoryFile(request, Pts);
        return Errno.None;
    }

    private PtsInode? Find(string name)
    {
        if (name == "ptmx")
            return Pts.Multiplexer;
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (name == "0" || name[0] != '0')
            && Kernel.Terminals.Find(number) is { } terminal
            ? Pts.InodeOf(terminal)
            : null;
    }
}

/// <summary>The directory, opened.</summary>
internal sealed class PtsDirectoryFile(in OpenRequest request, PtsSuperBlock pts) : OpenFile(request, OpenModes.Stored)
{
    /// <summary>Behind ".", ".." and ptmx.</summary>
    private const long FirstTerminal = 3;

    public override Syscalls.SysResult Read(Span<byte> buffer, ref long position) => Errno.EISDIR;

    public override Errno Iterate(DirectoryEmitter emitter)
    {
        if ((Position == 0 && !Emit(emitter, "."u8, pts.Root.Inode, 0))
            || (Position == 1 && !Emit(emitter, ".."u8, pts.Root.Inode, 1))
            || (Position == 2 && !Emit(emitter, "ptmx"u8, pts.Multiplexer, 2)))
            return Errno.None;
        foreach (var terminal in pts.Kernel.Terminals.All)
        {
            var position = FirstTerminal + terminal.Number;
            var name = System.Text.Encoding.ASCII.GetBytes(terminal.Number.ToString(CultureInfo.InvariantCulture));
            if (position >= Position && !Emit(emitter, name, pts.InodeOf(terminal), position))
                break;
        }

        return Errno.None;
    }

    private bool Emit(DirectoryEmitter emitter, ReadOnlySpan<byte> name, Inode inode, long position)
    {
        if (!emitter.Emit(name, inode.Ino, inode.Mode.DirentType(), position, position + 1))
            return false;
        Position = position + 1;
        return true;
    }
}
