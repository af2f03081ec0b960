using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A futex: a private one and one that may be shared are two, even on the same word (get_futex_key).</summary>
internal readonly record struct FutexKey(GuestPtr Word, bool IsPrivate);

/// <summary>
/// Who sleeps on which words of an address space (futex(2)). No two processes share memory, so a word belongs to one address space. A word is compared, and a sleeper queued, under one lock, so that no wake in between is lost.
/// </summary>
internal sealed unsafe class FutexTable(GuestMemory memory)
{
    public const uint AnyBit = uint.MaxValue;

    private readonly Lock _lock = new();
    private readonly Dictionary<FutexKey, LinkedList<Sleeper>> _sleepers = [];

    /// <summary>FUTEX_WAIT: sleeps if the word is what is expected.</summary>
    /// <returns>EAGAIN where it is not, ETIMEDOUT, or ERESTARTSYS.</returns>
    public Errno Wait(LinuxTask task, FutexKey futex, uint expected, uint bits, Deadline deadline)
    {
        var sleeper = new Sleeper(futex, bits, task.Tid, ownsOnWake: false);
        using var wait = task.BeginWait(sleeper.Woken);
        lock (_lock)
        {
            if (!memory.TryRead<uint>(futex.Word, out var now))
                return Errno.EFAULT;
            if (now != expected)
                return Errno.EAGAIN;
            Enqueue(sleeper);
        }

        return Sleep(wait, sleeper, deadline);
    }

    /// <summary>FUTEX_WAKE: wakes sleepers whose bits meet, in the order in which they came; one even if none are asked for, as Linux does.</summary>
    /// <returns>EINVAL where one sleeps for the lock itself.</returns>
    public SysResult Wake(FutexKey futex, int count, uint bits)
    {
        lock (_lock)
            return WakeLocked(futex, count, bits);
    }

    /// <summary>FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: wakes some and lets others sleep on another word. Answers how many of both.</summary>
    public SysResult Requeue(FutexKey from, FutexKey to, int wake, int requeue, uint? expected)
    {
        lock (_lock)
        {
            if (expected is { } value)
            {
                if (!memory.TryRead<uint>(from.Word, out var now))
                    return Errno.EFAULT;
                if (now != value)
                    return Errno.EAGAIN;
            }

            if (!_sleepers.TryGetValue(from, out var queue))
                return 0;
            var done = 0;
            for (var node = queue.First; node is not null && done - wake < requeue;)
            {
                var (sleeper, next) = (node.Value, node.Next);
                if (sleeper.OwnsOnWake)
                    return Errno.EINVAL;
                if (++done <= wake)
                {
                    Dequeue(sleeper);
                    sleeper.Finish();
                }
                else if (from != to)
                {
                    Dequeue(sleeper);
                    sleeper.Futex = to;
                    Enqueue(sleeper);
                }

                node = next;
            }

            return done;
        }
    }

    /// <summary>FUTEX_WAKE_OP: changes the second word, wakes on the first, and on the second if its old value passes a test.</summary>
    public SysResult WakeOperation(FutexKey first, FutexKey second, int wakeFirst, int wakeSecond, uint encoded)
    {
        lock (_lock)
        {
            var error = Change(second.Word, encoded, out var passes);
            if (error != Errno.None)
                return error;
            var woken = WakeLocked(first, wakeFirst, AnyBit);
            if (!passes || woken.Value < 0)
                return woken;
            var others = WakeLocked(second, wakeSecond, AnyBit);
            return others.Value < 0 ? others : woken.Value + others.Value;
        }
    }

    /// <summary>FUTEX_LOCK_PI: the word holds the owner's thread number, and whether others wait. Answers EDEADLK, ESRCH, EAGAIN,
    /// ETIMEDOUT, and EINVAL where somebody sleeps there otherwise.</summary>
    public Errno LockOwned(LinuxTask task, FutexKey futex, Deadline deadline, bool onlyTry)
    {
        var sleeper = new Sleeper(futex, AnyBit, task.Tid, ownsOnWake: true);
        using var wait = task.BeginWait(sleeper.Woken);
        lock (_lock)
        {
            while (true)
            {
                if (!memory.TryGetWord(futex.Word, out var word))
                    return Errno.EFAULT;
                ref var target = ref *(uint*)word;
                var now = Volatile.Read(ref target);
                var owner = now & FutexWord.TidMask;
                if (owner == (uint)task.Tid)
                    return Errno.EDEADLK;
                if (First(futex) is { OwnsOnWake: false })
                    return Errno.EINVAL;
                if (owner == 0)
                {
                    var mine = (uint)task.Tid | (now & FutexWord.OwnerDied) | (First(futex) is null ? 0 : FutexWord.Waiters);
                    if (Interlocked.CompareExchange(ref target, mine, now) == now)
                        return Errno.None;
                    continue;
                }

                // Linux marks the word before it looks for the owner, and leaves the mark where it finds none (futex_lock_pi_atomic).
                if (Interlocked.CompareExchange(ref target, now | FutexWord.Waiters, now) != now)
                    continue;
                if (task.Kernel.Pids.FindTask((int)owner) is null)
                    return Errno.ESRCH;
                if (onlyTry)
                    return Errno.EAGAIN;
                break;
            }

            Enqueue(sleeper);
        }

        // Whoever unlocks it makes the first sleeper the owner, so a wake is the lock.
        return Sleep(wait, sleeper, deadline);
    }

    /// <summary>FUTEX_UNLOCK_PI: hands the lock to who has waited longest. EPERM where the caller does not own it.</summary>
    public Errno UnlockOwned(LinuxTask task, FutexKey futex)
    {
        lock (_lock)
        {
            if (!memory.TryGetWord(futex.Word, out var word))
                return Errno.EFAULT;
            ref var target = ref *(uint*)word;
            if ((Volatile.Read(ref target) & FutexWord.TidMask) != (uint)task.Tid)
                return Errno.EPERM;
            if (First(futex) is { OwnsOnWake: false })
                return Errno.EINVAL;
            Pass(futex, ref target, 0);
            return Errno.None;
        }
    }

    /// <summary>A thread ended with a robust lock: whoever gets the lock next learns of it (handle_futex_death).</summary>
    public void OwnerDied(LinuxTask task, GuestPtr address, bool isOwned)
    {
        lock (_lock)
        {
            if (!memory.TryGetWord(address, out var word))
                return;
            ref var target = ref *(uint*)word;
            while (true)
            {
                var now = Volatile.Read(ref target);
                if ((now & FutexWord.TidMask) != (uint)task.Tid)
                    return;
                var shared = new FutexKey(address, IsPrivate: false);
                if (isOwned)
                {
                    var inPrivate = shared with { IsPrivate = true };
                    Pass(First(inPrivate) is { OwnsOnWake: true } ? inPrivate : shared, ref target, FutexWord.OwnerDied);
                    return;
                }

                if (Interlocked.CompareExchange(ref target, (now & FutexWord.Waiters) | FutexWord.OwnerDied, now) != now)
                    continue;
                if ((now & FutexWord.Waiters) != 0)
                    WakeLocked(shared, 1, AnyBit);
                return;
            }
        }
    }

    /// <summary>How many sleep on a word.</summary>
    public int CountSleepers(GuestPtr address)
    {
        lock (_lock)
            return _sleepers.Where(queue => queue.Key.Word == address).Sum(queue => queue.Value.Count);
    }

    private Errno Sleep(Wait wait, Sleeper sleeper, Deadline deadline)
    {
        while (true)
        {
            var outcome = wait.Sleep(deadline);
            lock (_lock)
            {
                if (sleeper.IsFinished)
                    return Errno.None;
                if (outcome == WaitOutcome.Woken)
                    continue;
                Dequeue(sleeper);
            }

            return outcome == WaitOutcome.TimedOut ? Errno.ETIMEDOUT : Restart.ERESTARTSYS;
        }
    }

    private SysResult WakeLocked(FutexKey futex, int count, uint bits)
    {
        if (!_sleepers.TryGetValue(futex, out var queue))
            return 0;
        var woken = 0;
        for (var node = queue.First; node is not null;)
        {
            var (sleeper, next) = (node.Value, node.Next);
            // To be woken would make it the owner (futex_wake).
            if (sleeper.OwnsOnWake)
                return Errno.EINVAL;
            if ((sleeper.Bits & bits) != 0)
            {
                Dequeue(sleeper);
                sleeper.Finish();
                if (++woken >= count)
                    break;
            }

            node = next;
        }

        return woken;
    }

    /// <summary>Gives a lock to its first sleeper, or to nobody.</summary>
    private void Pass(FutexKey futex, ref uint word, uint flags)
    {
        if (First(futex) is not { OwnsOnWake: true } heir)
        {
            Volatile.Write(ref word, flags);
            return;
        }

        Dequeue(heir);
        Volatile.Write(ref word, (uint)heir.Tid | flags | (First(futex) is null ? 0 : FutexWord.Waiters));
        heir.Finish();
    }

    /// <summary>Who has slept longest; null where nobody sleeps.</summary>
    private Sleeper? First(FutexKey futex) => _sleepers.GetValueOrDefault(futex)?.First?.Value;

    private void Enqueue(Sleeper sleeper)
    {
        if (!_sleepers.TryGetValue(sleeper.Futex, out var queue))
            _sleepers.Add(sleeper.Futex, queue = new LinkedList<Sleeper>());
        queue.AddLast(sleeper.Place);
    }

    private void Dequeue(Sleeper sleeper)
    {
        if (sleeper.Place.List is not { } queue)
            return;
        queue.Remove(sleeper.Place);
        if (queue.Count == 0)
            _sleepers.Remove(sleeper.Futex);
    }

    /// <summary>futex_atomic_op_inuser: an operation, its operand, a comparison and its operand, in one word.</summary>
    private Errno Change(GuestPtr address, uint encoded, out bool passes)
    {
        passes = false;
        const uint ShiftOperand = 8;
        var operation = encoded >> 28 & 7;
        var comparison = encoded >> 24 & 15;
        var operand = (int)(encoded << 8) >> 20;
        var compared = (int)(encoded << 20) >> 20;
        if ((encoded >> 28 & ShiftOperand) != 0)
            operand = 1 << (operand & 31);
        if (operation > 4)
            return Errno.ENOSYS;
        if (!memory.TryGetWord(address, out var word))
            return Errno.EFAULT;
        ref var target = ref *(int*)word;
        int old, next;
        do
        {
            old = Volatile.Read(ref target);
            next = operation switch
            {
                0 => operand,
                1 => unchecked(old + operand),
                2 => old | operand,
                3 => old & ~operand,
                _ => old ^ operand,
            };
        }
        while (Interlocked.CompareExchange(ref target, next, old) != old);

        switch (comparison)
        {
            case 0: passes = old == compared; return Errno.None;
            case 1: passes = old != compared; return Errno.None;
            case 2: passes = old < compared; return Errno.None;
            case 3: passes = old <= compared; return Errno.None;
            case 4: passes = old > compared; return Errno.None;
            case 5: passes = old >= compared; return Errno.None;
            default: return Errno.ENOSYS;
        }
    }

    /// <summary>One who waits.</summary>
    private sealed class Sleeper
    {
        public Sleeper(FutexKey futex, uint bits, int tid, bool ownsOnWake)
        {
            Futex = futex;
            Bits = bits;
            Tid = tid;
            OwnsOnWake = ownsOnWake;
            Place = new LinkedListNode<Sleeper>(this);
        }

        public FutexKey Futex { get; set; }

        /// <summary>It sleeps for FUTEX_LOCK_PI.</summary>
        public bool OwnsOnWake { get; }

        public uint Bits { get; }

        public int Tid { get; }

        public LinkedListNode<Sleeper> Place { get; }

        public WaitQueue Woken { get; } = new();

        /// <summary>It was woken for good, not by chance. Guarded by the table's lock.</summary>
        public bool IsFinished { get; private set; }

        public void Finish()
        {
            IsFinished = true;
            Woken.WakeAll();
        }
    }
}
