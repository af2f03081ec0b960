namespace LinuxWasm.Kernel;

/// <summary>The kernel's own messages, as dmesg(1) shows them: the newest 4096.</summary>
public sealed class KernelLog
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<(long Nanoseconds, string Text)> _messages = new();

    /// <summary>Raised for each message, after it was stored, outside the lock.</summary>
    public event Action<string>? Written;

    public void Write(long monotonicNanoseconds, string text)
    {
        lock (_lock)
        {
            if (_messages.Count == Capacity)
                _messages.Dequeue();
            _messages.Enqueue((monotonicNanoseconds, text));
        }

        Written?.Invoke(text);
    }

    /// <summary>The messages, oldest first, with their moments of CLOCK_MONOTONIC.</summary>
    public IReadOnlyList<(long Nanoseconds, string Text)> Read()
    {
        lock (_lock)
            return [.. _messages];
    }
}
