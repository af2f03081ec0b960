namespace LinuxWasm.Engine;

/// <summary>
/// The frames of a suspended guest. It never changes: it may be resumed any number of times, on the instance it came from or on a
/// <see cref="Instance.Clone"/> of it.
/// </summary>
public sealed class SuspendedStack
{
    internal SuspendedStack(IlInstance instance, Frame[] frames, JumpFrames jumps, GuestExceptions exceptions)
    {
        Instance = instance;
        Frames = frames;
        Jumps = jumps;
        Exceptions = exceptions;
    }

    /// <summary>Frames in it.</summary>
    public int Depth => Frames.Length;

    /// <summary>The function whose call was suspended, outermost; its results are what <see cref="Instance.Resume"/> gives.</summary>
    public FuncType Type => Instance.Module.Functions[Frames[^1].Function];

    /// <summary>What the import that suspended answers when resumed.</summary>
    public FuncType ImportType => Frames[0].CalleeType;

    internal IlInstance Instance { get; }

    /// <summary>Innermost first.</summary>
    internal Frame[] Frames { get; }

    /// <summary>setjmp's live frames.</summary>
    internal JumpFrames Jumps { get; }

    /// <summary>What the frames' exnrefs refer to.</summary>
    internal GuestExceptions Exceptions { get; }

    /// <param name="Function">Index in the module.</param>
    /// <param name="Site">Which of its calls it was in.</param>
    /// <param name="CalleeType">The type of what it called.</param>
    /// <param name="Values">What was live, 16 bytes each.</param>
    internal sealed record Frame(int Function, int Site, FuncType CalleeType, byte[] Values);
}

/// <summary>Tokens of frames that have called setjmp and not returned, outermost first.</summary>
internal sealed class JumpFrames
{
    private readonly List<long> live = [];
    private long next = 1;

    public int Count => live.Count;

    /// <summary>The token of a frame that calls setjmp for the first time.</summary>
    public long Open()
    {
        live.Add(next);
        return next++;
    }

    public bool IsLive(long token) => live.BinarySearch(token) >= 0;

    /// <summary>A frame returns: its token, and those of frames that it called, are no more.</summary>
    public void Close(long token)
    {
        int at = live.BinarySearch(token);
        if (at >= 0)
            live.RemoveRange(at, live.Count - at);
    }

    public void Truncate(int count) => live.RemoveRange(count, live.Count - count);

    public void Save(SnapshotWriter writer)
    {
        writer.U64((ulong)next);
        writer.U32((uint)live.Count);
        foreach (long token in live)
            writer.U64((ulong)token);
    }

    public static JumpFrames Restore(SnapshotReader reader)
    {
        var restored = new JumpFrames { next = (long)reader.U64() };
        uint count = reader.U32();
        long last = 0;
        for (uint i = 0; i < count; i++)
        {
            long token = (long)reader.U64();
            if (token <= last || token >= restored.next)
                throw reader.Wrong($"a token above {last} and below {restored.next}", token);
            restored.live.Add(last = token);
        }

        return restored.next > 0 ? restored : throw reader.Wrong("a next token from 1 on", restored.next);
    }

    public JumpFrames Copy()
    {
        var copy = new JumpFrames { next = next };
        copy.live.AddRange(live);
        return copy;
    }
}
