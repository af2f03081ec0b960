using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>open(2), openat2(2), O_TMPFILE and O_PATH.</summary>
public static partial class FileTree
{
    /// <summary>Opens, and makes where that is asked. The caller owns the file's one reference.</summary>
    public static Errno Open(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, in OpenHow how, out OpenFile? file)
    {
        file = null;
        if ((how.Flags & OpenFlags.__O_TMPFILE) != 0)
            return OpenUnnamed(caller, start, path, how, out file);
        if ((how.Lookup & LookupFlags.Cached) != 0 && path is not [(byte)'/', ..] && !start.Inode.IsDirectory)
            return Errno.ENOTDIR;
        var walk = new PathWalk(caller, start, path, how.Lookup);
        while (true)
        {
            var error = walk.ToLast();
            if (error != Errno.None)
                return OfCachedWalk(how, error);
            var created = false;
            if ((how.Flags & OpenFlags.O_CREAT) != 0 && walk.LastKind == LastKind.Name)
            {
                if (walk.TrailingSlash)
                    return Errno.EISDIR;
                error = CreateIfMissing(caller, ref walk, how, out created);
                if (error != Errno.None)
                    return error;
            }

            var again = false;
            error = created ? Errno.None : walk.StepToLast(out again);
            if (error != Errno.None)
                return OfCachedWalk(how, error);
            if (!again)
                return OpenFound(caller, ref walk, how, created, out file);
        }
    }

    /// <summary>Opens a place that was reached some other way, checked for nothing but what opening itself demands.</summary>
    public static Errno OpenPlace(in VfsCaller caller, VfsPath place, OpenFlags flags, out OpenFile? file)
    {
        var error = OpenByType(caller, place, flags, out file);
        if (error == Errno.None)
            FileEvents.OnFile(place.Dentry, InotifyMask.IN_OPEN);
        // Only what is stored somewhere can be read past the page cache.
        if (error == Errno.None && (flags & OpenFlags.O_DIRECT) != 0 && !place.Inode.IsRegular)
        {
            file!.Release();
            file = null;
            return Errno.EINVAL;
        }

        return error;
    }

    private static Errno OpenByType(in VfsCaller caller, VfsPath place, OpenFlags flags, out OpenFile? file)
    {
        const OpenFlags OfOpeningOnly = OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOCTTY | OpenFlags.O_TRUNC | OpenFlags.O_CLOEXEC;
        file = null;
        var inode = place.Inode;
        var writes = (flags & OpenFlags.O_ACCMODE) is OpenFlags.O_WRONLY or OpenFlags.O_RDWR;
        var request = new OpenRequest(place, flags & ~OfOpeningOnly, caller.Task);
        switch (inode.Mode.Type())
        {
            case Mode.S_IFREG:
                if ((flags & OpenFlags.O_LARGEFILE) == 0 && inode.Size > int.MaxValue)
                    return Errno.EOVERFLOW;
                if (!writes)
                    return inode.Open(request, out file);
                if (place.Mount.IsReadOnly)
                    return Errno.EROFS;
                if (!inode.TryAddWriter())
                    return Errno.ETXTBSY;
                var error = inode.Open(request, out file);
                // An open file gives this up when it is released.
                if (error != Errno.None)
                    inode.RemoveWriter();
                return error;
            case Mode.S_IFDIR:
                return inode.Open(request, out file);
            case Mode.S_IFLNK:
                return Errno.ELOOP;
            case not Mode.S_IFSOCK when inode.OpensItself:
                return inode.Open(request with { Flags = flags & ~(OfOpeningOnly & ~OpenFlags.O_NOCTTY) }, out file);
            default:
                // Sockets, and devices that this kernel does not have (ENXIO; open(2)).
                return caller.Kernel.Devices.Find(inode) is { } device ? device.Open(request with { Flags = flags & ~(OfOpeningOnly & ~OpenFlags.O_NOCTTY) }, out file) : Errno.ENXIO;
        }
    }

    /// <summary>A walk that may only use what is cached gives up with EAGAIN wherever Linux would have to take a lock, and be it to fail.</summary>
    private static Errno OfCachedWalk(in OpenHow how, Errno error) =>
        (how.Lookup & LookupFlags.Cached) != 0 && error is not (Errno.EXDEV or Errno.ELOOP) ? Errno.EAGAIN : error;

    private static Errno CreateIfMissing(in VfsCaller caller, ref PathWalk walk, in OpenHow how, out bool created)
    {
        created = false;
        var directory = walk.Current;
        if (directory.Dentry.TryGetChild(walk.Last, out _) && !directory.Mount.SuperBlock.MustRevalidate)
            return Errno.None;
        lock (directory.Inode.Lock)
        {
            var error = PathWalk.FindLocked(directory.Dentry, walk.Last, out _);
            if (error != Errno.ENOENT)
                return error;
            if (directory.Inode.IsDead)
                return Errno.ENOENT;
            if (directory.Mount.IsReadOnly)
                return Errno.EROFS;
            error = CheckAccess(directory.Inode, caller.Credentials, Access.Write | Access.Execute);
            if (error != Errno.None)
                return error;
            var name = new FsName(walk.Last);
            error = directory.Inode.Make(name, Prepare(caller, directory.Inode, Mode.S_IFREG | how.Mode), out var inode);
            if (error != Errno.None)
                return error;
            walk.Enter(directory.Dentry.AddChild(name, inode!));
            FileEvents.InDirectory(directory.Inode, name, InotifyMask.IN_CREATE, inode!);
            created = true;
            return Errno.None;
        }
    }

    /// <summary>do_open of fs/namei.c.</summary>
    private static Errno OpenFound(in VfsCaller caller, ref PathWalk walk, in OpenHow how, bool created, out OpenFile? file)
    {
        file = null;
        var place = walk.Current;
        if ((how.Flags & OpenFlags.O_CREAT) != 0 && !created)
        {
            if ((how.Flags & OpenFlags.O_EXCL) != 0)
                return Errno.EEXIST;
            if (place.Inode.IsDirectory)
                return Errno.EISDIR;
        }

        var error = walk.Complete();
        if (error != Errno.None)
            return error;
        if ((how.Flags & OpenFlags.O_PATH) != 0)
        {
            file = new PathOnlyFile(place, how.Flags, caller.Task);
            return Errno.None;
        }

        // Whoever made the file may write to it, whatever mode he gave it.
        if (created)
            return OpenCreated(caller, place, how.Flags, out file);
        var truncates = (how.Flags & OpenFlags.O_TRUNC) != 0 && place.Inode.IsRegular;
        if (truncates && place.Mount.IsReadOnly)
            return Errno.EROFS;
        error = MayOpen(caller, place, how);
        if (error != Errno.None)
            return error;
        error = OpenPlace(caller, place, how.Flags, out file);
        if (error != Errno.None || !truncates)
            return error;
        error = Truncate(caller, place.Inode, 0, opening: true);
        if (error == Errno.None)
        {
            FileEvents.OnFile(place.Dentry, InotifyMask.IN_MODIFY);
            return Errno.None;
        }

        file!.Release();
        file = null;
        return error;
    }

    private static Errno OpenCreated(in VfsCaller caller, VfsPath place, OpenFlags flags, out OpenFile? file)
    {
        var error = OpenPlace(caller, place, flags, out file);
        if (file is not null)
            file.WasCreated = true;
        return error;
    }

    private static Errno MayOpen(in VfsCaller caller, VfsPath place, in OpenHow how)
    {
        var inode = place.Inode;
        var access = how.Access;
        switch (inode.Mode.Type())
        {
            case Mode.S_IFLNK:
                return Errno.ELOOP;
            case Mode.S_IFDIR when (access & Access.Write) != 0:
                return Errno.EISDIR;
            case Mode.S_IFCHR or Mode.S_IFBLK when (place.Mount.Flags & MountFlags.NoDev) != 0:
                return Errno.EACCES;
        }

        var error = CheckAccess(inode, caller.Credentials, access);
        if (error != Errno.None)
            return error;
        return (how.Flags & OpenFlags.O_NOATIME) != 0 && !Permissions.OwnsOrCapable(inode, caller.Credentials) ? Errno.EPERM : Errno.None;
    }

    private static Errno OpenUnnamed(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, in OpenHow how, out OpenFile? file)
    {
        file = null;
        var error = PathWalk.Resolve(caller, start, path, how.Lookup | LookupFlags.Directory, out var directory);
        if (error != Errno.None)
            return error;
        if (directory.Mount.IsReadOnly)
            return Errno.EROFS;
        error = CheckAccess(directory.Inode, caller.Credentials, Access.Write | Access.Execute);
        if (error != Errno.None)
            return error;
        Inode? inode;
        lock (directory.Inode.Lock)
            error = directory.Inode.MakeUnnamed(Prepare(caller, directory.Inode, Mode.S_IFREG | how.Mode), out inode);
        if (error != Errno.None)
            return error;
        // With O_EXCL the file can never get a name (open(2)).
        inode!.IsLinkable = (how.Flags & OpenFlags.O_EXCL) == 0;
        var name = new FsName(System.Text.Encoding.ASCII.GetBytes($"#{inode.Ino}"));
        var place = new VfsPath(directory.Mount, Dentry.Unnamed(directory.Dentry, name, inode));
        error = OpenPlace(caller, place, how.Flags, out file);
        if (error != Errno.None)
            inode.EvictIfUnused();
        return error;
    }
}
