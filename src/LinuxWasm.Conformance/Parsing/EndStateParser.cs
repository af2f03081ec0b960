using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>What stands under <c>end</c>: files by path, descriptors by task.</summary>
internal sealed class EndStateParser(DocumentSource source)
{
    internal static readonly string[] FileKeys = ["type", "mode", "size", "content", "nlink", "uid", "gid", "target", "mtime", "atime"];

    internal static readonly string[] DescriptorKeys = ["flags", "status", "offset"];

    public EndState Parse(YamlNode? node)
    {
        if (node is null)
            return new EndState();
        var map = source.Map(node, "end", "files", "fds");
        return new EndState
        {
            Files = map["files"] is { } files ? [.. source.Map(files, "files").Entries.Select(e => ParseFile(e.Key, e.Value))] : [],
            Descriptors = map["fds"] is { } tasks ? [.. source.Map(tasks, "fds").Entries.SelectMany(e => source.Map(e.Value, $"fds of {e.Key}").Entries.Select(fd => ParseDescriptor(e.Key, fd.Key, fd.Value)))] : [],
        };
    }

    private EndFile ParseFile(string path, YamlNode node)
    {
        Expression name = path.StartsWith('$') ? new VariableExpression(path[1..], 0) : new TextExpression(System.Text.Encoding.UTF8.GetBytes(path), 0);
        if (node is YamlScalarNode { Value: "absent" })
            return new EndFile(name, true, [], source.PositionOf(node));
        var map = source.Map(node, "a file's end state (or the word absent)", FileKeys);
        return new EndFile(name, false, [.. map.Entries.Select(e => (e.Key, Property(e.Key, e.Value)))], source.PositionOf(node));
    }

    private Expression Property(string name, YamlNode node) => name switch
    {
        "type" => new NameExpression(FileType(node), 0),
        "content" or "target" => source.TextExpression(node, "text"),
        _ => source.Expression(node, "a value, a range or a list"),
    };

    private string FileType(YamlNode node) => source.Text(node, "file, dir, symlink, fifo, socket, char or block") switch
    {
        "file" => "S_IFREG",
        "dir" => "S_IFDIR",
        "symlink" => "S_IFLNK",
        "fifo" => "S_IFIFO",
        "socket" => "S_IFSOCK",
        "char" => "S_IFCHR",
        "block" => "S_IFBLK",
        var other => throw source.Error(node, $"expected file, dir, symlink, fifo, socket, char or block, found '{other}'"),
    };

    private EndDescriptor ParseDescriptor(string task, string descriptor, YamlNode node)
    {
        Expression number;
        try
        {
            number = ExpressionParser.Parse(descriptor);
        }
        catch (ExpressionException error)
        {
            throw source.Error(node, $"'{descriptor}' is no descriptor: {error.Message}");
        }

        if (node is YamlScalarNode { Value: "closed" })
            return new EndDescriptor(task, number, true, [], source.PositionOf(node));
        var map = source.Map(node, "a descriptor's end state (or the word closed)", DescriptorKeys);
        return new EndDescriptor(task, number, false, [.. map.Entries.Select(e => (e.Key, source.Expression(e.Value, "a value")))], source.PositionOf(node));
    }
}
