using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;
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
        if (dot <= 0 || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step == 0)
            throw source.Error(node, $"'{text}' is no step; expected task.number, such as main.2");
        var reference = new StepReference(text[..dot], step);
        source.Demand(node, one => Missing(one, reference));
        return reference;
    }

    private static string? Missing(ConformanceCase one, StepReference reference)
    {
        if (one.Tasks.FirstOrDefault(t => t.Name == reference.Task) is not { } task)
            return $"there is no task '{reference.Task}'{NearNames.Hint(reference.Task, one.Tasks.Select(t => t.Name))}";
        return reference.Step > task.Steps.Count ? $"task '{reference.Task}' has only {task.Steps.Count} steps" : null;
    }

    private StepSpec Parse(YamlNode node)
    {
        if (node is YamlScalarNode line)
            return FromLine(line);

        var map = source.Map(node, "a step", Keys);
        var call = map.Require("call", "a system call such as read($fd, &buf, 5) = 5") as YamlScalarNode
            ?? throw source.Error(map["call"]!, "expected a system call such as read($fd, &buf, 5) = 5");
        var when = map.Expression("when", "a condition on the matrix");
        var step = WithResult(FromLine(call, when), map, when);
        if (map["about"] is { } about)
            source.Text(about, "a line for who reads the case");
        return step with
        {
            Captures = Captures(map["capture"], step.Captures, when),
            Checks = map["check"] is { } checks ? [.. source.AtLeastOne(checks, "a condition").Select(Check)] : [],
            CheckStarts = map["check"] is { } starts ? [.. source.OneOrMore(starts).Select(n => n is YamlScalarNode one ? source.StartOf(one) : null)] : [],
            Untouched = map["untouched"] is { } untouched ? [.. source.AtLeastOne(untouched, "the name of a buffer").Select(Buffer)] : [],
            When = when,
            WhenPosition = map["when"] is { } condition ? source.PositionOf(condition) : null,
            Blocks = map["blocks"] is not null,
            Until = Until(map["blocks"]),
            After = map["after"] is { } after ? Reference(after) : null,
            Signals = map["signals"] is { } signals ? [.. source.OneOrMore(signals).Select(n => source.Value(n, "signals", ValueKind.Signal, when))] : null,
            Rule = Rule(map["rule"]),
            Child = map["child"] is { } child ? Child(child) : null,
            Position = map.Position,
        };
    }

    private string Buffer(YamlNode node)
    {
        var name = source.Text(node, "the name of a buffer");
        source.Demand(node, one => one.Buffers.Any(b => b.Name == name) ? null : $"untouched: there is no buffer '{name}'{NearNames.Hint(name, one.Buffers.Select(b => b.Name))}");
        return name;
    }

    private string Child(YamlNode node)
    {
        var name = source.Text(node, "the name of a task that is: child");
        source.Demand(node, one => one.Tasks.FirstOrDefault(t => t.Name == name)?.Origin == TaskOrigin.Child ? null : $"child: there is no task '{name}' with is: child");
        return name;
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

    private StepSpec FromLine(YamlScalarNode scalar, Expression? when = null)
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
        if (parsed.Expected is NameExpression { Name: "any" })
            return step with { Expected = null, AnyResult = true };
        if (parsed.Expected is not null)
            source.Demanded(scalar, "result", parsed.Expected, ValueKind.Result, when, several: true);
        return step;
    }

    private StepSpec WithResult(StepSpec step, YamlMap map, Expression? when)
    {
        var (ret, errno) = (map["ret"], map["errno"]);
        var node = ret ?? errno;
        if (node is null)
            return step;
        if (ret is not null && errno is not null)
            throw source.Error(errno, "a step has ret or errno, not both");
        if (step.Expected is not null || step.NoReturn || step.AnyResult)
            throw source.Error(node, "the call's line says its result already");
        if (ret is null)
            source.AtLeastOne(node, "the name of an error");
        var expected = source.Value(node, ret is null ? "errno" : "ret", ValueKind.Result, when, several: true);
        if (errno is not null)
            CheckErrors(errno, expected);
        return step with
        {
            Expected = expected,
            ResultStart = node is YamlScalarNode single ? source.StartOf(single) : null,
            Relation = expected is RangeExpression or ListExpression ? "in" : "==",
            Text = $"{step.Text} = {string.Join(" or ", source.OneOrMore(node).Select(n => source.Text(n, "a result")))}",
        };
    }

    /// <summary>An error is told by its name: a number there would be taken for a result.</summary>
    private void CheckErrors(YamlNode node, Expression expected)
    {
        var names = source.AtLeastOne(node, "the name of an error").Zip(expected is ListExpression list ? list.Items : [expected]);
        foreach (var (item, value) in names)
        {
            if (value is not VariableExpression && (value is not NameExpression name || ConstantTable.FindErrno(name.Name) is null))
                throw source.Error(item, $"errno: '{item}' is no error; expected a name such as ENOENT{NearNames.Hint(item.ToString(), Enum.GetNames<Abi.Errno>())}");
        }
    }

    private List<(string, Expression)> Captures(YamlNode? node, IReadOnlyList<(string, Expression)> already, Expression? when)
    {
        var captures = new List<(string, Expression)>(already);
        if (node is null)
            return captures;
        var map = source.Map(node, "capture");
        foreach (var (name, value) in map.Entries)
        {
            source.Word(map.KeyNode(name), Forms.NameExpected, Forms.Name);
            // An expression always, in quotes too: "fds[0]" is how YAML's flow style must write it.
            var scalar = value as YamlScalarNode ?? throw source.Error(value, "expected an expression such as fds[0]");
            captures.Add((name, source.Demanded(scalar, "capture", source.Parse(scalar, ExpressionParser.Parse), ValueKind.Any, when)));
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
        return Reference(map.Require("until", "the step that it sleeps until, such as reader.1"));
    }
}
