namespace LinuxWasm.Conformance.Cases;

/// <summary>A place in a case file; line and column count from 1.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A case that does not follow the format: where, what is wrong, and what was expected.</summary>
public sealed class CaseFormatException : Exception
{
    public CaseFormatException(SourcePosition position, string problem)
        : base($"{position}: {problem}")
    {
        Position = position;
        Problem = problem;
    }

    public SourcePosition Position { get; }

    public string Problem { get; }
}
