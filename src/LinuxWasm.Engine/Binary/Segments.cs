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

    /// <param name="definition">Counted from the first function that the module defines.</param>
    public ReadOnlySpan<int> Of(int definition) => calls.AsSpan(starts[definition]..starts[definition + 1]);
}
