using LinuxWasm.Engine.Caching;

namespace LinuxWasm.Engine.Binary;

/// <summary>A constant expression, already validated: where its code stands, its end byte included.</summary>
internal readonly record struct ConstExpr(int Start, int End);

internal enum SegmentMode : byte
{
    Active,
    Passive,

    /// <summary>Elements only: declares functions that code may refer to.</summary>
    Declarative,
}

/// <summary>A data segment: bytes of the module.</summary>
internal sealed record DataSegment(SegmentMode Mode, int Memory, ConstExpr Offset, int Start, int Length);

/// <summary>An element segment: function indexes or, where <see cref="Expressions"/> is not null, expressions.</summary>
internal sealed record ElementSegment(SegmentMode Mode, int Table, ConstExpr Offset, ValType Type, int[] Functions, ConstExpr[]? Expressions)
{
    public int Length => Expressions?.Length ?? Functions.Length;
}

/// <summary>A function's code: from its local declarations to its end byte.</summary>
internal readonly record struct FunctionBody(int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>Which function calls what: function indexes, and complements of type indexes for calls through tables.</summary>
internal sealed class CallGraph(int[] calls, int[] starts)
{
    public static readonly CallGraph Empty = new([], [0]);

    public void Write(ByteWriter to)
    {
        to.U32(starts.Length);
        for (int i = 1; i < starts.Length; i++)
            to.U32(starts[i] - starts[i - 1]);
        to.U32(calls.Length);
        foreach (int call in calls)
            to.U32((call << 1) ^ (call >> 31));
    }

    /// <exception cref="WasmFormatException">It is cut short.</exception>
    public static CallGraph Read(ref ByteReader from)
    {
        int[] starts = new int[from.Count("functions")];
        for (int i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + (int)from.U32();
        int[] calls = new int[from.Count("calls")];
        for (int i = 0; i < calls.Length; i++)
        {
            uint zigzag = from.U32();
            calls[i] = (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
        }

        return new CallGraph(calls, starts);
    }

    /// <param name="definition">Counted from the first function that the module defines.</param>
    public ReadOnlySpan<int> Of(int definition) => calls.AsSpan(starts[definition]..starts[definition + 1]);
}
