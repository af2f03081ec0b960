using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// The directory's handle: kept while it is used often (<see cref="DirectoryHandles"/>) or a guest has the directory open, else opened again from the parent's.
/// </summary>
internal sealed partial class HostDirectory
{
    /// <summary>How deep a directory may lie. Places that lead in a circle, left behind by moves on the host, end here too.</summary>
    public const int MaxDepth = 65536;

    private readonly Lock _handleLock = new();
    private HostHandle? _handle;
    private int _pins;
    private bool _inRing;
    private volatile bool _handleUsed;

    /// <summary>Its handle, opened where it is not. ENOENT where it is not at its place any more.</summary>
    public Errno Lease(out HandleLease lease) => TryLease(out lease) ? Errno.None : Reopen(out lease);

    /// <summary>A guest opens the directory: it stays reachable until <see cref="Unpin"/>, wherever the host moves it.</summary>
    public Errno Pin()
    {
        while (true)
        {
            lock (_handleLock)
            {
                if (_handle is not null)
                {
                    _pins++;
                    return Errno.None;
                }
            }

            var error = Reopen(out var lease);
            if (error != Errno.None)
                return error;
            lease.Dispose();
        }
    }

    public void Unpin()
    {
        lock (_handleLock)
        {
            if (--_pins == 0 && !_inRing)
                Drop();
        }
    }

    /// <summary>The ring has no room for it any more, or the directory is gone.</summary>
    public void CloseHandle()
    {
        lock (_handleLock)
        {
            _inRing = false;
            // A handle that is only a path must not be believed after a rename, open directory or not.
            if (_pins == 0 || !Folders.HandlesFollowRenames)
                Drop();
        }
    }

    /// <summary>Whether the handle was used since this was asked last.</summary>
    public bool TakeHandleUsedMark()
    {
        var used = _handleUsed;
        _handleUsed = false;
        return used;
    }

    private bool TryLease(out HandleLease lease)
    {
        lock (_handleLock)
        {
            lease = default;
            if (_handle is null)
                return false;
            _handleUsed = true;
            lease = new HandleLease(_handle);
            return true;
        }
    }

    /// <summary>Opens what lies between the nearest ancestor that is open and this directory, one name after the other.</summary>
    private Errno Reopen(out HandleLease lease)
    {
        var closed = new Stack<HostDirectory>();
        var at = this;
        while (!at.TryLease(out lease))
        {
            // The root has no place; its handle goes with the file system.
            if (at.Place is not { } place || closed.Count == MaxDepth)
                return Errno.ESTALE;
            closed.Push(at);
            at = place.Directory;
        }

        while (closed.TryPop(out var directory))
        {
            HandleLease next;
            Errno error;
            using (lease)
                error = directory.OpenFrom(lease.Handle, out next);
            lease = default;
            if (error != Errno.None)
                return error;
            lease = next;
        }

        return Errno.None;
    }

    private Errno OpenFrom(HostHandle parent, out HandleLease lease)
    {
        lease = default;
        if (Place is not { } place)
            return Errno.ESTALE;
        var error = Folders.OpenDirectory(parent, place.Name.Span, out var handle);
        if (error == Errno.None)
        {
            error = Folders.Stat(handle!, out var stat);
            if (error == Errno.None && !IsSameFile(stat))
                error = Errno.ENOENT;
        }

        // Something else stands there now.
        if (error is Errno.ENOTDIR or Errno.ELOOP)
            error = Errno.ENOENT;
        if (error == Errno.None)
            Adopt(handle!, out lease);
        else
            handle?.Dispose();
        return error;
    }

    /// <summary>Keeps a handle, unless somebody else was faster.</summary>
    private void Adopt(HostHandle handle, out HandleLease lease)
    {
        lock (_handleLock)
        {
            if (_handle is null)
            {
                _handle = handle;
                _inRing = true;
            }
            else
            {
                handle.Dispose();
                handle = _handle;
            }

            lease = new HandleLease(handle);
        }

        SuperBlock.Handles.Enter(this);
    }

    private void Drop()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
