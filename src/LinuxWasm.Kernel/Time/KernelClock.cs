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
    private readonly PriorityQueue<Timer, long> _monotonic = new();
    private readonly PriorityQueue<Timer, long> _realtime = new();
    private Thread? _thread;
    private bool _disposed;

    /// <summary>Nanoseconds since the kernel started: CLOCK_MONOTONIC and CLOCK_BOOTTIME.</summary>
    public abstract long Monotonic { get; }

    /// <summary>Nanoseconds since 1970-01-01 00:00:00 UTC: CLOCK_REALTIME.</summary>
    public long Realtime => Monotonic + RealtimeOffset;

    /// <summary>What <see cref="Realtime"/> is ahead of <see cref="Monotonic"/>: the moment of the start, as it is now known.</summary>
    public long RealtimeOffset { get; private set; }

    /// <summary>True where time moves by itself.</summary>
    public abstract bool IsReal { get; }

    /// <summary>Sets CLOCK_REALTIME for this kernel; the host's clock is left alone.</summary>
    public void SetRealtime(long nanoseconds)
    {
        RealtimeOffset = nanoseconds - Monotonic;
        Ring();
    }

    public bool HasPassed(Deadline deadline) =>
        !deadline.IsNever && (deadline.IsRealtime ? Realtime : Monotonic) >= deadline.Nanoseconds;

    /// <summary>Has an action run once at a moment, on the clock's own thread. It must be short and must not throw.</summary>
    public Alarm Schedule(Deadline deadline, Action action)
    {
        if (deadline.IsNever)
            return default;
        var timer = new Timer(action);
        lock (_monitor)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (deadline.IsRealtime ? _realtime : _monotonic).Enqueue(timer, deadline.Nanoseconds);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "LinuxWasm clock" };
                _thread.Start();
            }

            Monitor.PulseAll(_monitor);
        }

        return new Alarm(timer);
    }

    internal Alarm WakeAt(Deadline deadline, Waiter waiter) => deadline.IsNever ? default : Schedule(deadline, waiter.Wake);

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
            Monitor.PulseAll(_monitor);
        }

        GC.SuppressFinalize(this);
    }

    private protected void InitialRealtime(long nanoseconds) => RealtimeOffset = nanoseconds;

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
                if (NextDue() is not { } due)
                {
                    Monitor.Wait(_monitor);
                    continue;
                }

                var wait = WaitFor(due.Monotonic);
                if (wait != 0)
                {
                    Monitor.Wait(_monitor, wait);
                    continue;
                }

                due.Queue.Dequeue();
                Monitor.Exit(_monitor);
                try
                {
                    due.Timer.Fire();
                }
                finally
                {
                    Monitor.Enter(_monitor);
                }
            }
        }
    }

    private (PriorityQueue<Timer, long> Queue, Timer Timer, long Monotonic)? NextDue()
    {
        var monotonic = Peek(_monotonic, 0);
        var realtime = Peek(_realtime, RealtimeOffset);
        return realtime is null || monotonic is not null && monotonic.Value.Monotonic <= realtime.Value.Monotonic ? monotonic : realtime;
    }

    private static (PriorityQueue<Timer, long> Queue, Timer Timer, long Monotonic)? Peek(PriorityQueue<Timer, long> queue, long offset)
    {
        while (queue.TryPeek(out var timer, out var nanoseconds))
        {
            if (!timer.IsCancelled)
                return (queue, timer, nanoseconds - offset);
            queue.Dequeue();
        }

        return null;
    }

    internal sealed class Timer(Action action)
    {
        private Action? _action = action;

        public bool IsCancelled => Volatile.Read(ref _action) is null;

        public void Cancel() => Volatile.Write(ref _action, null);

        public void Fire() => Interlocked.Exchange(ref _action, null)?.Invoke();
    }
}

/// <summary>Something that is to ring; disposing of it calls it off.</summary>
public readonly struct Alarm : IDisposable
{
    private readonly KernelClock.Timer? _timer;

    internal Alarm(KernelClock.Timer timer) => _timer = timer;

    public void Dispose() => _timer?.Cancel();
}
