using System.Globalization;
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
            Man = Texts(map["man"]),
            Tags = Texts(map["tags"]),
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
            new CaseValidator(one).Validate();
        return cases;
    }

    private List<string> Texts(YamlNode? node) =>
        node is null ? [] : [.. source.OneOrMore(node).Select(item => source.Text(item, "a word"))];

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
            foreach (var item in source.OneOrMore(abiNode))
                abis.Add(GuestAbis.Parse(source.Text(item, "i386 or x86-64")) ?? throw source.Error(item, "expected i386 or x86-64"));
        }

        Version? linux = null;
        if (map["linux"] is { } linuxNode && !Version.TryParse(source.Text(linuxNode, "a version such as 5.6"), out linux))
            throw source.Error(linuxNode, "expected a version such as 5.6");
        return new Requirements { Abis = abis, Linux = linux, Features = Texts(map["features"]) };
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
        foreach (var (name, list) in map.Entries)
        {
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
                    label = source.Text(value, "the name of the row");
                else
                    values[name] = source.Expression(value, "a value");
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
            Uid = map.Expression("uid", "a user id"),
            Gid = map.Expression("gid", "a group id"),
            Groups = Expressions(map["groups"], "a group id"),
            Umask = map.Expression("umask", "a file mode mask such as 022"),
            Capabilities = Expressions(map["caps"], "a capability such as CAP_CHOWN"),
            Limits = map["limits"] is { } limits ? [.. new YamlMap(source, AsMapping(limits), "limits").Entries.Select(e => ParseLimit(e.Key, e.Value))] : [],
            Directory = map.TextExpression("cwd", "a directory"),
        };
    }

    private YamlMappingNode AsMapping(YamlNode node) =>
        node as YamlMappingNode ?? throw source.Error(node, "expected a mapping such as RLIMIT_NOFILE: 10");

    private List<Expression>? Expressions(YamlNode? node, string expected) =>
        node is null ? null : [.. source.OneOrMore(node).Select(item => source.Expression(item, expected))];

    private LimitSpec ParseLimit(string name, YamlNode value)
    {
        var resource = new NameExpression(name, 0);
        if (value is not YamlSequenceNode pair)
        {
            var both = source.Expression(value, "a limit");
            return new LimitSpec(resource, both, both);
        }

        return pair.Children.Count == 2
            ? new LimitSpec(resource, source.Expression(pair.Children[0], "the soft limit"), source.Expression(pair.Children[1], "the hard limit"))
            : throw source.Error(value, "expected [soft, hard]");
    }

    private List<BufferSpec> ParseBuffers(YamlNode? node)
    {
        var buffers = new List<BufferSpec>();
        if (node is null)
            return buffers;
        foreach (var (name, value) in source.Map(node, "buffers").Entries)
            buffers.Add(ParseBuffer(name, value));
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
        var fill = map.Expression("fill", "a byte");
        if (map["size"] is { } size)
            return new BufferSpec(name, new TypeReference("char", source.Expression(size, "a number of bytes"), 0), null, fill, atEnd, position);
        if (map["value"] is YamlScalarNode value)
            return IsQuoted(value) ? OfText(name, value, fill, atEnd, position) : OfType(name, value, fill, atEnd, position);
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
        var (type, value) = source.Parse(scalar, ExpressionParser.ParseDeclaration);
        return new BufferSpec(name, type, value, fill, atEnd, position);
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
        foreach (var (name, value) in source.Map(node, "tasks").Entries)
            tasks.Add(ParseTask(name, value, first: tasks.Count == 0));
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

        var steps = _steps.ParseAll(map.Require("steps", "the steps of the task"));
        return new TaskSpec(name, origin, map["after"] is { } after ? _steps.Reference(after) : null, ParseIdentity(map["as"]), steps, position);
    }

    internal static int ParseInt(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
