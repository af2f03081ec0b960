using System.Diagnostics;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// A file of the host. Attributes are the host's, asked for each time; what is stored here is what was heard last. A file without a handle is reached through
/// the place where it was seen last, and is believed to be itself only if its identity agrees.
/// </summary>
internal abstract class HostInode(HostSuperBlock superBlock, in HostStat stat) : Inode(superBlock, superBlock.Devices.MapIno(stat.Id), stat.Mode)
{
    /// <summary>How long an answer of the host serves the call that it was asked for: a walk that ends in a stat(2) asks but once.</summary>
    private static readonly long Fresh = Stopwatch.Frequency / 200_000;

    [ThreadStatic]
    private static HostInode? _heard;

    [ThreadStatic]
    private static int _heardVersion;

    [ThreadStatic]
    private static long _heardAt;

    private readonly Lock _statLock = new();
    private HostStat _stat = stat;
    private HostPlace? _place;
    private volatile bool _used;
    private int _version;

    public new HostSuperBlock SuperBlock => (HostSuperBlock)base.SuperBlock;

    public IHostFolders Folders => SuperBlock.Folders;

    public HostFileId Id { get; } = stat.Id;

    /// <summary>Where it was seen last; null for the root.</summary>
    public HostPlace? Place => Volatile.Read(ref _place);

    /// <summary>The host keeps the access times.</summary>
    public override bool KeepsAtime => false;

    public static HostInode Create(HostSuperBlock superBlock, in HostStat stat) => stat.Mode.Type() switch
    {
        Mode.S_IFREG => new HostRegular(superBlock, stat),
        Mode.S_IFDIR => new HostDirectory(superBlock, stat),
        Mode.S_IFLNK => new HostSymlink(superBlock, stat),
        _ => new HostSpecial(superBlock, stat),
    };

    /// <summary>False where the host gave the number to another file meanwhile.</summary>
    public bool IsSameFile(in HostStat stat)
    {
        if (stat.Id != Id || stat.Mode.Type() != Mode.Type())
            return false;
        lock (_statLock)
            return !stat.HasBtime || !_stat.HasBtime || stat.Btime == _stat.Btime;
    }

    public bool IsAt(HostDirectory directory, FsName name) =>
        Place is { } known && ReferenceEquals(known.Directory, directory) && known.Name.Equals(name);

    public void FoundAt(HostDirectory directory, FsName name)
    {
        if (!IsAt(directory, name))
            Volatile.Write(ref _place, new HostPlace(directory, name));
    }

    /// <summary>Takes in what the host told.</summary>
    public void Refresh(in HostStat stat)
    {
        lock (_statLock)
        {
            _stat = stat;
            Mode = stat.Mode;
            Nlink = stat.Nlink;
            Size = stat.Size;
            Uid = SuperBlock.Owners.ShownUid(stat.Uid);
            Gid = SuperBlock.Owners.ShownGid(stat.Gid);
        }
    }

    /// <summary>This thread has just taken in what the host told, having asked at a version: unless the file changes, it need not ask again.</summary>
    public void Heard(int version)
    {
        _heard = this;
        _heardVersion = version;
        _heardAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Whether it was used since this was asked last.</summary>
    public bool TakeUsedMark()
    {
        var used = _used;
        _used = false;
        return used;
    }

    public override bool Revalidate(Dentry dentry)
    {
        var version = Volatile.Read(ref _version);
        dentry.GetPlace(out var parent, out var name);
        if (parent.Inode is not HostDirectory directory || directory.Lease(out var lease) != Errno.None)
            return false;
        using (lease)
        {
            if (Folders.Stat(lease.Handle, name.Span, out var stat) != Errno.None || !IsSameFile(stat))
                return false;
            FoundAt(directory, name);
            Refresh(stat);
            Heard(version);
            _used = true;
            return true;
        }
    }

    /// <summary>
    /// Roots and working directories are not walked to, and may have changed since they were. A mere search goes by what was heard last, or each step of a walk would
    /// ask twice.
    /// </summary>
    public override Errno CheckPermission(Credentials credentials, Access access)
    {
        if (access != Access.Execute && !IsFresh())
            Update();
        return base.CheckPermission(credentials, access);
    }

    public override void GetAttributes(out InodeAttributes attributes)
    {
        if (!IsFresh())
            Update();
        _heard = null;
        lock (_statLock)
        {
            attributes = new InodeAttributes
            {
                Device = SuperBlock.Devices.Number(Id.Device),
                Ino = Ino,
                Mode = Mode,
                Nlink = Nlink,
                Uid = Uid,
                Gid = Gid,
                Rdev = _stat.Rdev,
                Size = _stat.Size,
                Blocks = _stat.Blocks,
                BlockSize = _stat.BlockSize,
                Atime = _stat.Atime,
                Mtime = _stat.Mtime,
                Ctime = _stat.Ctime,
                Btime = _stat.Btime,
                HasBtime = _stat.HasBtime,
            };
        }
    }

    public override Errno SetAttributes(in AttributeChange change)
    {
        var kinds = change.Kinds;
        var error = Errno.None;
        // chown(2) takes set-id bits away, so the mode comes after it; and each change moves times, so they come last.
        if ((kinds & (AttributeKinds.Uid | AttributeKinds.Gid)) != 0)
        {
            error = ChangeOwner(
                (kinds & AttributeKinds.Uid) != 0 ? change.Uid : OwnerMap.Keep,
                (kinds & AttributeKinds.Gid) != 0 ? change.Gid : OwnerMap.Keep);
        }

        if (error == Errno.None && (kinds & AttributeKinds.Size) != 0)
            error = ApplySize(change.Size);
        if (error == Errno.None && (kinds & AttributeKinds.Mode) != 0)
            error = ApplyMode(change.Mode & Mode.Permissions);
        // With a new length the host sets the times itself.
        if (error == Errno.None && (kinds & AttributeKinds.Size) == 0 && (kinds & (AttributeKinds.Atime | AttributeKinds.Mtime)) != 0)
        {
            error = ApplyTimes(
                (kinds & AttributeKinds.Atime) != 0 ? change.Atime : null,
                (kinds & AttributeKinds.Mtime) != 0 ? change.Mtime : null);
        }

        Touched();
        return error;
    }

    /// <summary>Asks the host anew. Where it can't be asked any more, what was heard last stands.</summary>
    public Errno Update()
    {
        var version = Volatile.Read(ref _version);
        var error = Ask(out var stat);
        if (error != Errno.None)
            return error;
        Refresh(stat);
        Heard(version);
        return Errno.None;
    }

    /// <summary>One of its names was removed by a guest.</summary>
    public virtual void LinkRemoved()
    {
        Changed();
        if (AskHandle(out var stat) == Errno.None)
            Refresh(stat);
        else if (Nlink > 0)
            Nlink--;
        if (Nlink == 0)
            SuperBlock.Inodes.Forget(this);
    }

    /// <summary>A guest did something to it: the host's answers from before are worth nothing.</summary>
    public void Touched()
    {
        Changed();
        Update();
    }

    /// <summary>Gives the file another name.</summary>
    public Errno LinkTo(HostDirectory directory, FsName newName)
    {
        var error = Locate(out var lease, out var name, out _);
        if (error != Errno.None)
            return error;
        using (lease)
        {
            error = directory.Lease(out var target);
            if (error != Errno.None)
                return error;
            using (target)
            {
                error = Folders.MakeLink(lease.Handle, name.Span, target.Handle, newName.Span);
                if (error != Errno.None)
                    return error;
            }
        }

        SuperBlock.Names.Entered(directory, newName);
        FoundAt(directory, newName);
        Touched();
        return Errno.None;
    }

    /// <summary>A guest changed the file: whatever thread asks for attributes next is to ask the host.</summary>
    protected void Changed() => Interlocked.Increment(ref _version);

    /// <summary>Leases the directory where the file was seen last, if it is still there: ENOENT else.</summary>
    protected Errno Locate(out HandleLease lease, out FsName name, out HostStat stat)
    {
        stat = default;
        lease = default;
        name = null!;
        if (Place is not { } place)
            return Errno.ENOENT;
        name = place.Name;
        var error = place.Directory.Lease(out lease);
        if (error != Errno.None)
            return error;
        error = Folders.Stat(lease.Handle, name.Span, out stat);
        if (error == Errno.None && IsSameFile(stat))
            return Errno.None;
        lease.Dispose();
        lease = default;
        return error == Errno.None ? Errno.ENOENT : error;
    }

    /// <summary>Asks through an open handle, if there is one: EBADF else.</summary>
    protected virtual Errno AskHandle(out HostStat stat)
    {
        stat = default;
        return Errno.EBADF;
    }

    protected virtual Errno ApplyMode(Mode mode)
    {
        var error = Locate(out var lease, out var name, out _);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeMode(lease.Handle, name.Span, mode);
    }

    /// <summary>In the host's ids.</summary>
    protected virtual Errno ApplyOwner(uint uid, uint gid)
    {
        var error = Locate(out var lease, out var name, out _);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeOwner(lease.Handle, name.Span, uid, gid);
    }

    protected virtual Errno ApplyTimes(Timestamp? atime, Timestamp? mtime)
    {
        var error = Locate(out var lease, out var name, out _);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ChangeTimes(lease.Handle, name.Span, atime, mtime);
    }

    protected virtual Errno ApplySize(long size) => Errno.EINVAL;

    private Errno Ask(out HostStat stat)
    {
        var error = AskHandle(out stat);
        if (error != Errno.EBADF)
            return error;
        error = Locate(out var lease, out _, out stat);
        lease.Dispose();
        return error;
    }

    private Errno ChangeOwner(uint shownUid, uint shownGid)
    {
        var error = Ask(out var now);
        if (error == Errno.None)
            error = SuperBlock.Owners.ToHost(shownUid, shownGid, now, out var uid, out var gid) is not Errno.None and var refused ? refused
                : uid == OwnerMap.Keep && gid == OwnerMap.Keep ? Errno.None
                : ApplyOwner(uid, gid);
        return error;
    }

    private bool IsFresh() =>
        ReferenceEquals(_heard, this) && _heardVersion == Volatile.Read(ref _version) && Stopwatch.GetTimestamp() - _heardAt < Fresh;
}

/// <summary>A name in a directory of the host.</summary>
internal sealed record HostPlace(HostDirectory Directory, FsName Name);
