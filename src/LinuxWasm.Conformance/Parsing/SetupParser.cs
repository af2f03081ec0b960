using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>The list under <c>setup</c>: each item is one key, file, dir, symlink, link, fifo, socket or mount, with a path or a mapping.</summary>
internal sealed class SetupParser(DocumentSource source)
{
    internal static readonly string[] Kinds = ["file", "dir", "symlink", "link", "fifo", "socket", "mount"];

    public List<SetupItem> Parse(YamlNode? node) =>
        node is null ? [] : [.. source.Sequence(node, "a list of files, dirs, symlinks, ...").Children.Select(ParseItem)];

    private SetupItem ParseItem(YamlNode node)
    {
        var map = source.Map(node, "an item of setup", Kinds);
        if (map.Entries.Count() != 1)
            throw source.Error(node, $"expected one of: {string.Join(", ", Kinds)}");
        var (kind, value) = map.Entries.Single();
        var position = source.PositionOf(node);
        if (value is YamlScalarNode)
        {
            var path = source.Value(value, kind, ValueKind.Path);
            return kind switch
            {
                "file" => new SetupFile(path, null, null, position),
                "dir" => new SetupDirectory(path, position),
                "fifo" => new SetupNode(path, new NameExpression("S_IFIFO", 0), position),
                "socket" => new SetupNode(path, new NameExpression("S_IFSOCK", 0), position),
                "mount" => new SetupMount(path, Text("tmpfs"), null, null, position),
                _ => throw source.Error(value, $"a {kind} needs a path and a target: {{ path: /t/a, target: b }}"),
            };
        }

        return kind switch
        {
            "file" => Attributes(Item(value, kind, "mode", "content", "size"), m => new SetupFile(Path(m), m.Value("content", ValueKind.Content), m.Value("size", ValueKind.Length), position)),
            "dir" => Attributes(Item(value, kind, "mode"), m => new SetupDirectory(Path(m), position)),
            "symlink" => Attributes(Item(value, kind, "target"), m => new SetupSymlink(Path(m), Target(m, ValueKind.Target), position)),
            "link" => Link(source.Map(value, kind, "path", "target"), position),
            "fifo" => Attributes(Item(value, kind, "mode"), m => new SetupNode(Path(m), new NameExpression("S_IFIFO", 0), position)),
            "socket" => Attributes(Item(value, kind, "mode"), m => new SetupNode(Path(m), new NameExpression("S_IFSOCK", 0), position)),
            _ => Mount(source.Map(value, "mount", "path", "type", "flags", "options"), position),
        };
    }

    private SetupMount Mount(YamlMap map, SourcePosition position) =>
        new(Path(map), map.Value("type", ValueKind.FileSystem) ?? Text("tmpfs"), map.Value("flags", ValueKind.MountFlags), map.Value("options", ValueKind.MountOptions), position);

    private SetupLink Link(YamlMap map, SourcePosition position) => new(Path(map), Target(map, ValueKind.Path), position);

    private static TextExpression Text(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), 0);

    private YamlMap Item(YamlNode node, string kind, params string[] more) =>
        source.Map(node, kind, ["path", "owner", "group", "time", .. more]);

    private Expression Path(YamlMap map) => source.Value(map.Require("path", "an absolute path"), "path", ValueKind.Path);

    private Expression Target(YamlMap map, ValueKind kind) => source.Value(map.Require("target", kind.Expected), "target", kind);

    private static SetupItem Attributes(YamlMap map, Func<YamlMap, SetupItem> make) => make(map) with
    {
        Mode = map.Value("mode", ValueKind.Mode),
        Owner = map.Value("owner", ValueKind.UserId),
        Group = map.Value("group", ValueKind.GroupId),
        Time = map.Value("time", ValueKind.Seconds),
    };
}
