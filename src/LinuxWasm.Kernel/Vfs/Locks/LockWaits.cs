namespace LinuxWasm.Kernel.Vfs.Locks;

/// <summary>Which owner of record locks waits for which, in a whole kernel: a wait that would close a circle is refused (EDEADLK).</summary>
internal sealed class LockWaits
{
    private readonly Lock _lock = new();
    private readonly List<(object Waiter, object Holder)> _waits = [];

    /// <summary>Notes that one owner is going to wait for another; false where that one waits for the first already, over however many others.</summary>
    public bool TryAdd(object waiter, object holder)
    {
        lock (_lock)
        {
            if (WaitsFor(holder, waiter, depth: 0))
                return false;
            _waits.Add((waiter, holder));
            return true;
        }
    }

    public void Remove(object waiter)
    {
        lock (_lock)
        {
            var at = _waits.FindIndex(wait => ReferenceEquals(wait.Waiter, waiter));
            if (at >= 0)
                _waits.RemoveAt(at);
        }
    }

    private bool WaitsFor(object waiter, object holder, int depth)
    {
        // As deep as Linux looks (MAX_DEADLK_ITERATIONS); who builds longer chains waits.
        if (depth > 10)
            return false;
        foreach (var wait in _waits)
        {
            if (ReferenceEquals(wait.Waiter, waiter) && (ReferenceEquals(wait.Holder, holder) || WaitsFor(wait.Holder, holder, depth + 1)))
                return true;
        }

        return false;
    }
}
