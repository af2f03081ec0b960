using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>
/// Files by descriptor and name. Each name is resolved with its own call from the descriptor of its directory, and never followed, so that whatever
/// is renamed or replaced meanwhile, what is reached lies in a directory that was reached from the mounted one. What differs between the systems is abstract.
/// </summary>
internal abstract partial class UnixFolders : IHostFolders
{
    public HostUser User { get; } = new(UnixCalls.Geteuid(), UnixCalls.Getegid(), UnixCalls.Geteuid() == 0);

    public bool HandlesFollowRenames => true;

    /// <summary>Opens a directory to reach what is in it; listing it may be forbidden all the same.</summary>
    protected abstract int DirectoryFlags { get; }

    /// <summary>Opens a directory to read its names.</summary>
    protected abstract int ListingFlags { get; }

    protected abstract int NoFollowFlag { get; }

    protected abstract int RemoveDirectoryFlag { get; }

    public Errno OpenRoot(ReadOnlySpan<byte> path, out HostHandle? root) =>
        Wrap(UnixCalls.Open((byte[])[.. path, 0], DirectoryFlags), out root);

    public Errno OpenDirectory(HostHandle parent, ReadOnlySpan<byte> name, out HostHandle? directory)
    {
        directory = null;
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Wrap(UnixCalls.OpenAt(Fd(parent), path.Terminated, DirectoryFlags | OpenNoFollow), out directory);
    }

    public Errno OpenFile(HostHandle parent, ReadOnlySpan<byte> name, OpenFlags flags, out HostHandle? file)
    {
        file = null;
        var path = new UnixName(name);
        if (path.Error != Errno.None)
            return path.Error;
        var error = Wrap(UnixCalls.OpenAt(Fd(parent), path.Terminated, FileFlags(flags) | OpenNoFollow), out file);
        // Only a file's owner may ask for O_NOATIME; a guest's idea of the owner can differ from the host's.
        if (error == Errno.EPERM && (flags & OpenFlags.O_NOATIME) != 0)
            error = Wrap(UnixCalls.OpenAt(Fd(parent), path.Terminated, FileFlags(flags & ~OpenFlags.O_NOATIME) | OpenNoFollow), out file);
        return error;
    }

    public Errno CreateFile(HostHandle parent, ReadOnlySpan<byte> name, Mode mode, out HostHandle? file)
    {
        file = null;
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Wrap(Create(Fd(parent), path.Terminated, (uint)mode & (uint)Mode.Permissions), out file);
    }

    public abstract Errno Stat(HostHandle handle, out HostStat stat);

    public abstract Errno Stat(HostHandle parent, ReadOnlySpan<byte> name, out HostStat stat);

    public Errno List(HostHandle directory, HostListing listing)
    {
        // A descriptor of its own: the reading position belongs to the open file description.
        var error = Wrap(UnixCalls.OpenAt(Fd(directory), UnixName.Self, ListingFlags), out var copy);
        return error != Errno.None ? error : ReadNames((UnixHandle)copy!, listing);
    }

    public Errno ReadLink(HostHandle parent, ReadOnlySpan<byte> name, out byte[] target)
    {
        const int PathMax = 4096;
        target = [];
        var path = new UnixName(name);
        if (path.Error != Errno.None)
            return path.Error;
        Span<byte> buffer = stackalloc byte[PathMax];
        var length = UnixCalls.ReadLinkAt(Fd(parent), path.Terminated, buffer, PathMax);
        if (length < 0)
            return LastError();
        target = buffer[..(int)length].ToArray();
        return Errno.None;
    }

    public Errno MakeDirectory(HostHandle parent, ReadOnlySpan<byte> name, Mode mode)
    {
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.MkdirAt(Fd(parent), path.Terminated, (uint)mode & (uint)Mode.Permissions));
    }

    public Errno MakeNode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode)
    {
        var path = new UnixName(name);
        if (path.Error != Errno.None)
            return path.Error;
        return mode.Type() == Mode.S_IFIFO
            ? Check(UnixCalls.MkfifoAt(Fd(parent), path.Terminated, (uint)(mode & Mode.Permissions)))
            : MakeNode(Fd(parent), path.Terminated, mode);
    }

    public Errno MakeSymlink(HostHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.SymlinkAt((byte[])[.. target, 0], Fd(parent), path.Terminated));
    }

    public Errno MakeLink(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName)
    {
        var path = new UnixName(name);
        var newPath = new UnixName(newName);
        if (path.Error != Errno.None || newPath.Error != Errno.None)
            return path.Error != Errno.None ? path.Error : newPath.Error;
        // Without AT_SYMLINK_FOLLOW: a link to a symbolic link is one more name of that.
        return Check(UnixCalls.LinkAt(Fd(parent), path.Terminated, Fd(newParent), newPath.Terminated, 0));
    }

    public Errno RemoveLink(HostHandle parent, ReadOnlySpan<byte> name)
    {
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.UnlinkAt(Fd(parent), path.Terminated, 0));
    }

    public Errno RemoveDirectory(HostHandle parent, ReadOnlySpan<byte> name)
    {
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.UnlinkAt(Fd(parent), path.Terminated, RemoveDirectoryFlag));
    }

    public Errno Rename(HostHandle parent, ReadOnlySpan<byte> name, HostHandle newParent, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        var path = new UnixName(name);
        var newPath = new UnixName(newName);
        if (path.Error != Errno.None || newPath.Error != Errno.None)
            return path.Error != Errno.None ? path.Error : newPath.Error;
        return flags == RenameFlags.None
            ? Check(UnixCalls.RenameAt(Fd(parent), path.Terminated, Fd(newParent), newPath.Terminated))
            : RenameWith(Fd(parent), path.Terminated, Fd(newParent), newPath.Terminated, flags);
    }

    public Errno ChangeMode(HostHandle parent, ReadOnlySpan<byte> name, Mode mode)
    {
        // "." is never a link, and older systems know no flags here.
        if (name.IsEmpty)
            return Check(UnixCalls.FchmodAt(Fd(parent), UnixName.Self, (uint)mode, 0));
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.FchmodAt(Fd(parent), path.Terminated, (uint)mode, NoFollowFlag));
    }

    public Errno ChangeOwner(HostHandle parent, ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        if (name.IsEmpty)
            return Check(UnixCalls.FchownAt(Fd(parent), UnixName.Self, uid, gid, 0));
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.FchownAt(Fd(parent), path.Terminated, uid, gid, NoFollowFlag));
    }

    public Errno ChangeTimes(HostHandle parent, ReadOnlySpan<byte> name, Timestamp? atime, Timestamp? mtime)
    {
        if (name.IsEmpty)
            return Check(UnixCalls.UtimensAt(Fd(parent), UnixName.Self, [Spec(atime), Spec(mtime)], 0));
        var path = new UnixName(name);
        return path.Error != Errno.None ? path.Error : Check(UnixCalls.UtimensAt(Fd(parent), path.Terminated, [Spec(atime), Spec(mtime)], NoFollowFlag));
    }

    protected static int Fd(HostHandle handle) => ((UnixHandle)handle).Fd;

    protected Errno Check(int result) => result < 0 ? LastError() : Errno.None;

    /// <summary>What the host's last error is in Linux's numbers.</summary>
    protected Errno LastError() => Translate(Marshal.GetLastPInvokeError());

    protected abstract Errno Translate(int error);

    /// <summary>O_NOFOLLOW for open(2).</summary>
    protected abstract int OpenNoFollow { get; }

    /// <summary>Linux's flags of a regular file's open in the host's numbers, with O_CLOEXEC, O_NOCTTY and O_NONBLOCK.</summary>
    protected abstract int FileFlags(OpenFlags flags);

    /// <summary>openat(2) with O_RDWR, O_CREAT and O_EXCL.</summary>
    protected abstract int Create(int directory, ReadOnlySpan<byte> path, uint mode);

    protected abstract Errno MakeNode(int directory, ReadOnlySpan<byte> path, Mode mode);

    protected abstract Errno RenameWith(int directory, ReadOnlySpan<byte> path, int newDirectory, ReadOnlySpan<byte> newPath, RenameFlags flags);

    /// <summary>The tv_nsec that leaves a time as it is.</summary>
    protected abstract nint OmitTime { get; }

    private UnixCalls.Timespec Spec(Timestamp? time) =>
        time is { } set ? new UnixCalls.Timespec((nint)set.Seconds, (nint)set.Nanoseconds) : new UnixCalls.Timespec(0, OmitTime);

    private Errno Wrap(int fd, out HostHandle? handle)
    {
        handle = fd < 0 ? null : new UnixHandle(fd);
        return fd < 0 ? LastError() : Errno.None;
    }
}
