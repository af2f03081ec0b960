using LinuxWasm.Kernel.Events;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>The epoll instances that watch a file. They hold no reference to it: when its last descriptor is closed, it leaves them (epoll(7)).</summary>
public abstract partial class OpenFile
{
    private List<EpollItem>? _watchers;

    /// <summary>It has something to poll for; epoll_ctl(2) refuses others with EPERM.</summary>
    public virtual bool CanPoll => Readiness is not null;

    internal IReadOnlyList<EpollItem> Watchers
    {
        get
        {
            if (Volatile.Read(ref _watchers) is not { } watchers)
                return [];
            lock (watchers)
                return [.. watchers];
        }
    }

    internal void AddWatcher(EpollItem item)
    {
        var watchers = Volatile.Read(ref _watchers) ?? Interlocked.CompareExchange(ref _watchers, [], null) ?? _watchers;
        lock (watchers)
            watchers.Add(item);
    }

    internal void RemoveWatcher(EpollItem item)
    {
        if (Volatile.Read(ref _watchers) is not { } watchers)
            return;
        lock (watchers)
            watchers.Remove(item);
    }

    private void ForgetWatchers()
    {
        foreach (var item in Watchers)
            item.Epoll.Remove(item);
    }
}
