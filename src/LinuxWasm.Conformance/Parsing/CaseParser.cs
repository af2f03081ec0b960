using System.Globalization;
using System.Text.RegularExpressions;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Turns one YAML document into a case. What the keys mean is in conformance/README.md; the schema lists the same keys.</summary>
internal sealed class CaseParser(DocumentSource source)
{
    /// <summary>The keys of a case, as the schema must have them too.</summary>
    internal static readonly string[] Keys =
        ["id", "about", "man", "tags", "requires", "matrix", "table", "setup", "as", "buffers", "steps", "tasks", "end", "oracle"];

    internal static readonly string[] IdentityKeys = ["uid", "gid", "groups", "umask", "caps", "limits", "cwd"];

    internal static readonly string[] Features = ["proc", "ids", "threads", "tty", "pidfd"];

    private readonly StepParser _steps = new(source);
    private readonly SetupParser _setup = new(source);

    /// <summary>The case; where it has a table, one case for each of its rows.</summary>
    public IReadOnlyList<ConformanceCase> Parse(YamlNode root)
    {
        var map = source.Map(root, "a case", Keys);
        var id = map.RequireText("id", "family and promise, such as open/missing");
        if (id.Length == 0 || !id.Contains('/') || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '_' or '.')))
            throw source.Error(map["id"]!, $"'{id}' is no id; expected family/promise of letters, digits, '-', '_' and '.'");

        var parsed = new ConformanceCase
        {
            Id = id,
            About = map.RequireText("about", "one line that says what Linux promises"),
            Man = Words(map["man"], "a manual page such as pipe(7)", Forms.ManualPage),
            Tags = Words(map["tags"], "a tag of letters, digits, '-', '_' and '.'", Forms.Tag),
            Requires = ParseRequirements(map["requires"]),
            Matrix = ParseMatrix(map["matrix"]),
            Setup = _setup.Parse(map["setup"]),
            Identity = ParseIdentity(map["as"]) ?? new Identity(),
            Buffers = ParseBuffers(map["buffers"]),
            Tasks = ParseTasks(map),
            End = new EndStateParser(source).Parse(map["end"]),
            Documented = ParseOracle(map["oracle"]),
            Position = map.Position,
            Document = map.Position,
        };
        IReadOnlyList<ConformanceCase> cases = map["table"] is { } table ? new TableParser(source).Rows(parsed, table) : [parsed];
        foreach (var one in cases)
            new CaseValidator(one, source.Values, source.Parts).Validate();
        return cases;
    }

    private List<string> Words(YamlNode? node, string expected, Regex form) =>
        node is null ? [] : [.. source.AtLeastOne(node, expected).Select(item => source.Word(item, expected, form))];

    private string Feature(YamlNode node)
    {
        var name = source.Text(node, "a feature");
        return Features.Contains(name) ? name : throw source.Error(node, $"there is no feature '{name}'; expected one of: {string.Join(", ", Features)}");
    }

    private string? ParseOracle(YamlNode? node)
    {
        if (node is null)
            return null;
        var map = source.Map(node, "oracle", "documented");
        return map.RequireText("documented", "the source that says what Linux does, where the oracle may not try it");
    }

    private Requirements ParseRequirements(YamlNode? node)
    {
        if (node is null)
            return new Requirements();
        var map = source.Map(node, "requires", "abi", "linux", "features");
        var abis = new List<GuestAbi>();
        if (map["abi"] is { } abiNode)
        {
            foreach (var item in source.AtLeastOne(abiNode, "i386 or x86-64"))
                abis.Add(GuestAbis.Parse(source.Text(item, "i386 or x86-64")) ?? throw source.Error(item, "expected i386 or x86-64"));
        }

        Version? linux = null;
        if (map["linux"] is { } linuxNode && !Version.TryParse(source.Text(linuxNode, "a version such as 5.6"), out linux))
            throw source.Error(linuxNode, "expected a version such as 5.6");
        return new Requirements { Abis = abis, Linux = linux, Features = map["features"] is { } features ? [.. source.AtLeastOne(features, "a feature").Select(Feature)] : [] };
    }

    private List<MatrixRow> ParseMatrix(YamlNode? node) => node switch
    {
        null => [MatrixRow.Empty],
        YamlMappingNode mapping => Product(new YamlMap(source, mapping, "matrix")),
        YamlSequenceNode rows => Rows(rows),
        _ => throw source.Error(node, "expected a mapping of variables to lists, or a list of rows"),
    };

    private List<MatrixRow> Product(YamlMap map)
    {
        var rows = new List<MatrixRow> { MatrixRow.Empty };
        if (!map.Entries.Any())
            throw source.Error(map.Node, "the matrix has no variable; expected variables with their lists");
        foreach (var (name, list) in map.Entries)
        {
            source.Word(map.KeyNode(name), Forms.NameExpected, Forms.Name);
            var values = source.Sequence(list, $"a list of values for '{name}'");
            rows =
            [
                .. from row in rows
                   from value in values.Children
                   select new MatrixRow(
                       (row.Label.Length == 0 ? "" : row.Label + ",") + $"{name}={source.Text(value, "a value")}",
                       new Dictionary<string, Expression>(row.Values) { [name] = source.Expression(value, "a value") }),
            ];
            if (rows.Count is 0 or > 1000)
                throw source.Error(list, $"the matrix has {rows.Count} rows; expected 1 to 1000");
        }

        return rows;
    }

    private List<MatrixRow> Rows(YamlSequenceNode sequence)
    {
        var rows = new List<MatrixRow>();
        foreach (var node in sequence.Children)
        {
            var map = node is YamlMappingNode mapping ? new YamlMap(source, mapping, "a row of the matrix") : throw source.Error(node, "expected a row: a mapping of variables to values");
            var values = new Dictionary<string, Expression>();
            GuestAbi? abi = null;
            string? label = null;
            foreach (var (name, value) in map.Entries)
            {
                if (name == "abi")
                    abi = GuestAbis.Parse(source.Text(value, "i386 or x86-64")) ?? throw source.Error(value, "expected i386 or x86-64");
                else if (name == "name")
                    label = source.Label(value, "the name of the row");
                else
                    values[source.Word(map.KeyNode(name), Forms.NameExpected, Forms.Name)] = source.Expression(value, "a value");
            }

            label ??= string.Join(',', map.Entries.Where(e => e.Key != "abi").Select(e => $"{e.Key}={(e.Value is YamlScalarNode s ? s.Value : "...")}"));
            if (rows.Any(row => row.Label == label && (row.Abi is null || row.Abi == abi)))
                throw source.Error(node, $"two rows are called '{label}'; give one a name:");
            rows.Add(new MatrixRow(label, values, abi));
        }

        return rows.Count > 0 ? rows : throw source.Error(sequence, "the matrix has no row");
    }

    private Identity? ParseIdentity(YamlNode? node)
    {
        if (node is null)
            return null;
        var map = source.Map(node, "as", IdentityKeys);
        return new Identity
        {
            Uid = map.Value("uid", ValueKind.UserId),
            Gid = map.Value("gid", ValueKind.GroupId),
            Groups = Values(map["groups"], "groups", ValueKind.GroupId),
            Umask = map.Value("umask", ValueKind.Umask),
            Capabilities = Values(map["caps"], "caps", ValueKind.Capability),
            Limits = map["limits"] is { } limits ? ParseLimits(new YamlMap(source, AsMapping(limits), "limits")) : [],
            Directory = map.Value("cwd", ValueKind.Path),
        };
    }

    private YamlMappingNode AsMapping(YamlNode node) =>
        node as YamlMappingNode ?? throw source.Error(node, "expected a mapping such as RLIMIT_NOFILE: 10");

    private List<Expression>? Values(YamlNode? node, string name, ValueKind kind) =>
        node is null ? null : [.. source.OneOrMore(node).Select(item => source.Value(item, name, kind))];

    private List<LimitSpec> ParseLimits(YamlMap limits) => [.. limits.Entries.Select(e => ParseLimit(limits.KeyNode(e.Key), e.Key, e.Value))];

    private LimitSpec ParseLimit(YamlNode key, string name, YamlNode value)
    {
        var resource = source.Demanded(key, "limits", new NameExpression(name, 0), ValueKind.Resource);
        if (value is not YamlSequenceNode pair)
        {
            var both = source.Value(value, name, ValueKind.Limit);
            return new LimitSpec(resource, both, both, source.PositionOf(value));
        }

        return pair.Children.Count == 2
            ? new LimitSpec(resource, source.Value(pair.Children[0], name, ValueKind.Limit), source.Value(pair.Children[1], name, ValueKind.Limit), source.PositionOf(value))
            : throw source.Error(value, "expected [soft, hard]");
    }

    private List<BufferSpec> ParseBuffers(YamlNode? node)
    {
        var buffers = new List<BufferSpec>();
        if (node is null)
            return buffers;
        var map = source.Map(node, "buffers");
        foreach (var (name, value) in map.Entries)
            buffers.Add(ParseBuffer(source.Word(map.KeyNode(name), Forms.NameExpected, Forms.Name), value));
        return buffers;
    }

    /// <summary>A string; a type with perhaps a value; or a mapping with type or size, value, fill and at.</summary>
    private BufferSpec ParseBuffer(string name, YamlNode node)
    {
        var position = source.PositionOf(node);
        if (node is YamlScalarNode scalar)
        {
            if (!IsQuoted(scalar))
                return OfType(name, scalar, null, atEnd: false, position);
            return IsType(scalar)
                ? throw source.Error(scalar, $"'{scalar.Value}' in quotes is a string, expected the type without quotes, or {{ value: \"{scalar.Value}\" }} for that text")
                : OfText(name, scalar, null, atEnd: false, position);
        }

        var map = source.Map(node, $"buffer '{name}'", "type", "size", "value", "fill", "at");
        var atEnd = map["at"] is { } at && (source.Text(at, "end-of-memory") == "end-of-memory" ? true : throw source.Error(at, "expected end-of-memory"));
        var fill = map.Value("fill", ValueKind.Byte);
        if (map.Entries.Where(e => e.Key is "type" or "size" or "value").Skip(1).FirstOrDefault() is { Key: { } second })
            throw source.Error(map.KeyNode(second), $"buffer '{name}' has a {second} besides; expected one of type, size and value");
        if (map["size"] is { } size)
            return new BufferSpec(name, new TypeReference("char", source.Value(size, "size", ValueKind.BufferSize), 0), null, fill, atEnd, position) { TypeStart = source.PositionOf(size) };
        if (map["value"] is { } given)
        {
            if (fill is not null)
                throw source.Error(map.KeyNode("fill"), $"buffer '{name}' has a value; expected value or fill, not both");
            var value = given as YamlScalarNode ?? throw source.Error(given, "expected a string, or a type with values such as int{5}");
            return IsQuoted(value) ? OfText(name, value, fill, atEnd, position) : OfType(name, value, fill, atEnd, position);
        }

        return map.Require("type", "a type such as stat64 or int32[2], or size: or value:") is YamlScalarNode type
            ? OfType(name, type, fill, atEnd, position)
            : throw source.Error(map["type"]!, "expected a type such as stat64 or int32[2]");
    }

    private static bool IsQuoted(YamlScalarNode scalar) => scalar.Style is not YamlDotNet.Core.ScalarStyle.Plain;

    /// <summary>Whether a text would be a type if it were not quoted.</summary>
    private bool IsType(YamlScalarNode scalar)
    {
        try
        {
            var (type, _) = source.Parse(scalar, ExpressionParser.ParseDeclaration);
            return GuestAbis.All.Any(abi => LayoutTable.For(abi).Find(type.Name) is not null);
        }
        catch (CaseFormatException)
        {
            return false;
        }
    }

    private static BufferSpec OfText(string name, YamlScalarNode scalar, Expression? fill, bool atEnd, SourcePosition position)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(scalar.Value ?? "");
        var text = new ScalarInitializer(new TextExpression(bytes, 0), 0);
        return new BufferSpec(name, new TypeReference("char", new NumberExpression(bytes.Length + 1, 0), 0), text, fill, atEnd, position);
    }

    private BufferSpec OfType(string name, YamlScalarNode scalar, Expression? fill, bool atEnd, SourcePosition position)
    {
        if (scalar is { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "" or "~" })
            throw source.Error(scalar, $"buffer '{name}' is empty; expected a type such as stat64 or int32[2], or a string in quotes");
        var (type, value) = source.Parse(scalar, ExpressionParser.ParseDeclaration);
        if (value is not null && fill is not null)
            throw source.Error(scalar, $"buffer '{name}' has values; expected values or fill, not both");
        return new BufferSpec(name, type, value, fill, atEnd, position) { TypeStart = source.StartOf(scalar) };
    }

    private List<TaskSpec> ParseTasks(YamlMap map)
    {
        if (map["steps"] is { } steps)
        {
            return map["tasks"] is { } both
                ? throw source.Error(both, "a case has steps or tasks, not both")
                : [new TaskSpec("main", TaskOrigin.Process, null, null, _steps.ParseAll(steps), source.PositionOf(steps))];
        }

        var tasks = new List<TaskSpec>();
        var node = map.Require("tasks", "the tasks by name with their steps; or steps, for a case of one task");
        var named = source.Map(node, "tasks");
        foreach (var (name, value) in named.Entries)
            tasks.Add(ParseTask(source.Word(named.KeyNode(name), "the name of a task: letters, digits, '-' and '_'", Forms.Task), value, first: tasks.Count == 0));
        return tasks.Count > 0 ? tasks : throw source.Error(node, "expected at least one task");
    }

    private TaskSpec ParseTask(string name, YamlNode node, bool first)
    {
        var position = source.PositionOf(node);
        if (node is YamlSequenceNode)
            return new TaskSpec(name, first ? TaskOrigin.Process : TaskOrigin.Thread, null, null, _steps.ParseAll(node), position);

        var map = source.Map(node, $"task '{name}'", "is", "after", "as", "steps");
        var origin = first ? TaskOrigin.Process : TaskOrigin.Thread;
        if (map["is"] is { } kind)
        {
            origin = source.Text(kind, "thread, fork, process or child") switch
            {
                "thread" when !first => TaskOrigin.Thread,
                "fork" when !first => TaskOrigin.Fork,
                "process" => TaskOrigin.Process,
                "child" when !first => TaskOrigin.Child,
                var other => throw source.Error(kind, first ? "the first task is a process" : $"expected thread, fork, process or child, found '{other}'"),
            };
        }

        if (first && map["after"] is { } never)
            throw source.Error(never, "the first task begins at once; expected after on another task");
        foreach (var key in new[] { "after", "as" }.Where(key => origin == TaskOrigin.Child && map[key] is not null))
            throw source.Error(map.KeyNode(key), $"'{key}' says nothing of a child, which is what the step makes it; expected it on a thread, a fork or a process");
        var steps = _steps.ParseAll(map.Require("steps", "the steps of the task"));
        return new TaskSpec(name, origin, map["after"] is { } after ? _steps.Reference(after) : null, ParseIdentity(map["as"]), steps, position);
    }

    internal static int ParseInt(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
