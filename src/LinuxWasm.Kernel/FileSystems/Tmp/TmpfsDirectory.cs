using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>A directory: names in the order in which they came.</summary>
internal sealed class TmpfsDirectory : TmpfsInode
{
    /// <summary>What an entry adds to st_size (BOGO_DIRENT_SIZE); "." and ".." count too.</summary>
    private const int EntrySize = 20;

    private readonly NameList _names = new();

    public TmpfsDirectory(TmpfsSuperBlock superBlock, in NewInode node)
        : base(superBlock, node)
    {
        SetLinks(2);
        Size = 2 * EntrySize;
    }

    /// <summary>Caller holds the lock.</summary>
    internal NameList Names => _names;

    public override Errno Lookup(FsName name, out Inode? inode)
    {
        inode = _names.Find(name);
        return inode is null ? Errno.ENOENT : Errno.None;
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = new TmpfsDirectoryFile(request, this);
        return Errno.None;
    }

    public override Errno Make(FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.TryChargeInode())
            return Errno.ENOSPC;
        inode = New(node);
        Insert(name, inode);
        return Errno.None;
    }

    public override Errno MakeSymlink(FsName name, in NewInode node, ReadOnlySpan<byte> target, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.TryChargeInode())
            return Errno.ENOSPC;
        var error = TmpfsSymlink.Create(SuperBlock, node, target, out inode);
        if (error == Errno.None)
            Insert(name, inode!);
        else
            SuperBlock.ReturnInode();
        return error;
    }

    public override Errno MakeUnnamed(in NewInode node, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.TryChargeInode())
            return Errno.ENOSPC;
        var file = New(node);
        file.SetLinks(0);
        inode = file;
        return Errno.None;
    }

    public override Errno MakeLink(FsName name, Inode inode)
    {
        // Each further name is accounted as an inode, so that links can't fill memory.
        if (inode.Nlink > 0 && !SuperBlock.TryChargeInode())
            return Errno.ENOSPC;
        var file = (TmpfsInode)inode;
        file.SetLinks(file.Nlink + 1);
        Insert(name, inode);
        file.Touch(Ctime);
        return Errno.None;
    }

    public override Errno RemoveLink(FsName name, Inode victim)
    {
        Take(name, victim);
        DropLink((TmpfsInode)victim);
        return Errno.None;
    }

    public override Errno RemoveDirectory(FsName name, Inode victim)
    {
        var directory = (TmpfsDirectory)victim;
        if (directory._names.Count > 0)
            return Errno.ENOTEMPTY;
        Take(name, victim);
        directory.SetLinks(0);
        directory.Touch(Ctime);
        return Errno.None;
    }

    public override Errno Rename(FsName name, Inode inode, Inode newDirectory, FsName newName, Inode? replaced, Inode? left)
    {
        var target = (TmpfsDirectory)newDirectory;
        var exchanged = replaced is not null && ReferenceEquals(left, replaced);
        if (!exchanged && replaced is TmpfsDirectory { _names.Count: > 0 })
            return Errno.ENOTEMPTY;
        Take(name, inode);
        if (replaced is not null)
            target.Take(newName, replaced);
        // What is left is listed as older than what was renamed.
        if (left is not null)
            Insert(name, left);
        target.Insert(newName, inode);
        if (!exchanged && replaced is TmpfsDirectory removed)
            removed.SetLinks(0);
        else if (!exchanged && replaced is not null)
            target.DropLink((TmpfsInode)replaced);
        var now = Now;
        Mtime = Ctime = now;
        ((TmpfsInode)inode).Touch(now);
        (replaced as TmpfsInode)?.Touch(now);
        if (left is not null && !exchanged)
            ((TmpfsInode)left).SetLinks(1);
        return Errno.None;
    }

    private TmpfsInode New(in NewInode node) => node.Mode.Type() switch
    {
        Mode.S_IFDIR => new TmpfsDirectory(SuperBlock, node),
        Mode.S_IFREG => new TmpfsRegular(SuperBlock, node),
        _ => new TmpfsInode(SuperBlock, node),
    };

    private void Insert(FsName name, Inode inode)
    {
        _names.Add(name, inode);
        Size += EntrySize;
        if (inode.IsDirectory)
            Nlink++;
        Mtime = Ctime = Now;
    }

    private void Take(FsName name, Inode inode)
    {
        _names.Remove(name);
        Size -= EntrySize;
        if (inode.IsDirectory)
            Nlink--;
        Mtime = Ctime = Now;
    }

    private void DropLink(TmpfsInode file)
    {
        file.DropLink(Ctime);
        if (file.Nlink > 0)
            SuperBlock.ReturnInode();
    }
}
