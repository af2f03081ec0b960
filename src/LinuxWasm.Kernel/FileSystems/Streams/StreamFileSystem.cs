using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Streams;

/// <summary>
/// The file system of the host's streams, mounted nowhere: it gives standard input and output of a host process an inode, which looks like a
/// pipe's, or like a terminal's where the stream is one.
/// </summary>
public sealed class StreamFileSystem : SuperBlock
{
    private const uint PipeFsMagic = 0x50495045;

    private readonly Mount _mount;

    public StreamFileSystem(LinuxKernel kernel)
        : base(kernel, new StreamFileSystemType())
    {
        Root = new Dentry(new StreamInode(this, NextIno(), Mode.S_IFDIR | Mode.S_IRUSR));
        _mount = new Mount(0, this, Root, MountFlags.None);
    }

    /// <summary>A host stream that guests read from.</summary>
    /// <param name="name">What /proc shows: <c>stdin</c>.</param>
    /// <param name="stream">Read on a thread of its own, and only once a guest wants to read. Closed with the file where <paramref name="leaveOpen"/> is false.</param>
    /// <param name="terminal">The stream comes from a terminal.</param>
    /// <param name="leaveOpen">The stream is the caller's to close.</param>
    public OpenFile OpenReader(string name, Stream stream, bool terminal = false, bool leaveOpen = true) =>
        Own(new StreamReaderFile(Request(name, terminal, OpenFlags.O_RDONLY), stream, leaveOpen));

    /// <summary>A host stream that guests write to; each write goes through at once.</summary>
    public OpenFile OpenWriter(string name, Stream stream, bool terminal = false, bool leaveOpen = true) =>
        Own(new StreamWriterFile(Request(name, terminal, OpenFlags.O_WRONLY), stream, leaveOpen));

    public override bool IsInternal => true;

    public override void GetStatistics(out FileSystemStatistics statistics) =>
        statistics = new FileSystemStatistics { Type = PipeFsMagic, BlockSize = 4096, NameLength = 255 };

    private static OpenFile Own(OpenFile file)
    {
        ((StreamInode)file.Inode).Stream = file;
        return file;
    }

    private OpenRequest Request(string name, bool terminal, OpenFlags flags)
    {
        var inode = new StreamInode(this, NextIno(), (terminal ? Mode.S_IFCHR : Mode.S_IFIFO) | Mode.S_IRUSR | Mode.S_IWUSR);
        return new OpenRequest(new VfsPath(_mount, Dentry.Unnamed(Root, new FsName(name), inode)), flags, null);
    }
}

/// <summary>Only there to have a name; nothing of it can be mounted.</summary>
internal sealed class StreamFileSystemType : FileSystemType
{
    public override string Name => "hoststream";

    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        return Errno.EINVAL;
    }
}

internal sealed class StreamInode(SuperBlock superBlock, ulong ino, Mode mode) : Inode(superBlock, ino, mode)
{
    /// <summary>The host's own open file.</summary>
    public OpenFile? Stream { get; set; }

    public override bool OpensItself => true;

    /// <summary>Only in the direction that the host opened it for, and only while somebody has it open.</summary>
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        if (Stream is not { } stream || !stream.TryAddReference())
            return Errno.ENXIO;
        var access = request.Flags & OpenFlags.O_ACCMODE;
        if ((access != OpenFlags.O_WRONLY && !stream.CanRead) || (access != OpenFlags.O_RDONLY && !stream.CanWrite))
        {
            stream.Release();
            return Errno.EACCES;
        }

        file = new StreamAlias(request, stream);
        return Errno.None;
    }
}
