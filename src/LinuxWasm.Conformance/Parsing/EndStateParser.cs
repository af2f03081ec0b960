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
            Files = map["files"] is { } files ? [.. Files(source.Map(files, "files"))] : [],
            Descriptors = map["fds"] is { } tasks ? [.. Descriptors(source.Map(tasks, "fds"))] : [],
        };
    }

    private IEnumerable<EndFile> Files(YamlMap files) => files.Entries.Select(e => ParseFile(files.KeyNode(e.Key), e.Value));

    private IEnumerable<EndDescriptor> Descriptors(YamlMap tasks)
    {
        foreach (var (task, node) in tasks.Entries)
        {
            source.Demand(tasks.KeyNode(task), one => one.Tasks.Any(t => t.Name == task) ? null : $"there is no task '{task}'{NearNames.Hint(task, one.Tasks.Select(t => t.Name))}");
            var descriptors = source.Map(node, $"fds of {task}");
            foreach (var (descriptor, state) in descriptors.Entries)
                yield return ParseDescriptor(task, descriptors.KeyNode(descriptor), state);
        }
    }

    private EndFile ParseFile(YamlNode path, YamlNode node)
    {
        var name = source.Value(path, "files", ValueKind.Path);
        if (node is YamlScalarNode { Value: "absent" })
            return new EndFile(name, true, [], source.PositionOf(node));
        var map = source.Map(node, "a file's end state (or the word absent)", FileKeys);
        return new EndFile(name, false, [.. map.Entries.Select(e => (e.Key, Property(e.Key, e.Value)))], source.PositionOf(node));
    }

    private Expression Property(string name, YamlNode node) => name switch
    {
        "type" => new NameExpression(FileType(node), 0),
        "content" => source.Value(node, name, ValueKind.Content),
        "target" => source.Value(node, name, ValueKind.Target),
        "mode" => source.Value(node, name, ValueKind.Mode, several: true),
        "uid" => source.Value(node, name, ValueKind.UserId, several: true),
        "gid" => source.Value(node, name, ValueKind.GroupId, several: true),
        "size" => source.Value(node, name, ValueKind.Length, several: true),
        "nlink" => source.Value(node, name, ValueKind.Links, several: true),
        _ => source.Value(node, name, ValueKind.Seconds, several: true),
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

    private static ValueKind KindOf(string property) => property switch
    {
        "flags" => ValueKind.DescriptorFlags,
        "status" => ValueKind.StatusFlags,
        _ => ValueKind.Length,
    };

    private EndDescriptor ParseDescriptor(string task, YamlNode descriptor, YamlNode node)
    {
        var number = source.Value(descriptor, "fds", ValueKind.Descriptor);
        if (node is YamlScalarNode { Value: "closed" })
            return new EndDescriptor(task, number, true, [], source.PositionOf(node));
        var map = source.Map(node, "a descriptor's end state (or the word closed)", DescriptorKeys);
        return new EndDescriptor(task, number, false, [.. map.Entries.Select(e => (e.Key, source.Value(e.Value, e.Key, KindOf(e.Key), several: true)))], source.PositionOf(node));
    }
}
