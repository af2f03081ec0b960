using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// The tasks that wait for one thing: a pipe's data, a child's end, a lock. Whoever changes the thing wakes the queue, after the
/// change and outside the thing's own lock. Lock order: a queue's lock, then a waiter's, or an epoll's list of
/// what is ready and its own queue, which never leads back here; nothing else is taken under them.
/// </summary>
public sealed class WaitQueue
{
    private const PollEvents AnyEvent = (PollEvents)(-1);

    private readonly Lock _lock = new();
    private List<Wakeable>? _waiters;

    /// <summary>True where nobody waits. A moment later it may be otherwise.</summary>
    public bool IsEmpty => Volatile.Read(ref _waiters) is not { Count: > 0 };

    /// <summary>Wakes everybody: each looks again whether what it waits for has come.</summary>
    public void WakeAll() => WakeAll(AnyEvent);

    /// <summary>Wakes everybody whom it may concern.</summary>
    /// <param name="what">What may have come, for those that watch for some of it only.</param>
    public void WakeAll(PollEvents what)
    {
        if (IsEmpty)
            return;
        lock (_lock)
        {
            foreach (var waiter in _waiters!)
                waiter.Wake(what);
        }
    }

    internal void Add(Wakeable waiter)
    {
        lock (_lock)
            (_waiters ??= []).Add(waiter);
    }

    internal void Remove(Wakeable waiter)
    {
        lock (_lock)
            _waiters?.Remove(waiter);
    }
}
