using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Time;

/// <summary>
/// The clocks of a kernel and everything that rings on them. Two kinds: <see cref="RealClock"/> follows the host, <see cref="VirtualClock"/>
/// stands still while a task runs and jumps to the next timer when all of them sleep.
/// One thread per clock rings the timers, so that no timer's action runs under a lock of whoever set or awaited it.
/// </summary>
public abstract class KernelClock : IDisposable
{
    private readonly object _monitor = new();
    private readonly SortedSet<Timer> _monotonic = new(Timer.Order);
    private readonly SortedSet<Timer> _realtime = new(Timer.Order);
    private Thread? _thread;
    private long _realtimeOffset;
    private long _nextDue = long.MaxValue;
    private long _ringing = long.MaxValue;
    private long _sequence;
    private bool _disposed;

    /// <summary>Nanoseconds since the kernel started: CLOCK_MONOTONIC and CLOCK_BOOTTIME. On a virtual clock each look takes time.</summary>
    public abstract long Monotonic { get; }

    /// <summary>The same without taking time: for the kernel's own accounts.</summary>
    internal abstract long Now { get; }

    /// <summary>Nanoseconds since 1970-01-01 00:00:00 UTC: CLOCK_REALTIME.</summary>
    public long Realtime => Monotonic + RealtimeOffset;

    /// <summary>What <see cref="Realtime"/> is ahead of <see cref="Monotonic"/>: the moment of the start, as it is now known.</summary>
    public long RealtimeOffset
    {
        get => Interlocked.Read(ref _realtimeOffset);
        private set => Interlocked.Exchange(ref _realtimeOffset, value);
    }

    /// <summary>Frequency, offset and status as adjtimex(2) knows them.</summary>
    internal ClockDiscipline Discipline { get; } = new();

    /// <summary>True where time moves by itself.</summary>
    public abstract bool IsReal { get; }

    /// <summary>Woken when CLOCK_REALTIME was set (TFD_TIMER_CANCEL_ON_SET).</summary>
    internal WaitQueue RealtimeSet { get; } = new();

    /// <summary>Sets CLOCK_REALTIME for this kernel; the host's clock is left alone.</summary>
    public void SetRealtime(long nanoseconds)
    {
        lock (_monitor)
        {
            RealtimeOffset = nanoseconds - Monotonic;
            UpdateNextDue();
            Monitor.PulseAll(_monitor);
        }

        RealtimeSet.WakeAll();
    }

    public bool HasPassed(Deadline deadline) =>
        !deadline.IsNever && (deadline.IsRealtime ? Now + RealtimeOffset : Now) >= deadline.Nanoseconds;

    /// <summary>Has an action run once at a moment, on the clock's own thread. It must be short and must not throw.</summary>
    public Alarm Schedule(Deadline deadline, Action action)
    {
        if (deadline.IsNever)
            return default;
        lock (_monitor)
        {
            // A stopped kernel's clock rings no more; tasks that are still on their way out may set timers yet.
            if (_disposed)
                return default;
            var timer = new Timer(this, deadline, ++_sequence, action);
            QueueOf(timer).Add(timer);
            UpdateNextDue();
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "LinuxWasm clock" };
                _thread.Start();
            }

            Monitor.PulseAll(_monitor);
            return new Alarm(timer);
        }
    }

    /// <summary>Host milliseconds that a waiter may sleep on its own before a deadline, or <see cref="Timeout.Infinite"/> where only a timer wakes it.</summary>
    internal virtual int OwnWait(Deadline deadline) => Timeout.Infinite;

    /// <summary>Wakes a waiter at a deadline, unless it wakes itself.</summary>
    internal Alarm WakeAt(Deadline deadline, Waiter waiter) =>
        deadline.IsNever || OwnWait(deadline) != Timeout.Infinite ? default : Schedule(deadline, waiter.Wake);

    /// <summary>
    /// Waits until all that was due by a moment has rung. A waiter that woke itself calls it: on a busy host the clock's thread may be
    /// behind, and no sleep ends before the timers that expired during it. Under no lock.
    /// </summary>
    internal void LetEarlierRing(Deadline deadline)
    {
        var moment = deadline.Nanoseconds - (deadline.IsRealtime ? RealtimeOffset : 0);
        if (NextDueTime > moment && Interlocked.Read(ref _ringing) > moment)
            return;
        lock (_monitor)
        {
            while (!_disposed && (_nextDue <= moment || _ringing <= moment))
                Monitor.Wait(_monitor);
        }
    }

    /// <summary>A task that ran has gone to sleep (or ended).</summary>
    internal virtual void TaskSleeps()
    {
    }

    /// <summary>A task that slept has been woken (or a new one begins).</summary>
    internal virtual void TaskWoke()
    {
    }

    public void Dispose()
    {
        lock (_monitor)
        {
            _disposed = true;
            _monotonic.Clear();
            _realtime.Clear();
            Monitor.PulseAll(_monitor);
        }

        GC.SuppressFinalize(this);
    }

    private protected void InitialRealtime(long nanoseconds) => RealtimeOffset = nanoseconds;

    /// <summary>The moment of <see cref="Monotonic"/> of the next timer. From any thread.</summary>
    private protected long NextDueTime => Interlocked.Read(ref _nextDue);

    /// <summary>Has the clock's thread look again what is due.</summary>
    private protected void Ring()
    {
        lock (_monitor)
            Monitor.PulseAll(_monitor);
    }

    /// <summary>
    /// Host milliseconds to wait before a moment of <see cref="Monotonic"/> is worth looking at again: 0 if it is due now,
    /// <see cref="Timeout.Infinite"/> until <see cref="Ring"/>. Called on the clock's thread, under its lock.
    /// </summary>
    private protected abstract int WaitFor(long monotonic);

    private void Run()
    {
        lock (_monitor)
        {
            while (!_disposed)
            {
                if (Next() is not { } timer)
                {
                    Monitor.Wait(_monitor);
                    continue;
                }

                var wait = WaitFor(DueOf(timer));
                if (wait != 0)
                {
                    Monitor.Wait(_monitor, wait);
                    continue;
                }

                Interlocked.Exchange(ref _ringing, DueOf(timer));
                QueueOf(timer).Remove(timer);
                UpdateNextDue();
                Monitor.Exit(_monitor);
                try
                {
                    timer.Action();
                }
                finally
                {
                    Monitor.Enter(_monitor);
                    Interlocked.Exchange(ref _ringing, long.MaxValue);
                    Monitor.PulseAll(_monitor);
                }
            }
        }
    }

    private SortedSet<Timer> QueueOf(Timer timer) => timer.Deadline.IsRealtime ? _realtime : _monotonic;

    private long DueOf(Timer timer) => timer.Deadline.Nanoseconds - (timer.Deadline.IsRealtime ? RealtimeOffset : 0);

    private Timer? Next()
    {
        var monotonic = _monotonic.Min;
        var realtime = _realtime.Min;
        if (monotonic is null || realtime is null)
            return monotonic ?? realtime;
        return DueOf(monotonic) <= DueOf(realtime) ? monotonic : realtime;
    }

    private void UpdateNextDue() => Interlocked.Exchange(ref _nextDue, Next() is { } timer ? DueOf(timer) : long.MaxValue);

    private void Cancel(Timer timer)
    {
        lock (_monitor)
        {
            if (QueueOf(timer).Remove(timer))
                UpdateNextDue();
        }
    }

    internal sealed class Timer(KernelClock clock, Deadline deadline, long sequence, Action action)
    {
        /// <summary>By moment; those of one moment in the order in which they were set.</summary>
        public static readonly IComparer<Timer> Order = Comparer<Timer>.Create(static (a, b) =>
        {
            var moments = a.Deadline.Nanoseconds.CompareTo(b.Deadline.Nanoseconds);
            return moments != 0 ? moments : a.Sequence.CompareTo(b.Sequence);
        });

        public Deadline Deadline { get; } = deadline;

        public long Sequence { get; } = sequence;

        public Action Action { get; } = action;

        public void Cancel() => clock.Cancel(this);
    }
}

/// <summary>Something that is to ring; disposing of it calls it off. It may be ringing at that moment.</summary>
public readonly struct Alarm : IDisposable
{
    private readonly KernelClock.Timer? _timer;

    internal Alarm(KernelClock.Timer timer) => _timer = timer;

    public void Dispose() => _timer?.Cancel();
}
