using System.Diagnostics;

namespace LinuxWasm.Engine;

/// <summary>
/// memory.atomic.wait and notify: who waits at which address of one memory. <see cref="gate"/> is the only lock held while another
/// is taken: then a waiter's own. No callback runs under either.
/// </summary>
internal sealed class WaitQueues
{
    private const int Woken = 0;
    private const int NotEqual = 1;
    private const int TimedOut = 2;

    private readonly Lock gate = new();
    private readonly Dictionary<nint, LinkedList<Waiter>> queues = [];

    /// <param name="address">Where.</param>
    /// <param name="unchanged">True while the cell holds what the waiter expects.</param>
    /// <param name="nanoseconds">Negative: for ever.</param>
    /// <param name="execution">Whose interrupts end the wait for a while.</param>
    public int Wait(nint address, Func<bool> unchanged, long nanoseconds, Execution execution)
    {
        var waiter = new Waiter();
        LinkedListNode<Waiter> node;
        lock (gate)
        {
            if (!unchanged())
                return NotEqual;
            if (!queues.TryGetValue(address, out var queue))
                queues[address] = queue = [];
            node = queue.AddLast(waiter);
        }

        long start = Stopwatch.GetTimestamp();
        execution.Waiting = waiter;
        try
        {
            while (true)
            {
                if (execution.TakeInterrupt() && execution.Unwinding != UnwindReason.None)
                    return Woken;
                if (waiter.Sleep(nanoseconds, start))
                    return Woken;
                if (nanoseconds >= 0 && Elapsed(start) >= nanoseconds)
                    return TimedOut;
            }
        }
        finally
        {
            execution.Waiting = null;
            lock (gate)
            {
                if (node.List is { } queue)
                {
                    queue.Remove(node);
                    if (queue.Count == 0)
                        queues.Remove(address);
                }
            }
        }
    }

    public int Notify(nint address, uint count)
    {
        int woken = 0;
        lock (gate)
        {
            if (!queues.TryGetValue(address, out var queue))
                return 0;
            while ((uint)woken < count && queue.First is { } node)
            {
                queue.RemoveFirst();
                node.Value.Wake();
                woken++;
            }

            if (queue.Count == 0)
                queues.Remove(address);
        }

        return woken;
    }

    private static double Elapsed(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds;

    internal sealed class Waiter
    {
        private readonly object monitor = new();
        private bool notified;
        private bool disturbed;

        public void Wake()
        {
            lock (monitor)
            {
                notified = true;
                Monitor.Pulse(monitor);
            }
        }

        /// <summary>Lets the waiter look for an interrupt.</summary>
        public void Disturb()
        {
            lock (monitor)
            {
                disturbed = true;
                Monitor.Pulse(monitor);
            }
        }

        /// <summary>Until woken (true), disturbed or out of time.</summary>
        public bool Sleep(long nanoseconds, long start)
        {
            lock (monitor)
            {
                while (!notified && !disturbed)
                {
                    if (nanoseconds < 0)
                    {
                        Monitor.Wait(monitor);
                        continue;
                    }

                    double left = nanoseconds - Elapsed(start);
                    if (left <= 0)
                        break;
                    Monitor.Wait(monitor, TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(left / 1e6), int.MaxValue)));
                }

                disturbed = false;
                return notified;
            }
        }
    }
}
