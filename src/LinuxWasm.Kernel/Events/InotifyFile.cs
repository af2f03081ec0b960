using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>An inotify instance (inotify(7)): watches, and the events that nobody has read yet.</summary>
internal sealed class InotifyFile(in OpenRequest request) : OpenFile(request, OpenModes.Seek)
{
    /// <summary>/proc/sys/fs/inotify/max_queued_events: then IN_Q_OVERFLOW, and what follows is lost.</summary>
    private const int MaxEvents = 16384;

    /// <summary>/proc/sys/fs/inotify/max_user_watches, here for each instance: ENOSPC.</summary>
    private const int MaxWatches = 1 << 16;

    private const int HeaderSize = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<Inode, InotifyWatch> _byInode = [];
    private readonly Dictionary<int, InotifyWatch> _byDescriptor = [];
    private readonly Queue<Event> _events = new();
    private Event? _last;
    private int _lastDescriptor;

    public override bool HasWrite => false;

    public override bool ReadsVectors => false;

    public override bool CanSignal => true;

    public override WaitQueue Readiness { get; } = new();

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    /// <summary>Watches an inode, or changes what is watched for there. ENOSPC, EEXIST.</summary>
    public SysResult AddWatch(Inode inode, InotifyMask mask)
    {
        const InotifyMask Kept = InotifyMask.IN_ALL_EVENTS | InotifyMask.IN_EXCL_UNLINK | InotifyMask.IN_ONESHOT;
        InotifyWatch watch;
        lock (_lock)
        {
            if (_byInode.TryGetValue(inode, out var known))
            {
                if ((mask & InotifyMask.IN_MASK_CREATE) != 0)
                    return Errno.EEXIST;
                known.Mask = (mask & Kept) | ((mask & InotifyMask.IN_MASK_ADD) != 0 ? known.Mask : InotifyMask.None);
                return known.Descriptor;
            }

            if (_byInode.Count >= MaxWatches)
                return Errno.ENOSPC;
            watch = new InotifyWatch(this, inode, ++_lastDescriptor, mask & Kept);
            _byInode.Add(inode, watch);
            _byDescriptor.Add(watch.Descriptor, watch);
        }

        FileEvents.Add(watch);
        return watch.Descriptor;
    }

    /// <summary>EINVAL where there is no such watch.</summary>
    public Errno RemoveWatch(int descriptor)
    {
        InotifyWatch? watch;
        lock (_lock)
        {
            if (!_byDescriptor.TryGetValue(descriptor, out watch))
                return Errno.EINVAL;
        }

        RemoveWatch(watch);
        return Errno.None;
    }

    /// <summary>Ends a watch, and says so.</summary>
    public void RemoveWatch(InotifyWatch watch)
    {
        lock (_lock)
        {
            if (!_byDescriptor.Remove(watch.Descriptor))
                return;
            _byInode.Remove(watch.Inode);
            Enqueue(new Event(watch.Descriptor, InotifyMask.IN_IGNORED, null, 0));
        }

        FileEvents.Remove(watch);
        Readiness.WakeAll();
    }

    /// <summary>Something happened where a watch is. From any thread, perhaps under inodes' locks.</summary>
    public void Tell(InotifyWatch watch, InotifyMask what, FsName? name, uint cookie)
    {
        if ((watch.Mask & what & InotifyMask.IN_ALL_EVENTS) == 0)
            return;
        lock (_lock)
        {
            if (!_byDescriptor.ContainsKey(watch.Descriptor))
                return;
            Enqueue(new Event(watch.Descriptor, what, name, cookie));
        }

        Readiness.WakeAll();
        if ((watch.Mask & InotifyMask.IN_ONESHOT) != 0)
            RemoveWatch(watch);
    }

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var target = new IoTarget(buffer);
        return Read(ref target, ref position);
    }

    public override SysResult Read(ref IoTarget target, ref long position)
    {
        long total = 0;
        lock (_lock)
        {
            while (_events.TryPeek(out var next))
            {
                if (next.Size > target.Remaining)
                    return total > 0 ? total : Errno.EINVAL;
                // Taken is taken, even if it can't be handed over.
                _events.Dequeue();
                if (!next.TryWrite(ref target))
                    return total > 0 ? total : Errno.EFAULT;
                total += next.Size;
            }

            _last = null;
        }

        return total > 0 ? total : Errno.EAGAIN;
    }

    public override PollEvents Poll()
    {
        lock (_lock)
            return _events.Count > 0 ? PollEvents.POLLIN | PollEvents.POLLRDNORM : PollEvents.None;
    }

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        if (request != Ioctls.FIONREAD)
            return Errno.ENOTTY;
        var bytes = 0;
        lock (_lock)
        {
            foreach (var waiting in _events)
                bytes += waiting.Size;
        }

        return task.Memory.TryWrite(GuestPtr.FromRegister(argument), bytes) ? 0 : Errno.EFAULT;
    }

    protected override void OnRelease()
    {
        InotifyWatch[] watches;
        lock (_lock)
        {
            watches = [.. _byDescriptor.Values];
            _byDescriptor.Clear();
            _byInode.Clear();
        }

        foreach (var watch in watches)
            FileEvents.Remove(watch);
    }

    /// <summary>An event that says the same as the last one that waits is left out. Caller holds the lock.</summary>
    private void Enqueue(Event next)
    {
        if (_last is not null && _last == next)
            return;
        if (_events.Count == MaxEvents)
            next = new Event(-1, InotifyMask.IN_Q_OVERFLOW, null, 0);
        else if (_events.Count > MaxEvents)
            return;
        _events.Enqueue(next);
        _last = next;
    }

    private sealed record Event(int Descriptor, InotifyMask Mask, FsName? Name, uint Cookie)
    {
        public int NameSize => Name is null ? 0 : (Name.Length + HeaderSize) / HeaderSize * HeaderSize;

        public int Size => HeaderSize + NameSize;

        public bool TryWrite(ref IoTarget target)
        {
            Span<byte> bytes = stackalloc byte[Size];
            bytes.Clear();
            var header = new InotifyEventHeader { wd = Descriptor, mask = Mask, cookie = Cookie, len = (uint)NameSize };
            MemoryMarshal.Write(bytes, in header);
            Name?.Span.CopyTo(bytes[HeaderSize..]);
            return target.Write(bytes) == bytes.Length;
        }
    }
}
