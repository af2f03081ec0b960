namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>What has come in and was not received yet. Guarded by the socket's lock.</summary>
internal struct UnixMessageQueue
{
    private UnixMessage? _last;

    public UnixMessage? First { get; private set; }

    public int Count { get; private set; }

    public void Append(UnixMessage message)
    {
        if (_last is null)
            First = message;
        else
            _last.Next = message;
        _last = message;
        Count++;
    }

    public UnixMessage RemoveFirst()
    {
        var first = First!;
        First = first.Next;
        first.Next = null;
        if (First is null)
            _last = null;
        Count--;
        return first;
    }

    /// <summary>Empties the queue; gives the first of a chain.</summary>
    public UnixMessage? TakeAll()
    {
        var first = First;
        First = _last = null;
        Count = 0;
        return first;
    }
}
