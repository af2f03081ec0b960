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
            var path = source.TextExpression(value, "a path");
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
            "file" => Attributes(Item(value, kind, "content", "size"), m => new SetupFile(Path(m), m.TextExpression("content", "the file's bytes"), m.Expression("size", "a number of bytes"), position)),
            "dir" => Attributes(Item(value, kind), m => new SetupDirectory(Path(m), position)),
            "symlink" => Attributes(Item(value, kind, "target"), m => new SetupSymlink(Path(m), Target(m, "what the link says"), position)),
            "link" => new SetupLink(Path(Item(value, kind, "target")), Target(Item(value, kind, "target"), "the file's first name"), position),
            "fifo" => Attributes(Item(value, kind), m => new SetupNode(Path(m), new NameExpression("S_IFIFO", 0), position)),
            "socket" => Attributes(Item(value, kind), m => new SetupNode(Path(m), new NameExpression("S_IFSOCK", 0), position)),
            _ => Mount(source.Map(value, "mount", "path", "type", "flags", "options"), position),
        };
    }

    private SetupMount Mount(YamlMap map, SourcePosition position) =>
        new(Path(map), map.TextExpression("type", "a file system type") ?? Text("tmpfs"), map.Expression("flags", "flags such as MS_RDONLY"), map.TextExpression("options", "mount options"), position);

    private static TextExpression Text(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), 0);

    private YamlMap Item(YamlNode node, string kind, params string[] more) =>
        source.Map(node, kind, ["path", "mode", "owner", "group", "time", .. more]);

    private Expression Path(YamlMap map) => source.TextExpression(map.Require("path", "an absolute path"), "an absolute path");

    private Expression Target(YamlMap map, string expected) => source.TextExpression(map.Require("target", expected), expected);

    private static SetupItem Attributes(YamlMap map, Func<YamlMap, SetupItem> make) => make(map) with
    {
        Mode = map.Expression("mode", "a file mode such as 0644"),
        Owner = map.Expression("owner", "a user id"),
        Group = map.Expression("group", "a group id"),
        Time = map.Expression("time", "seconds since 1970"),
    };
}
