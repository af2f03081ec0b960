using System.Globalization;
using System.Text;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel;

/// <summary>The kernel's own messages, as dmesg(1) shows them: the newest 4096.</summary>
public sealed class KernelLog
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<(long Nanoseconds, string Text)> _messages = new();
    private long _first;
    private long _cleared;
    private long _read;

    /// <summary>Raised for each message, after it was stored, outside the lock.</summary>
    public event Action<string>? Written;

    /// <summary>Woken for each message.</summary>
    internal WaitQueue Arrivals { get; } = new();

    public void Write(long monotonicNanoseconds, string text)
    {
        lock (_lock)
        {
            if (_messages.Count == Capacity)
            {
                _messages.Dequeue();
                _first++;
            }

            _messages.Enqueue((monotonicNanoseconds, text));
        }

        Arrivals.WakeAll();
        Written?.Invoke(text);
    }

    /// <summary>The messages, oldest first, with their moments of CLOCK_MONOTONIC.</summary>
    public IReadOnlyList<(long Nanoseconds, string Text)> Read()
    {
        lock (_lock)
            return [.. _messages];
    }

    /// <summary>syslog(2)'s text of the messages since the last clearing: the last of them that fit.</summary>
    internal byte[] ReadSinceCleared(int room, bool clear)
    {
        lock (_lock)
        {
            var lines = new Stack<byte[]>();
            foreach (var line in LinesFrom(_cleared).AsEnumerable().Reverse())
            {
                if (line.Length > room)
                    break;
                room -= line.Length;
                lines.Push(line);
            }

            if (clear)
                Clear();
            return [.. lines.SelectMany(static line => line)];
        }
    }

    /// <summary>syslog(2)'s text of what nobody has read yet: the first lines that fit; each is given once.</summary>
    internal byte[] ReadNext(int room)
    {
        lock (_lock)
        {
            var text = new List<byte>();
            foreach (var line in LinesFrom(_read))
            {
                if (text.Count + line.Length > room)
                    break;
                text.AddRange(line);
                _read = Math.Max(_read, _first) + 1;
            }

            return [.. text];
        }
    }

    /// <summary>Bytes that <see cref="ReadNext"/> has not given yet.</summary>
    internal int UnreadLength
    {
        get
        {
            lock (_lock)
                return LinesFrom(_read).Sum(static line => line.Length);
        }
    }

    internal void Clear()
    {
        lock (_lock)
            _cleared = _first + _messages.Count;
    }

    private List<byte[]> LinesFrom(long number)
    {
        const long PerSecond = 1_000_000_000;
        var lines = new List<byte[]>();
        var at = _first;
        foreach (var (nanoseconds, text) in _messages)
        {
            if (at++ < number)
                continue;
            // Severity 6, informational; seconds as printk writes them.
            lines.Add(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"<6>[{nanoseconds / PerSecond,5}.{nanoseconds % PerSecond / 1000:d6}] {text}\n")));
        }

        return lines;
    }
}
