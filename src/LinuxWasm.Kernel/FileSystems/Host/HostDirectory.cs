using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>A directory: each operation on a name is the host's, from the directory's handle.</summary>
internal sealed partial class HostDirectory(HostSuperBlock superBlock, in HostStat stat) : HostInode(superBlock, stat)
{
    /// <summary>The mounted folder itself: its handle stays until the file system is shut down.</summary>
    public static HostDirectory CreateRoot(HostSuperBlock superBlock, in HostStat stat, HostHandle handle)
    {
        var root = new HostDirectory(superBlock, stat) { _handle = handle, _pins = 1 };
        root.Refresh(stat);
        return root;
    }

    public override Errno Lookup(FsName name, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.Names.TryMakeRoom())
            return Errno.ENOMEM;
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Found(lease, name, out inode);
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        var error = Pin();
        if (error == Errno.None)
            file = new HostDirectoryFile(request, this);
        return error;
    }

    public override Errno Make(FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.Names.TryMakeRoom())
            return Errno.ENOMEM;
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
        {
            error = node.Mode.Type() switch
            {
                Mode.S_IFREG => MakeFile(lease, name, node, out inode),
                Mode.S_IFDIR => MakeDirectory(lease, name, node, out inode),
                Mode.S_IFIFO or Mode.S_IFSOCK => MakeNode(lease, name, node, out inode),
                // A whiteout (0:0) is a device by type only.
                Mode.S_IFCHR when node.Rdev == default => MakeNode(lease, name, node, out inode),
                _ => Errno.EPERM,
            };
            Touched();
            return error;
        }
    }

    public override Errno MakeSymlink(FsName name, in NewInode node, ReadOnlySpan<byte> target, out Inode? inode)
    {
        inode = null;
        if (!SuperBlock.Names.TryMakeRoom())
            return Errno.ENOMEM;
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
        {
            error = Folders.MakeSymlink(lease.Handle, name.Span, target);
            if (error == Errno.None)
                error = Made(lease, name, node, out inode);
            Touched();
            return error;
        }
    }

    public override Errno MakeLink(FsName name, Inode inode)
    {
        if (!SuperBlock.Names.TryMakeRoom())
            return Errno.ENOMEM;
        var error = ((HostInode)inode).LinkTo(this, name);
        Touched();
        return error;
    }

    public override Errno RemoveLink(FsName name, Inode victim)
    {
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            error = Folders.RemoveLink(lease.Handle, name.Span);
        if (error == Errno.None)
            ((HostInode)victim).LinkRemoved();
        Touched();
        return error;
    }

    public override Errno RemoveDirectory(FsName name, Inode victim)
    {
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            error = Folders.RemoveDirectory(lease.Handle, name.Span);
        if (error == Errno.None)
            ((HostDirectory)victim).Removed();
        Touched();
        // POSIX allows both for a directory that is not empty; Linux answers this one.
        return error == Errno.EEXIST ? Errno.ENOTEMPTY : error;
    }

    public override Errno Rename(FsName name, Inode inode, Inode newDirectory, FsName newName, Inode? replaced, Inode? left)
    {
        var target = (HostDirectory)newDirectory;
        var exchange = left is not null;
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
        {
            error = target.Lease(out var targetLease);
            if (error != Errno.None)
                return error;
            using (targetLease)
                error = Rename(lease, name, targetLease, newName, exchange ? RenameFlags.RENAME_EXCHANGE : replaced is null ? RenameFlags.RENAME_NOREPLACE : RenameFlags.None);
        }

        if (error == Errno.None)
            Renamed(name, (HostInode)inode, target, newName, (HostInode?)replaced, exchange);
        Touched();
        target.Touched();
        return error == Errno.EEXIST && replaced is not null ? Errno.ENOTEMPTY : error;
    }

    protected override Errno AskHandle(out HostStat stat)
    {
        stat = default;
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.Stat(lease.Handle, out stat);
    }

    protected override Errno ApplyMode(Mode mode)
    {
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeMode(lease.Handle, [], mode);
    }

    protected override Errno ApplyOwner(uint uid, uint gid)
    {
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeOwner(lease.Handle, [], uid, gid);
    }

    protected override Errno ApplyTimes(Timestamp? atime, Timestamp? mtime)
    {
        var error = Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeTimes(lease.Handle, [], atime, mtime);
    }

    /// <summary>
    /// Without a file to replace nothing is to be replaced, not even what the host made at this moment; where the host can't promise that, the check has to do.
    /// </summary>
    private Errno Rename(HandleLease from, FsName name, HandleLease to, FsName newName, RenameFlags flags)
    {
        var error = Folders.Rename(from.Handle, name.Span, to.Handle, newName.Span, flags);
        return flags == RenameFlags.RENAME_NOREPLACE && error is Errno.EINVAL or Errno.EOPNOTSUPP
            ? Folders.Rename(from.Handle, name.Span, to.Handle, newName.Span, RenameFlags.None)
            : error;
    }

    private void Renamed(FsName name, HostInode inode, HostDirectory target, FsName newName, HostInode? replaced, bool exchange)
    {
        if (!Folders.HandlesFollowRenames && (inode.IsDirectory || (exchange && replaced!.IsDirectory)))
            SuperBlock.Handles.Clear();
        inode.FoundAt(target, newName);
        SuperBlock.Names.Entered(target, newName);
        if (exchange)
            replaced!.FoundAt(this, name);
        else if (replaced is HostDirectory directory)
            directory.Removed();
        else
            replaced?.LinkRemoved();
        inode.Touched();
        if (exchange)
            replaced!.Touched();
    }

    /// <summary>The directory was removed by a guest; those who have it open see it empty.</summary>
    private void Removed()
    {
        Nlink = 0;
        SuperBlock.Inodes.Forget(this);
        CloseHandle();
    }

    private Errno Found(HandleLease lease, FsName name, out Inode? inode)
    {
        inode = null;
        var error = Folders.Stat(lease.Handle, name.Span, out var stat);
        if (error != Errno.None)
            return error;
        inode = SuperBlock.Inodes.Get(this, name, stat);
        SuperBlock.Names.Entered(this, name);
        return Errno.None;
    }
}
