using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>A name in proc and what is made of it when somebody looks.</summary>
internal readonly record struct ProcEntry(string Name, Mode Type, Func<ProcSuperBlock, ThreadGroup?, ProcInode> Make);

/// <summary>A directory of proc: a fixed table of names, and in some those that come and go.</summary>
internal class ProcDirectory : ProcInode
{
    /// <summary>Where the names that come and go begin; "." and ".." and the table come before.</summary>
    protected const long FirstChanging = 256;

    private readonly ProcEntry[] _entries;

    public ProcDirectory(ProcSuperBlock superBlock, ProcEntry[] entries, ThreadGroup? process = null, Mode mode = (Mode)0x16D /* 0555 */)
        : base(superBlock, Mode.S_IFDIR | mode, process)
    {
        _entries = entries;
        Nlink = 2 + (uint)entries.Count(entry => entry.Type == Mode.S_IFDIR);
    }

    public override Errno Lookup(FsName name, out Inode? inode)
    {
        inode = null;
        foreach (var entry in _entries)
        {
            if (name.Span.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(entry.Name)))
            {
                inode = entry.Make(SuperBlock, Process);
                return Errno.None;
            }
        }

        inode = FindChanging(name.ToString());
        return inode is null ? Errno.ENOENT : Errno.None;
    }

    /// <summary>A name that proc does not have can't even be looked up for making it: mkdir(2) says ENOENT there.</summary>
    public override Errno Make(FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        return Errno.ENOENT;
    }

    public override Errno MakeSymlink(FsName name, in NewInode node, ReadOnlySpan<byte> target, out Inode? inode) => Make(name, node, out inode);

    public override Errno MakeLink(FsName name, Inode inode) => Errno.ENOENT;

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        var allowed = MayList(request.Task);
        file = allowed ? new ProcDirectoryFile(request, this) : null;
        return allowed ? Errno.None : Errno.EACCES;
    }

    /// <summary>The names from a position on, each with its own position, in the order of those.</summary>
    public IEnumerable<(string Name, Mode Type, long Position)> NamesFrom(long position)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (i + 2 >= position)
                yield return (_entries[i].Name, _entries[i].Type, i + 2);
        }

        foreach (var (name, type, number) in Changing())
        {
            if (FirstChanging + number >= position)
                yield return (name, type, FirstChanging + number);
        }
    }

    protected virtual bool MayList(LinuxTask? task) => true;

    protected virtual ProcInode? FindChanging(string name) => null;

    /// <summary>Names that come and go, with a number of their own each, lowest first.</summary>
    protected virtual IEnumerable<(string Name, Mode Type, int Number)> Changing() => [];
}

/// <summary>A directory of proc, opened.</summary>
internal sealed class ProcDirectoryFile(in OpenRequest request, ProcDirectory directory) : OpenFile(request, OpenModes.Stored)
{
    public override Syscalls.SysResult Read(Span<byte> buffer, ref long position) => Errno.EISDIR;

    public override Syscalls.SysResult Seek(long offset, SeekWhence whence) =>
        whence is SeekWhence.SEEK_SET or SeekWhence.SEEK_CUR ? SeekWithin(offset, whence, 0) : Errno.EINVAL;

    public override Errno Iterate(DirectoryEmitter emitter)
    {
        if (Position == 0 && !Emit(emitter, "."u8, Mode.S_IFDIR, 0))
            return Errno.None;
        if (Position == 1 && !Emit(emitter, ".."u8, Mode.S_IFDIR, 1))
            return Errno.None;
        foreach (var (name, type, position) in directory.NamesFrom(Position))
        {
            if (!Emit(emitter, System.Text.Encoding.ASCII.GetBytes(name), type, position))
                return Errno.None;
        }

        return Errno.None;
    }

    private bool Emit(DirectoryEmitter emitter, ReadOnlySpan<byte> name, Mode type, long position)
    {
        // The number that stat(2) will tell is not known before somebody looks; this one is only not 0.
        if (!emitter.Emit(name, directory.Ino + (ulong)position, type.DirentType(), position, position + 1))
            return false;
        Position = position + 1;
        return true;
    }
}
