using System.Text.RegularExpressions;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Where a document stands in its file, so that YAML marks and offsets in scalars become file positions.</summary>
/// <param name="FirstLine">The file's line, counted from 1, on which the document's text begins.</param>
internal sealed record DocumentSource(string File, int FirstLine)
{
    /// <summary>What the values that were read so far must be; names and numbers are known only when the whole case is.</summary>
    public List<ValueDemand> Values { get; } = [];

    /// <summary>What other parts of the case must be there, for a word that names them.</summary>
    public List<PartDemand> Parts { get; } = [];

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
    public string Text(YamlNode node, string expected)
    {
        if (IsNothing(node))
            throw Error(node, $"expected {expected}, found nothing");
        return node is YamlScalarNode { Value: { } text } ? text : throw Error(node, $"expected {expected}");
    }

    /// <summary>A name as it is written, whatever it would be as a value: null is one, too.</summary>
    public string Label(YamlNode node, string expected) =>
        node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Error(node, $"expected {expected}");

    /// <summary>YAML's null, but for NULL, which is C's.</summary>
    private static bool IsNothing(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" };

    /// <summary>A text of which the form is known.</summary>
    public string Word(YamlNode node, string expected, Regex form)
    {
        var text = Text(node, expected);
        return form.IsMatch(text) ? text : throw Error(node, $"'{text}' is not {expected}");
    }

    /// <summary>An expression whose value must be of a kind, as soon as the row of the matrix and the ABI are known.</summary>
    /// <param name="when">The condition of the step that it belongs to.</param>
    /// <param name="several">A list or a range will do, of which one is to be found.</param>
    public Expression Value(YamlNode node, string name, ValueKind kind, Expression? when = null, bool several = false)
    {
        if (IsNothing(node))
            throw Error(node, $"{name} has no value; expected {kind.Expected}");
        if (node is YamlMappingNode || (node is YamlSequenceNode && (kind.IsText || !several)))
            throw Error(node, $"{name} is a {(node is YamlMappingNode ? "mapping" : "list")}; expected {kind.Expected}");
        if (kind.IsText)
            return Demanded(node, name, TextExpression(node, kind.Expected), kind, when);
        return node is YamlSequenceNode list
            ? new ListExpression([.. list.Children.Select(item => Value(item, name, kind, when, several))], 0)
            : Demanded(node, name, Expression(node, kind.Expected), kind, when, several);
    }

    /// <summary>The same of an expression that has been read already, such as a key.</summary>
    public Expression Demanded(YamlNode node, string name, Expression value, ValueKind kind, Expression? when = null, bool several = false)
    {
        Values.Add(new ValueDemand(name, value, kind, when, several, node is YamlScalarNode scalar ? StartOf(scalar) : null, PositionOf(node)));
        return value;
    }

    /// <summary>A problem that only the whole case shows is told where <paramref name="node"/> stands.</summary>
    public void Demand(YamlNode node, Func<ConformanceCase, string?> problem) => Parts.Add(new PartDemand(problem, PositionOf(node)));

    /// <summary>
    /// A plain scalar is an expression; a quoted one is a string, unless it begins with <c>= </c>, as an expression does that has YAML's
    /// own commas and braces in it.
    /// </summary>
    public Expression Expression(YamlNode node, string expected)
    {
        if (IsNothing(node))
            throw Error(node, $"expected {expected}, found nothing");
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

    /// <summary>The same, where none of them would say nothing.</summary>
    public IEnumerable<YamlNode> AtLeastOne(YamlNode node, string expected) =>
        node is YamlSequenceNode { Children.Count: 0 } ? throw Error(node, $"the list is empty; expected {expected}") : OneOrMore(node);

    public YamlMap Map(YamlNode node, string what, params string[] keys) =>
        node is YamlMappingNode mapping ? new YamlMap(this, mapping, what, keys) : throw Error(node, $"expected {what}: a mapping{(keys.Length == 0 ? "" : " with ")}{string.Join(", ", keys)}");
}

/// <summary>A mapping whose keys are known: any other key is an error that names those that are expected.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _values = [];
    private readonly Dictionary<string, YamlNode> _keys = [];
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
            _keys[name] = key;
        }
    }

    public DocumentSource Source { get; }

    public YamlMappingNode Node { get; }

    public SourcePosition Position => Source.PositionOf(Node);

    public IEnumerable<KeyValuePair<string, YamlNode>> Entries => _values;

    public YamlNode? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Where the key itself stands, which must be there.</summary>
    public YamlNode KeyNode(string key) => _keys[key];

    public Expression? Value(string key, ValueKind kind) => this[key] is { } node ? Source.Value(node, key, kind) : null;

    public YamlNode Require(string key, string expected) =>
        this[key] ?? throw Source.Error(Node, $"{_what} needs '{key}': {expected}");

    public string RequireText(string key, string expected) => Source.Text(Require(key, expected), expected);

    public Expression? Expression(string key, string expected) => this[key] is { } node ? Source.Expression(node, expected) : null;
}
