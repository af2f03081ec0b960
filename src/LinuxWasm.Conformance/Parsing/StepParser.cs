using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Steps: either one line, <c>read($fd, &amp;buf, 5) = 5</c>, or a mapping with the same line under <c>call</c>.</summary>
internal sealed class StepParser(DocumentSource source)
{
    internal static readonly string[] Keys =
        ["call", "ret", "errno", "capture", "check", "untouched", "when", "blocks", "after", "signals", "child", "rule", "about"];

    public List<StepSpec> ParseAll(YamlNode node)
    {
        var steps = source.Sequence(node, "a list of steps").Children;
        return steps.Count > 0 ? [.. steps.Select(Parse)] : throw source.Error(node, "expected at least one step");
    }

    /// <summary><c>task.step</c>, steps counted from 1.</summary>
    public StepReference Reference(YamlNode node)
    {
        var text = source.Text(node, "a step such as main.2");
        var dot = text.LastIndexOf('.');
        return dot > 0 && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0
            ? new StepReference(text[..dot], step)
            : throw source.Error(node, $"'{text}' is no step; expected task.number, such as main.2");
    }

    private StepSpec Parse(YamlNode node)
    {
        if (node is YamlScalarNode line)
            return FromLine(line);

        var map = source.Map(node, "a step", Keys);
        var call = map.Require("call", "a system call such as read($fd, &buf, 5) = 5") as YamlScalarNode
            ?? throw source.Error(map["call"]!, "expected a system call such as read($fd, &buf, 5) = 5");
        var step = WithResult(FromLine(call), map);
        return step with
        {
            Captures = Captures(map["capture"], step.Captures),
            Checks = map["check"] is { } checks ? [.. source.OneOrMore(checks).Select(Check)] : [],
            CheckStarts = map["check"] is { } starts ? [.. source.OneOrMore(starts).Select(n => n is YamlScalarNode one ? source.StartOf(one) : null)] : [],
            Untouched = map["untouched"] is { } untouched ? [.. source.OneOrMore(untouched).Select(n => source.Text(n, "the name of a buffer"))] : [],
            When = map.Expression("when", "a condition on the matrix"),
            Blocks = map["blocks"] is not null,
            Until = Until(map["blocks"]),
            After = map["after"] is { } after ? Reference(after) : null,
            Signals = map["signals"] is { } signals ? [.. source.OneOrMore(signals).Select(n => source.Expression(n, "a signal such as SIGUSR1"))] : null,
            Rule = Rule(map["rule"]),
            Child = map["child"] is { } child ? source.Text(child, "the name of a task that is: child") : null,
            Position = map.Position,
        };
    }

    private string? Rule(YamlNode? node)
    {
        if (node is null)
            return null;
        var rule = source.Text(node, "the name of a normalisation rule");
        return Comparison.NormalisationRules.Meanings.ContainsKey(rule)
            ? rule
            : throw source.Error(node, $"there is no rule '{rule}'; expected one of: {string.Join(", ", Comparison.NormalisationRules.Meanings.Keys)}");
    }

    private StepSpec FromLine(YamlScalarNode scalar)
    {
        var parsed = source.Parse(scalar, ExpressionParser.ParseStep);
        var step = new StepSpec
        {
            Call = parsed.Call,
            Relation = parsed.Relation ?? "==",
            Expected = parsed.Expected,
            NoReturn = parsed.NoReturn,
            Text = scalar.Value!,
            Position = source.PositionOf(scalar),
            CallStart = source.StartOf(scalar),
            ResultStart = source.StartOf(scalar),
        };
        return parsed.Expected is NameExpression { Name: "any" } ? step with { Expected = null, AnyResult = true } : step;
    }

    private StepSpec WithResult(StepSpec step, YamlMap map)
    {
        var (ret, errno) = (map["ret"], map["errno"]);
        var node = ret ?? errno;
        if (node is null)
            return step;
        if (ret is not null && errno is not null)
            throw source.Error(errno, "a step has ret or errno, not both");
        if (step.Expected is not null || step.NoReturn || step.AnyResult)
            throw source.Error(node, "the call's line says its result already");
        var expected = source.Expression(node, ret is null ? "the name of an error, or a list of names" : "a result");
        return step with
        {
            Expected = expected,
            ResultStart = node is YamlScalarNode single ? source.StartOf(single) : null,
            Relation = expected is RangeExpression or ListExpression ? "in" : "==",
            Text = $"{step.Text} = {string.Join(" or ", source.OneOrMore(node).Select(n => source.Text(n, "a result")))}",
        };
    }

    private List<(string, Expression)> Captures(YamlNode? node, IReadOnlyList<(string, Expression)> already)
    {
        var captures = new List<(string, Expression)>(already);
        if (node is null)
            return captures;
        foreach (var (name, value) in source.Map(node, "capture").Entries)
        {
            // An expression always, in quotes too: "fds[0]" is how YAML's flow style must write it.
            var scalar = value as YamlScalarNode ?? throw source.Error(value, "expected an expression such as fds[0]");
            captures.Add((name, source.Parse(scalar, ExpressionParser.Parse)));
        }

        return captures;
    }

    private (string, Expression) Check(YamlNode node)
    {
        var scalar = node as YamlScalarNode ?? throw source.Error(node, "expected a condition such as st.st_size == 5");
        return (scalar.Value ?? "", source.Parse(scalar, ExpressionParser.Parse));
    }

    private StepReference? Until(YamlNode? node)
    {
        if (node is null || (node is YamlScalarNode { Value: "true" }))
            return null;
        var map = source.Map(node, "blocks", "until");
        return map["until"] is { } until ? Reference(until) : null;
    }
}
