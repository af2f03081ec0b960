using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Signals that wait to be taken: of one task, or of a process. Guarded by the process's lock.</summary>
internal sealed class PendingSignals
{
    private readonly LinkedList<SignalInfo> _queue = new();

    /// <summary>Every signal of which at least one waits.</summary>
    public SignalSet Set { get; private set; }

    /// <summary>How many are queued with their information: RLIMIT_SIGPENDING bounds them.</summary>
    public int Count => _queue.Count;

    /// <summary>Adds a signal with what goes with it.</summary>
    public void Add(SignalInfo info)
    {
        _queue.AddLast(info);
        Set = Set.With(info.Signal);
    }

    /// <summary>Adds a signal whose information found no room: it arrives, but says nothing.</summary>
    public void AddBare(Signal signal) => Set = Set.With(signal);

    /// <summary>Takes the first of a signal, and leaves further ones of it (real-time signals) waiting.</summary>
    public SignalInfo Take(Signal signal)
    {
        SignalInfo? taken = null;
        var more = false;
        for (var node = _queue.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Signal == signal)
            {
                if (taken is null)
                {
                    taken = node.Value;
                    _queue.Remove(node);
                }
                else
                {
                    more = true;
                    break;
                }
            }

            node = next;
        }

        if (!more)
            Set = Set.Without(signal);
        return taken ?? new SignalInfo(signal, SignalCode.SI_USER);
    }

    /// <summary>True where a timer's signal waits: it is not queued twice.</summary>
    public bool Contains(Time.PosixTimer timer)
    {
        foreach (var info in _queue)
        {
            if (ReferenceEquals(info.Timer, timer))
                return true;
        }

        return false;
    }

    /// <summary>Forgets signals.</summary>
    public void Discard(SignalSet signals)
    {
        if ((Set & signals).IsEmpty)
            return;
        Set &= ~signals;
        for (var node = _queue.First; node is not null;)
        {
            var next = node.Next;
            if (signals.Contains(node.Value.Signal))
                _queue.Remove(node);
            node = next;
        }
    }

    /// <summary>Forgets what a deleted timer sent.</summary>
    public void Discard(Time.PosixTimer timer)
    {
        for (var node = _queue.First; node is not null; node = node.Next)
        {
            if (!ReferenceEquals(node.Value.Timer, timer))
                continue;
            var signal = node.Value.Signal;
            _queue.Remove(node);
            if (!_queue.Any(info => info.Signal == signal))
                Set = Set.Without(signal);
            return;
        }
    }
}
