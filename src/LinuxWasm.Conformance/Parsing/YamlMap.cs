using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Where a document stands in its file, so that YAML marks and offsets in scalars become file positions.</summary>
/// <param name="FirstLine">The file's line, counted from 1, on which the document's text begins.</param>
internal sealed record DocumentSource(string File, int FirstLine)
{
    public SourcePosition PositionOf(in Mark mark) => new(File, FirstLine + (int)mark.Line - 1, (int)mark.Column);

    public SourcePosition PositionOf(YamlNode node) => PositionOf(node.Start);

    public CaseFormatException Error(YamlNode node, string problem) => new(PositionOf(node), problem);

    /// <summary>An error inside a scalar; a quoted scalar's text begins one column after its mark.</summary>
    public CaseFormatException Error(YamlScalarNode scalar, ExpressionException error)
    {
        var start = PositionOf(scalar);
        var quoted = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        var oneLine = scalar.Start.Line == scalar.End.Line;
        return new CaseFormatException(oneLine ? start with { Column = start.Column + error.Offset + (quoted ? 1 : 0) } : start, error.Message);
    }

    /// <summary>Where the first character of a scalar's text stands; null where offsets in it are no columns: it is spread over lines or has YAML's escapes.</summary>
    public SourcePosition? StartOf(YamlScalarNode scalar)
    {
        var start = PositionOf(scalar);
        if (scalar.Start.Line != scalar.End.Line || scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
            return null;
        return scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? start with { Column = start.Column + 1 } : start;
    }

    /// <summary>The text of a scalar node.</summary>
    public string Text(YamlNode node, string expected) =>
        node is YamlScalarNode { Value: { } text } ? text : throw Error(node, $"expected {expected}");

    /// <summary>
    /// A plain scalar is an expression; a quoted one is a string, unless it begins with <c>= </c>, as an expression does that has YAML's
    /// own commas and braces in it.
    /// </summary>
    public Expression Expression(YamlNode node, string expected)
    {
        if (node is YamlSequenceNode list)
            return new ListExpression([.. list.Children.Select(item => Expression(item, expected))], 0);
        if (node is not YamlScalarNode scalar || scalar.Value is null)
            throw Error(node, $"expected {expected}");
        if (scalar.Style is not (ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted))
            return Parse(scalar, ExpressionParser.Parse);
        return scalar.Value.StartsWith("= ", StringComparison.Ordinal)
            ? Parse(scalar, static text => ExpressionParser.Parse("  " + text[2..]))
            : new TextExpression(System.Text.Encoding.UTF8.GetBytes(scalar.Value), 0);
    }

    /// <summary>A path or other text: quotes may be left away, and <c>$name</c> is a matrix variable.</summary>
    public Expression TextExpression(YamlNode node, string expected)
    {
        var text = Text(node, expected);
        if (node is YamlScalarNode { Style: ScalarStyle.Plain } scalar
            && (text.StartsWith('$') || text.StartsWith("repeat(", StringComparison.Ordinal) || text.StartsWith("bytes(", StringComparison.Ordinal)))
        {
            return Parse(scalar, ExpressionParser.Parse);
        }

        return new TextExpression(System.Text.Encoding.UTF8.GetBytes(text), 0);
    }

    public T Parse<T>(YamlScalarNode scalar, Func<string, T> parse)
    {
        try
        {
            return parse(scalar.Value ?? "");
        }
        catch (ExpressionException error)
        {
            throw Error(scalar, error);
        }
    }

    public YamlSequenceNode Sequence(YamlNode node, string expected) =>
        node as YamlSequenceNode ?? throw Error(node, $"expected {expected}");

    /// <summary>A sequence, or a single value that stands for a sequence of one.</summary>
    public IEnumerable<YamlNode> OneOrMore(YamlNode node) => node is YamlSequenceNode list ? list.Children : [node];

    public YamlMap Map(YamlNode node, string what, params string[] keys) =>
        node is YamlMappingNode mapping ? new YamlMap(this, mapping, what, keys) : throw Error(node, $"expected {what}: a mapping with {string.Join(", ", keys)}");
}

/// <summary>A mapping whose keys are known: any other key is an error that names those that are expected.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _values = [];
    private readonly string _what;

    public YamlMap(DocumentSource source, YamlMappingNode node, string what, params string[] keys)
    {
        Source = source;
        Node = node;
        _what = what;
        foreach (var (key, value) in node.Children)
        {
            var name = source.Text(key, "a key");
            if (keys.Length > 0 && !keys.Contains(name))
                throw source.Error(key, $"unknown key '{name}' in {what}; expected one of: {string.Join(", ", keys)}");
            _values[name] = value;
        }
    }

    public DocumentSource Source { get; }

    public YamlMappingNode Node { get; }

    public SourcePosition Position => Source.PositionOf(Node);

    public IEnumerable<KeyValuePair<string, YamlNode>> Entries => _values;

    public YamlNode? this[string key] => _values.GetValueOrDefault(key);

    public YamlNode Require(string key, string expected) =>
        this[key] ?? throw Source.Error(Node, $"{_what} needs '{key}': {expected}");

    public string RequireText(string key, string expected) => Source.Text(Require(key, expected), expected);

    public Expression? Expression(string key, string expected) => this[key] is { } node ? Source.Expression(node, expected) : null;

    public Expression? TextExpression(string key, string expected) => this[key] is { } node ? Source.TextExpression(node, expected) : null;

    public bool Flag(string key)
    {
        if (this[key] is not { } node)
            return false;
        return Source.Text(node, "true or false") switch
        {
            "true" => true,
            "false" => false,
            var other => throw Source.Error(node, $"expected true or false, found '{other}'"),
        };
    }
}
