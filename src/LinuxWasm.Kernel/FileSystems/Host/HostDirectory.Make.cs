using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// New files: the host makes them as its own user, with its umask and its rules for groups. They get the owner and mode that the guest's rules gave them as far as the host
/// lets them have these.
/// </summary>
internal sealed partial class HostDirectory
{
    private Errno MakeFile(HandleLease lease, FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        var error = Folders.CreateFile(lease.Handle, name.Span, node.Mode, out var handle);
        if (error != Errno.None)
            return error;
        error = Folders.Stat(handle!, out var stat);
        if (error == Errno.None)
        {
            SuperBlock.Owners.ForNew(node.Uid, node.Gid, stat, out var uid, out var gid);
            var changed = false;
            if (uid != OwnerMap.Keep || gid != OwnerMap.Keep)
            {
                changed = true;
                error = Allowed(Folders.ChangeOwner(handle!, uid, gid));
            }

            if (error == Errno.None && (changed || Permissions(stat.Mode) != Permissions(node.Mode)))
            {
                changed = true;
                error = Allowed(Folders.ChangeMode(handle!, Permissions(node.Mode)));
            }

            if (error == Errno.None && changed)
                error = Folders.Stat(handle!, out stat);
        }

        if (error != Errno.None)
        {
            handle!.Dispose();
            Folders.RemoveLink(lease.Handle, name.Span);
            return error;
        }

        var made = SuperBlock.Inodes.Get(this, name, stat);
        SuperBlock.Names.Entered(this, name);
        if (made is HostRegular file)
            SuperBlock.Newborns.Keep(file, handle!);
        else
            handle!.Dispose();
        inode = made;
        return Errno.None;
    }

    private Errno MakeDirectory(HandleLease lease, FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        var error = Folders.MakeDirectory(lease.Handle, name.Span, node.Mode);
        return error != Errno.None ? error : Made(lease, name, node, out inode);
    }

    private Errno MakeNode(HandleLease lease, FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        var error = Folders.MakeNode(lease.Handle, name.Span, node.Mode);
        return error != Errno.None ? error : Made(lease, name, node, out inode);
    }

    /// <summary>Gives a new name's file its owner and mode; takes it away again where that fails for another reason than that the host forbids it.</summary>
    private Errno Made(HandleLease lease, FsName name, in NewInode node, out Inode? inode)
    {
        inode = null;
        var error = Folders.Stat(lease.Handle, name.Span, out var stat);
        if (error != Errno.None)
            return error;
        SuperBlock.Owners.ForNew(node.Uid, node.Gid, stat, out var uid, out var gid);
        var chown = uid != OwnerMap.Keep || gid != OwnerMap.Keep;
        if (chown)
            error = Allowed(Folders.ChangeOwner(lease.Handle, name.Span, uid, gid));
        if (error == Errno.None && !node.Mode.IsSymlink() && (chown || Permissions(stat.Mode) != Permissions(node.Mode)))
            error = Allowed(Folders.ChangeMode(lease.Handle, name.Span, Permissions(node.Mode)));
        if (error == Errno.None)
            error = Found(lease, name, out inode);
        if (error == Errno.None)
            return error;
        if (node.Mode.IsDirectory())
            Folders.RemoveDirectory(lease.Handle, name.Span);
        else
            Folders.RemoveLink(lease.Handle, name.Span);
        return error;
    }

    private static Mode Permissions(Mode mode) => mode & Mode.Permissions;

    /// <summary>
    /// Some file systems of the host have one owner and one mode for all files, or no links with either; and the root of a user namespace can't give files to ids that
    /// it does not map (EINVAL).
    /// </summary>
    private static Errno Allowed(Errno error) => error is Errno.EPERM or Errno.EOPNOTSUPP or Errno.EINVAL ? Errno.None : error;
}
