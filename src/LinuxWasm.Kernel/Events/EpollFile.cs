using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>
/// An epoll instance (epoll(7); Linux's fs/eventpoll.c). Files tell it of changes through their wait queues, and it looks at those files only; a
/// level-triggered one stays in the list until a look finds nothing.
/// <para>
/// Lock order: <see cref="_items"/> of an instance, those of instances that it watches, the locks of files; and under a file's wait queue
/// <see cref="_ready"/> and this instance's own queue. Who holds <see cref="_ready"/> joins no queue.
/// </para>
/// </summary>
internal sealed class EpollFile(in OpenRequest request) : OpenFile(request, OpenModes.Seek)
{
    /// <summary>EP_MAX_NESTS: epolls that watch epolls.</summary>
    public const int MaxNesting = 4;

    /// <summary>What one instance may watch, so that a guest can't fill memory: ENOSPC.</summary>
    private const int MaxItems = 1 << 18;

    private readonly Dictionary<(OpenFile File, int Fd), EpollItem> _items = [];
    private readonly LinkedList<EpollItem> _ready = [];

    public override WaitQueue Readiness { get; } = new();

    public override Errno Sync(bool dataOnly) => Errno.EINVAL;

    /// <summary>It has requests of its own since Linux 6.9 (EPIOCSPARAMS), and what it does not know is EINVAL to it.</summary>
    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument) => Errno.EINVAL;

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    public override bool HasRead => false;

    public override bool HasWrite => false;

    public override PollEvents Poll()
    {
        lock (_items)
        {
            for (var left = ReadyCount(); left > 0 && TryTakeReady(out var item); left--)
            {
                if (item.Poll() == EpollEvents.None)
                    continue;
                MarkReadyQuietly(item);
                return PollEvents.POLLIN | PollEvents.POLLRDNORM;
            }

            return PollEvents.None;
        }
    }

    public Errno Add(OpenFile file, int fd, EpollEvents events, ulong data)
    {
        EpollItem item;
        lock (_items)
        {
            if (_items.ContainsKey((file, fd)))
                return Errno.EEXIST;
            if (_items.Count >= MaxItems)
                return Errno.ENOSPC;
            item = new EpollItem(this, file, fd) { Events = events | EpollEvents.EPOLLERR | EpollEvents.EPOLLHUP, Data = data };
            _items.Add((file, fd), item);
            file.AddWatcher(item);
        }

        // First the queue, then the look: what comes in between is told twice rather than not at all.
        file.Readiness?.Add(item);
        MarkReadyIfSo(item);
        return Errno.None;
    }

    public Errno Modify(OpenFile file, int fd, EpollEvents events, ulong data)
    {
        EpollItem? item;
        lock (_items)
        {
            if (!_items.TryGetValue((file, fd), out item))
                return Errno.ENOENT;
            if ((item.Events & EpollEvents.EPOLLEXCLUSIVE) != 0)
                return Errno.EINVAL;
            item.Events = events | EpollEvents.EPOLLERR | EpollEvents.EPOLLHUP;
            item.Data = data;
        }

        MarkReadyIfSo(item);
        return Errno.None;
    }

    public Errno Remove(OpenFile file, int fd)
    {
        EpollItem? item;
        lock (_items)
        {
            if (!_items.TryGetValue((file, fd), out item))
                return Errno.ENOENT;
        }

        file.RemoveWatcher(item);
        Remove(item);
        return Errno.None;
    }

    /// <summary>Takes an item out; its file's list of watchers is the caller's.</summary>
    public void Remove(EpollItem item)
    {
        lock (_items)
            _items.Remove((item.File, item.Fd));
        item.File.Readiness?.Remove(item);
        lock (_ready)
        {
            item.IsRemoved = true;
            if (item.IsQueued)
                _ready.Remove(item);
            item.IsQueued = false;
        }
    }

    /// <summary>
    /// Hands out what is ready, at most so many.
    /// </summary>
    /// <param name="most">At least 1.</param>
    /// <param name="store">Stores an event at an index; false where it can't (EFAULT).</param>
    /// <returns>How many; EFAULT only where the first can't be stored.</returns>
    public Syscalls.SysResult Harvest<T>(int most, in T store)
        where T : struct, IEventStore, allows ref struct
    {
        lock (_items)
        {
            var stored = 0;
            for (var left = ReadyCount(); left > 0 && stored < most && TryTakeReady(out var item); left--)
            {
                var events = item.Poll();
                if (events == EpollEvents.None)
                    continue;
                if (!store.TryStore(stored, events, item.Data))
                {
                    MarkReadyQuietly(item);
                    return stored > 0 ? stored : Errno.EFAULT;
                }

                stored++;
                if ((item.Events & EpollEvents.EPOLLONESHOT) != 0)
                    item.Events &= EpollEvents.Private;
                else if ((item.Events & EpollEvents.EPOLLET) == 0)
                    MarkReadyQuietly(item);
            }

            return stored;
        }
    }

    /// <summary>A file says that something changed. Called under its wait queue's lock.</summary>
    internal void MarkReady(EpollItem item)
    {
        if (!item.IsDisabled && MarkReadyQuietly(item))
            Readiness.WakeAll();
    }

    /// <summary>True where watching <paramref name="target"/> would close a circle or nest too deep (ELOOP). Caller holds the kernel's lock on nesting.</summary>
    internal bool WouldLoop(EpollFile target)
    {
        var below = DepthBelow(target, this, 0);
        return below < 0 || below + 1 + DepthAbove(this, 0) > MaxNesting;
    }

    protected override void OnRelease()
    {
        EpollItem[] items;
        lock (_items)
            items = [.. _items.Values];
        foreach (var item in items)
        {
            item.File.RemoveWatcher(item);
            Remove(item);
        }
    }

    private static int DepthBelow(EpollFile file, EpollFile sought, int depth)
    {
        if (ReferenceEquals(file, sought) || depth > MaxNesting)
            return -1;
        EpollFile[] watched;
        lock (file._items)
            watched = [.. file._items.Values.Select(item => item.File).OfType<EpollFile>()];
        var deepest = 0;
        foreach (var next in watched)
        {
            var below = DepthBelow(next, sought, depth + 1);
            if (below < 0)
                return -1;
            deepest = Math.Max(deepest, below + 1);
        }

        return deepest;
    }

    private static int DepthAbove(EpollFile file, int depth)
    {
        if (depth > MaxNesting)
            return depth;
        var highest = 0;
        foreach (var item in file.Watchers)
            highest = Math.Max(highest, 1 + DepthAbove(item.Epoll, depth + 1));
        return highest;
    }

    private void MarkReadyIfSo(EpollItem item)
    {
        if (item.Poll() != EpollEvents.None)
            MarkReady(item);
    }

    /// <summary>False where it stood in the list already or is gone.</summary>
    private bool MarkReadyQuietly(EpollItem item)
    {
        lock (_ready)
        {
            if (item.IsQueued || item.IsRemoved)
                return false;
            item.IsQueued = true;
            _ready.AddLast(item);
            return true;
        }
    }

    private int ReadyCount()
    {
        lock (_ready)
            return _ready.Count;
    }

    private bool TryTakeReady([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EpollItem? item)
    {
        lock (_ready)
        {
            item = _ready.First?.Value;
            if (item is null)
                return false;
            _ready.RemoveFirst();
            item.IsQueued = false;
            return true;
        }
    }
}

/// <summary>Where epoll_wait(2)'s events go.</summary>
internal interface IEventStore
{
    bool TryStore(int index, EpollEvents events, ulong data);
}
