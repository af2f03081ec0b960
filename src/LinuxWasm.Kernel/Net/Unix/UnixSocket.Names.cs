using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>What a socket is called, and how others find it (unix_bind, unix_find_other).</summary>
internal sealed partial class UnixSocket
{
    private UnixName? _name;
    private bool _ownsName;

    public UnixName? Name => Volatile.Read(ref _name);

    public override Errno Bind(LinuxTask task, ReadOnlySpan<byte> address)
    {
        if (address.Length == UnixName.PathOffset && UnixName.FamilyOf(address) == AddressFamily.AF_UNIX)
            return BindToAny();
        var error = UnixName.Validate(address);
        if (error != Errno.None)
            return error;
        return UnixName.IsAbstract(address) ? BindAbstract(address) : BindPath(task, UnixName.PathOf(address));
    }

    public override Errno GetName(out byte[] name)
    {
        name = Name?.Address ?? UnixName.None;
        return Errno.None;
    }

    public override Errno GetPeerName(out byte[] name)
    {
        name = Peer?.Name?.Address ?? UnixName.None;
        return Peer is null ? Errno.ENOTCONN : Errno.None;
    }

    private Errno BindToAny()
    {
        lock (Lock)
        {
            if (_name is not null)
                return Errno.None;
            if (Kernel.Net.UnixNames.BindToAny(this) is not { } address)
                return Errno.ENOSPC;
            Take(UnixName.OfAbstract(address));
            return Errno.None;
        }
    }

    private Errno BindAbstract(ReadOnlySpan<byte> address)
    {
        lock (Lock)
        {
            if (_name is not null)
                return Errno.EINVAL;
            if (!Kernel.Net.UnixNames.TryBind(this, address))
                return Errno.EADDRINUSE;
            Take(UnixName.OfAbstract(address));
            return Errno.None;
        }
    }

    /// <summary>The name is made first, and taken away again where the socket has one already.</summary>
    private Errno BindPath(LinuxTask task, ReadOnlySpan<byte> path)
    {
        var caller = new VfsCaller(task);
        var start = task.Fs.WorkingDirectory;
        var error = FileTree.MakeSocket(caller, start, path, out var place);
        if (error != Errno.None)
            return error == Errno.EEXIST ? Errno.EADDRINUSE : error;
        var isBound = false;
        lock (Lock)
        {
            if (_name is null)
            {
                place.Mount.AddUser();
                place.Inode.AddOpen();
                place.Inode.Attachment = this;
                Take(UnixName.OfPath(path, place));
                isBound = true;
            }
        }

        if (isBound)
            return Errno.None;
        FileTree.Unlink(caller, start, path);
        return Errno.EINVAL;
    }

    /// <summary>Caller holds the socket's lock.</summary>
    private void Take(UnixName name)
    {
        _ownsName = true;
        Volatile.Write(ref _name, name);
    }

    /// <summary>The name stays in the tree, but nobody answers to it any more.</summary>
    private void ReleaseName()
    {
        // A connection is called as its listener, but the name is the listener's.
        if (Name is not { } name || !_ownsName)
            return;
        if (name.Place is not { } place)
        {
            Kernel.Net.UnixNames.Unbind(this, name.Address);
            return;
        }

        lock (place.Inode.Lock)
        {
            if (ReferenceEquals(place.Inode.Attachment, this))
                place.Inode.Attachment = null;
        }

        place.Inode.RemoveOpen();
        place.Mount.RemoveUser();
    }

    /// <summary>Who answers to an address: ECONNREFUSED where nobody does, EPROTOTYPE where it is a socket of another type.</summary>
    private Errno Find(LinuxTask task, ReadOnlySpan<byte> address, out UnixSocket? found)
    {
        found = null;
        if (UnixName.IsAbstract(address))
        {
            found = Kernel.Net.UnixNames.Find(Type, address);
            return found is null ? Errno.ECONNREFUSED : Errno.None;
        }

        var error = FileTree.Find(new VfsCaller(task), task.Fs.WorkingDirectory, UnixName.PathOf(address), LookupFlags.Follow, out var place);
        if (error == Errno.None)
            error = FileTree.CheckAccess(place.Inode, task.Credentials, Access.Write);
        if (error != Errno.None)
            return error;
        if (place.Inode.Mode.Type() != Mode.S_IFSOCK || place.Inode.Attachment is not UnixSocket socket || socket._isDead)
            return Errno.ECONNREFUSED;
        if (socket.Type != Type)
            return Errno.EPROTOTYPE;
        found = socket;
        return Errno.None;
    }
}
