namespace LinuxWasm.Conformance.Expressions;

internal enum TokenKind
{
    End,
    Number,
    Text,
    Identifier,
    Variable,
    Punctuation,
}

/// <summary>One token of a call or an expression; <see cref="Offset"/> counts characters from the start of the scalar.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, Int128 Number, byte[]? Bytes, int Offset)
{
    public bool Is(string punctuation) => Kind == TokenKind.Punctuation && Text == punctuation;

    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the line",
        TokenKind.Text => "a string",
        _ => $"'{Text}'",
    };
}

/// <summary>An error inside a scalar, at a character offset; the reader of the file turns it into a position.</summary>
internal sealed class ExpressionException(int offset, string problem) : Exception(problem)
{
    public int Offset { get; } = offset;
}
