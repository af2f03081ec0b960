using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// One walk along a path (path_resolution(7); Linux's struct nameidata), component by component and without recursion: what a symbolic link
/// says is put in front of what is left. Takes no lock where names are cached, and allocates only for links.
/// </summary>
internal ref struct PathWalk
{
    /// <summary>Links that one walk follows; the next one is ELOOP (MAXSYMLINKS).</summary>
    public const int MaxLinks = 40;

    private readonly Credentials _credentials;
    private readonly MountNamespace _mounts;
    private readonly LinuxTask? _task;
    private readonly VfsPath _root;
    private LookupFlags _flags;
    private ReadOnlySpan<byte> _rest;
    private Mount _mount;
    private Dentry _dentry;
    private int _links;
    private bool _followedLink;
    private bool _knowsRoot;

    /// <param name="caller">Who walks.</param>
    /// <param name="start">Where a relative path begins.</param>
    /// <param name="path">The path, which must not change meanwhile.</param>
    /// <param name="flags">How.</param>
    public PathWalk(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, LookupFlags flags)
    {
        _credentials = caller.Credentials;
        _mounts = caller.Kernel.Mounts;
        _task = caller.Task;
        _flags = flags;
        _rest = path;
        _root = (flags & (LookupFlags.InRoot | LookupFlags.Beneath)) != 0 ? start : caller.Fs.Root;
        var isAbsolute = path is [(byte)'/', ..];
        _knowsRoot = isAbsolute || (flags & LookupFlags.InRoot) != 0;
        var from = isAbsolute && (flags & LookupFlags.Beneath) == 0 ? _root : start;
        _mount = from.Mount;
        _dentry = from.Dentry;
    }

    public readonly VfsPath Current => new(_mount, _dentry);

    /// <summary>The last component, valid after <see cref="ToLast"/>; bytes of the path or of a link.</summary>
    public ReadOnlySpan<byte> Last { get; private set; }

    public LastKind LastKind { get; private set; }

    /// <summary>There were slashes after the last component: it must be a directory.</summary>
    public bool TrailingSlash { get; private set; }

    /// <summary>Walks a whole path.</summary>
    public static Errno Resolve(in VfsCaller caller, VfsPath start, ReadOnlySpan<byte> path, LookupFlags flags, out VfsPath place)
    {
        var walk = new PathWalk(caller, start, path, flags);
        var error = walk.ToEnd();
        place = walk.Current;
        return error;
    }

    /// <summary>Walks to the directory that holds the last component, which is not looked up yet.</summary>
    public Errno ToLast()
    {
        if (_rest.IsEmpty && (_flags & LookupFlags.Empty) == 0)
            return Errno.ENOENT;
        if ((_flags & LookupFlags.Beneath) != 0 && _rest is [(byte)'/', ..])
            return Errno.EXDEV;
        if (!_rest.IsEmpty && !_dentry.Inode.IsDirectory)
            return Errno.ENOTDIR;
        while (true)
        {
            var rest = _rest.TrimStart((byte)'/');
            if (rest.IsEmpty)
            {
                LastKind = LastKind.None;
                Last = default;
                return Errno.None;
            }

            var error = CheckSearch(_dentry.Inode);
            if (error != Errno.None)
                return error;
            var end = rest.IndexOf((byte)'/');
            var name = end < 0 ? rest : rest[..end];
            var kind = KindOf(name);
            _rest = end < 0 ? default : rest[end..].TrimStart((byte)'/');
            if (_rest.IsEmpty)
            {
                Last = name;
                LastKind = kind;
                TrailingSlash = end >= 0;
                _mount.Used((_flags & LookupFlags.KeepExpiring) == 0);
                return Errno.None;
            }

            error = Step(name, kind, followSlash: true);
            if (error != Errno.None)
                return error;
            if (!_dentry.Inode.IsDirectory)
                return Errno.ENOTDIR;
        }
    }

    /// <summary>
    /// Looks the last component up and goes there, unless it is a symbolic link that is to be followed: then <paramref name="again"/> is true, and
    /// <see cref="ToLast"/> walks on from what it says.
    /// </summary>
    public Errno StepToLast(out bool again)
    {
        again = false;
        if (LastKind == LastKind.None)
            return Errno.None;
        if (TrailingSlash)
            _flags |= LookupFlags.Follow | LookupFlags.Directory;
        _followedLink = false;
        var error = Step(Last, LastKind, (_flags & LookupFlags.Follow) != 0, TrailingSlash);
        again = error == Errno.None && _followedLink && !_rest.IsEmpty;
        return error;
    }

    /// <summary>
    /// To be called where the walk ends: ENOTDIR where a directory is demanded, by flags or a slash, and something else was reached; EXDEV where a rename
    /// at the same moment led the walk out of its scope (complete_walk).
    /// </summary>
    public readonly Errno Complete()
    {
        _mount.Used((_flags & LookupFlags.KeepExpiring) == 0);
        if ((_flags & LookupFlags.Directory) != 0 && !_dentry.Inode.IsDirectory)
            return Errno.ENOTDIR;
        return (_flags & (LookupFlags.Beneath | LookupFlags.InRoot)) == 0 || Current.IsBelow(_root) ? Errno.None : Errno.EXDEV;
    }

    /// <summary>Goes to a place that was just made under the last name.</summary>
    public void Enter(Dentry dentry) => _dentry = dentry;

    /// <summary>Finds a name in a directory, in the cache or by asking the file system.</summary>
    public static Errno Find(Dentry directory, ReadOnlySpan<byte> name, out Dentry? dentry)
    {
        if (directory.TryGetChild(name, out dentry) && (!directory.Inode.SuperBlock.MustRevalidate || dentry.Inode.Revalidate(dentry)))
            return Errno.None;
        lock (directory.Inode.Lock)
            return FindLocked(directory, name, out dentry);
    }

    /// <summary>As <see cref="Find"/>; the caller holds the directory's lock.</summary>
    public static Errno FindLocked(Dentry directory, ReadOnlySpan<byte> name, out Dentry? dentry)
    {
        if (directory.TryGetChild(name, out dentry))
        {
            if (!directory.Inode.SuperBlock.MustRevalidate || dentry.Inode.Revalidate(dentry))
                return Errno.None;
            dentry.Forget();
            dentry = null;
        }

        if (directory.Inode.IsDead)
            return Errno.ENOENT;
        if (name.Length > FsName.MaxLength)
            return Errno.ENAMETOOLONG;
        var key = new FsName(name);
        var error = directory.Inode.Lookup(key, out var inode);
        if (error == Errno.None)
            dentry = inode!.IsVolatile ? Dentry.Uncached(directory, key, inode) : directory.AddChild(key, inode);
        return error;
    }

    private Errno ToEnd()
    {
        while (true)
        {
            var error = ToLast();
            if (error != Errno.None)
                return error;
            error = StepToLast(out var again);
            if (error != Errno.None)
                return error;
            if (!again)
                return Complete();
        }
    }

    private static LastKind KindOf(ReadOnlySpan<byte> name) => name switch
    {
        [(byte)'.'] => LastKind.Dot,
        [(byte)'.', (byte)'.'] => LastKind.DotDot,
        _ => LastKind.Name,
    };

    private readonly Errno CheckSearch(Inode directory)
    {
        // Everybody may search most directories: no need to ask who this is.
        if ((directory.Mode & Mode.AnyExecute) == Mode.AnyExecute)
            return Errno.None;
        return directory.CheckPermission(_credentials, Access.Execute);
    }

    private Errno Step(ReadOnlySpan<byte> name, LastKind kind, bool followSlash, bool slashAfter = false)
    {
        if (kind == LastKind.Dot)
            return Errno.None;
        if (kind == LastKind.DotDot)
            return StepUp();
        if ((_flags & LookupFlags.Cached) != 0 && !_dentry.TryGetChild(name, out _))
            return Errno.EAGAIN;
        var error = Find(_dentry, name, out var child);
        if (error != Errno.None)
            return error;
        if (child!.IsMountPoint)
            return CrossDown(new VfsPath(_mount, child));
        if (followSlash && child.Inode.IsSymlink)
            return Follow(child.Inode, slashAfter);
        _dentry = child;
        return Errno.None;
    }

    private Errno CrossDown(VfsPath place)
    {
        var top = _mounts.Cross(place);
        if ((_flags & LookupFlags.NoXdev) != 0 && !ReferenceEquals(top.Mount, _mount))
            return Errno.EXDEV;
        _mount = top.Mount;
        _dentry = top.Dentry;
        return Errno.None;
    }

    private Errno StepUp()
    {
        _knowsRoot = true;
        while (true)
        {
            if (ReferenceEquals(_dentry, _root.Dentry) && ReferenceEquals(_mount, _root.Mount))
            {
                if ((_flags & LookupFlags.Beneath) != 0)
                    return Errno.EXDEV;
                break;
            }

            if (!ReferenceEquals(_dentry, _mount.Root))
            {
                _dentry = _dentry.Parent;
                break;
            }

            if (_mount.Covers is not { } covered)
                break;
            if ((_flags & LookupFlags.NoXdev) != 0)
                return Errno.EXDEV;
            _mount = covered.Mount;
            _dentry = covered.Dentry;
        }

        return _dentry.IsMountPoint ? CrossDown(Current) : Errno.None;
    }

    private Errno Follow(Inode link, bool slashAfter)
    {
        if (_links++ >= MaxLinks || (_flags & LookupFlags.NoSymlinks) != 0 || (_mount.Flags & MountFlags.NoSymFollow) != 0)
            return Errno.ELOOP;
        _followedLink = true;
        if (link.TryFollowMagicLink(_task, out var target, out var error))
            return error == Errno.None ? Jump(target) : error;
        error = link.ReadLink(_task, out var text);
        if (error != Errno.None)
            return error;
        FileTimes.Accessed(link, _mount);
        if (text is [(byte)'/', ..])
        {
            if ((_flags & LookupFlags.Beneath) != 0)
                return Errno.EXDEV;
            // A walk that has not needed the root so far takes it for another mount, whichever it is (nd_jump_root).
            if ((_flags & LookupFlags.NoXdev) != 0 && (!_knowsRoot || !ReferenceEquals(_root.Mount, _mount)))
                return Errno.EXDEV;
            _mount = _root.Mount;
            _dentry = _root.Dentry;
        }

        if (_rest.IsEmpty && !slashAfter)
            _rest = text;
        else
            _rest = (byte[])[.. text, (byte)'/', .. _rest];
        return Errno.None;
    }

    private Errno Jump(VfsPath target)
    {
        if ((_flags & LookupFlags.NoMagicLinks) != 0)
            return Errno.ELOOP;
        if ((_flags & (LookupFlags.Beneath | LookupFlags.InRoot)) != 0)
            return Errno.EXDEV;
        if ((_flags & LookupFlags.NoXdev) != 0 && !ReferenceEquals(target.Mount, _mount))
            return Errno.EXDEV;
        _mount = target.Mount;
        _dentry = target.Dentry;
        return Errno.None;
    }
}
