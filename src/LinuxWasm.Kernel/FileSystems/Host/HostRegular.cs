using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>A regular file. While a guest has it open, it is reached through the handle, whatever becomes of its names.</summary>
internal sealed class HostRegular(HostSuperBlock superBlock, in HostStat stat) : HostInode(superBlock, stat)
{
    private readonly Lock _handlesLock = new();
    private readonly List<(HostHandle Handle, bool CanWrite)> _handles = [];

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        const OpenFlags Passed = OpenFlags.O_ACCMODE | OpenFlags.O_SYNC | OpenFlags.O_NOATIME;
        file = null;
        var flags = request.Flags & Passed;
        var error = Errno.None;
        var handle = SuperBlock.Newborns.Take(this);
        if (handle is not null && (flags & ~OpenFlags.O_ACCMODE) != 0)
        {
            handle.Dispose();
            handle = null;
        }

        if (handle is null)
            error = OpenHandle(request.Path.Dentry, flags, out handle);
        if (error != Errno.None)
            return error;
        var opened = new HostFile(request, this, handle!);
        lock (_handlesLock)
            _handles.Add((handle!, opened.CanWrite));
        file = opened;
        return Errno.None;
    }

    /// <summary>An open file of it ends, and its handle with it.</summary>
    public void Close(HostHandle handle)
    {
        lock (_handlesLock)
            _handles.RemoveAll(entry => ReferenceEquals(entry.Handle, handle));
        handle.Dispose();
    }

    public override void LinkRemoved()
    {
        base.LinkRemoved();
        if (Nlink == 0)
            SuperBlock.Newborns.Take(this)?.Dispose();
    }

    /// <summary>A guest wrote up to here: truncate(2) compares with the size.</summary>
    public void WrittenTo(long end)
    {
        Changed();
        if (end <= Size)
            return;
        lock (_handlesLock)
        {
            if (end > Size)
                Size = end;
        }
    }

    protected override Errno AskHandle(out HostStat stat)
    {
        stat = default;
        if (!TryLeaseHandle(forWriting: false, out var lease))
            return Errno.EBADF;
        using (lease)
            return Folders.Stat(lease.Handle, out stat);
    }

    protected override Errno ApplyMode(Mode mode)
    {
        if (!TryLeaseHandle(forWriting: false, out var lease))
            return base.ApplyMode(mode);
        using (lease)
            return Folders.ChangeMode(lease.Handle, mode);
    }

    protected override Errno ApplyOwner(uint uid, uint gid)
    {
        if (!TryLeaseHandle(forWriting: false, out var lease))
            return base.ApplyOwner(uid, gid);
        using (lease)
            return Folders.ChangeOwner(lease.Handle, uid, gid);
    }

    protected override Errno ApplyTimes(Timestamp? atime, Timestamp? mtime)
    {
        if (!TryLeaseHandle(forWriting: false, out var lease))
            return base.ApplyTimes(atime, mtime);
        using (lease)
            return Folders.ChangeTimes(lease.Handle, atime, mtime);
    }

    protected override Errno ApplySize(long size)
    {
        if (TryLeaseHandle(forWriting: true, out var lease))
        {
            using (lease)
                return Folders.Truncate(lease.Handle, size);
        }

        var error = Locate(out var directory, out var name, out _);
        if (error != Errno.None)
            return error;
        using (directory)
        {
            error = Folders.OpenFile(directory.Handle, name.Span, OpenFlags.O_WRONLY, out var handle);
            if (error != Errno.None)
                return error;
            using (handle)
            {
                error = CheckIdentity(handle!);
                return error == Errno.None ? Folders.Truncate(handle!, size) : error;
            }
        }
    }

    /// <summary>Opens it by the name that was walked, which is what the guest means, or by the one it was seen at last.</summary>
    private Errno OpenHandle(Dentry dentry, OpenFlags flags, out HostHandle? handle)
    {
        handle = null;
        dentry.GetPlace(out var parent, out var name);
        if (parent.Inode is not HostDirectory directory)
            return Errno.ESTALE;
        var error = directory.Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            error = Folders.OpenFile(lease.Handle, name.Span, flags, out handle);
        if (error == Errno.None)
            error = CheckIdentity(handle!);
        if (error == Errno.None)
            return error;
        handle?.Dispose();
        handle = null;
        return error;
    }

    /// <summary>ESTALE where the host put something else in the file's place since it was found: that must not be opened in its name, least of all a device.</summary>
    private Errno CheckIdentity(HostHandle handle)
    {
        var error = Folders.Stat(handle, out var stat);
        return error == Errno.None && !IsSameFile(stat) ? Errno.ESTALE : error;
    }

    private bool TryLeaseHandle(bool forWriting, out HandleLease lease)
    {
        lock (_handlesLock)
        {
            foreach (var (handle, canWrite) in _handles)
            {
                if (forWriting && !canWrite)
                    continue;
                lease = new HandleLease(handle);
                return true;
            }
        }

        lease = default;
        return false;
    }
}
