using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs.Locks;

/// <summary>
/// The locks on one inode (Linux's file_lock_context): record locks of processes and of open file descriptions, and the whole-file locks of flock(2), which
/// know nothing of each other. Lock order: <see cref="_lock"/>, then <see cref="LockWaits"/>; wakes are made outside both.
/// </summary>
internal sealed class FileLocks
{
    /// <summary>What one file may have, so that a guest can't fill memory with them: ENOLCK.</summary>
    private const int MaxRecords = 1 << 16;

    private readonly Lock _lock = new();

    /// <summary>By first byte. Those of one owner neither overlap nor, if of one type, touch.</summary>
    private readonly List<RecordLock> _records = [];

    private readonly List<(OpenFile Owner, LockType Type)> _whole = [];

    /// <summary>Woken when a lock was given up or made weaker.</summary>
    public WaitQueue Changed { get; } = new();

    /// <summary>The first lock that stands in a lock's way. Asked with F_UNLCK: the owner's own first lock there.</summary>
    public bool TryFindConflict(in RecordLock asked, out RecordLock found)
    {
        lock (_lock)
            return TryFindConflictLocked(asked, out found);
    }

    /// <summary>
    /// Takes, changes or gives up a record lock (posix_lock_inode). EAGAIN where another's stands in the way.
    /// </summary>
    /// <param name="asked">The lock; F_UNLCK gives up.</param>
    /// <param name="waits">Where the caller is going to wait: who waits for whom. EDEADLK where that would never end.</param>
    /// <param name="noted">The caller is noted there, and takes himself out again when he has waited.</param>
    public Errno Set(in RecordLock asked, LockWaits? waits, out bool noted)
    {
        bool weakened;
        noted = false;
        lock (_lock)
        {
            if (asked.Type != LockType.F_UNLCK && TryFindConflictLocked(asked, out var conflict))
            {
                // Open file descriptions may be many processes': no cycle can be told from one that somebody else will break.
                if (waits is null || asked.IsOfFile || conflict.IsOfFile)
                    return Errno.EAGAIN;
                noted = waits.TryAdd(asked.Owner, conflict.Owner);
                return noted ? Errno.EAGAIN : Errno.EDEADLK;
            }

            if (_records.Count + 2 > MaxRecords && asked.Type != LockType.F_UNLCK)
                return Errno.ENOLCK;
            weakened = Store(asked);
        }

        if (weakened)
            Changed.WakeAll();
        return Errno.None;
    }

    /// <summary>An owner is gone from this file (locks_remove_posix): all its record locks go.</summary>
    public void RemoveRecords(object owner)
    {
        int removed;
        lock (_lock)
            removed = _records.RemoveAll(held => ReferenceEquals(held.Owner, owner));
        if (removed > 0)
            Changed.WakeAll();
    }

    /// <summary>flock(2). EAGAIN where another's lock stands in the way; a lock of the other type is then lost already, as on Linux.</summary>
    public Errno SetWhole(OpenFile owner, LockType type)
    {
        var error = Errno.None;
        bool removed;
        lock (_lock)
        {
            var mine = _whole.FindIndex(held => ReferenceEquals(held.Owner, owner));
            if (mine >= 0 && _whole[mine].Type == type)
                return Errno.None;
            removed = mine >= 0;
            if (removed)
                _whole.RemoveAt(mine);
            if (type != LockType.F_UNLCK)
            {
                if (_whole.Count > 0 && (type == LockType.F_WRLCK || _whole[0].Type == LockType.F_WRLCK))
                    error = Errno.EAGAIN;
                else
                    _whole.Add((owner, type));
            }
        }

        if (removed)
            Changed.WakeAll();
        return error;
    }

    private bool TryFindConflictLocked(in RecordLock asked, out RecordLock found)
    {
        foreach (var held in _records)
        {
            var matches = asked.Type == LockType.F_UNLCK
                ? ReferenceEquals(held.Owner, asked.Owner) && held.Overlaps(asked)
                : held.ConflictsWith(asked);
            if (matches)
            {
                found = held;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Cuts the range out of the owner's locks, joins what touches it, and puts it in. True where somebody may have waited for what went.</summary>
    private bool Store(RecordLock asked)
    {
        var weakened = false;
        for (var i = _records.Count - 1; i >= 0; i--)
        {
            var held = _records[i];
            if (!ReferenceEquals(held.Owner, asked.Owner))
                continue;
            if (held.Type == asked.Type && Touches(held, asked))
            {
                asked = asked with { Start = Math.Min(held.Start, asked.Start), End = Math.Max(held.End, asked.End) };
                _records.RemoveAt(i);
            }
            else if (held.Type != asked.Type && held.Overlaps(asked))
            {
                weakened |= asked.Type != LockType.F_WRLCK;
                _records.RemoveAt(i);
                if (held.Start < asked.Start)
                    Insert(held with { End = asked.Start - 1 });
                if (held.End > asked.End)
                    Insert(held with { Start = asked.End + 1 });
            }
        }

        if (asked.Type != LockType.F_UNLCK)
            Insert(asked);
        return weakened;
    }

    private static bool Touches(in RecordLock one, in RecordLock other) =>
        one.Overlaps(other) || (one.End != long.MaxValue && one.End + 1 == other.Start) || (other.End != long.MaxValue && other.End + 1 == one.Start);

    private void Insert(in RecordLock record)
    {
        var start = record.Start;
        var at = _records.FindIndex(held => held.Start > start);
        _records.Insert(at < 0 ? _records.Count : at, record);
    }
}
