using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Strace.Tree;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>The case as YAML.</summary>
internal sealed class CaseWriter(ImportOptions options, GuestAbi abi, LogTree tree, bool usesProc, string directory, BufferPool buffers, IReadOnlyList<ImportedStep> steps)
{
    private const uint DefaultDirectoryMode = 0x1ED;
    private const uint DefaultFileMode = 0x1A4;
    private const long LargestRun = 1 << 20;

    public string Write()
    {
        // The tree is complete only now: a directory that a process starts in may stand nowhere else in the log.
        if (directory != "/t")
            tree.Exists(directory, LogFileKind.Directory);
        var root = new YamlMappingNode
        {
            { "id", options.Id },
            { "about", options.About },
            { "tags", Flow(new YamlSequenceNode("strace", "imported")) },
            { "requires", Flow(new YamlMappingNode { { "abi", abi.Name() } }) },
        };
        if (Setup() is { Children.Count: > 0 } setup)
            root.Add("setup", setup);
        if (directory != "/t")
            root.Add("as", Flow(new YamlMappingNode { { "cwd", directory } }));
        var declarations = new YamlMappingNode();
        foreach (var (name, type) in buffers.Declarations)
            declarations.Add(name, type);
        if (declarations.Children.Count > 0)
            root.Add("buffers", declarations);
        AddTasks(root);
        var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        // The document's end mark is none of the format's.
        return text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n', '.') + "\n";
    }

    private static T Flow<T>(T node)
        where T : YamlNode
    {
        switch (node)
        {
            case YamlSequenceNode sequence:
                sequence.Style = YamlDotNet.Core.Events.SequenceStyle.Flow;
                break;
            case YamlMappingNode mapping:
                mapping.Style = YamlDotNet.Core.Events.MappingStyle.Flow;
                break;
        }

        return node;
    }

    private YamlSequenceNode Setup()
    {
        var setup = new YamlSequenceNode();
        if (usesProc)
            setup.Add(new YamlMappingNode { { "mount", Flow(new YamlMappingNode { { "path", "/proc" }, { "type", "proc" } }) } });
        foreach (var (path, inode) in tree.Initial)
            setup.Add(Item(path, inode));
        return setup;
    }

    private static YamlMappingNode Item(string path, LogInode inode)
    {
        var item = new YamlMappingNode { { "path", Text(path) } };
        switch (inode.Kind)
        {
            case LogFileKind.Symlink:
                item.Add("target", Text(inode.Target is { } target ? Encoding.UTF8.GetString(target) : new string('?', (int)Math.Clamp(inode.Size ?? 1, 1, 4095))));
                break;
            case LogFileKind.File:
                AddContent(item, inode);
                break;
        }

        var usual = inode.Kind == LogFileKind.Directory || inode.IsExecutable ? DefaultDirectoryMode : DefaultFileMode;
        var mode = inode.Mode ?? usual;
        if (inode.Kind != LogFileKind.Symlink && mode != (inode.Kind == LogFileKind.Directory ? DefaultDirectoryMode : DefaultFileMode))
            item.Add("mode", "0" + Convert.ToString(mode, 8));
        if (inode.Uid is > 0 || inode.Gid is > 0)
        {
            item.Add("owner", Number(inode.Uid ?? 0));
            item.Add("group", Number(inode.Gid ?? 0));
        }

        if (inode.ModificationTime is { } time)
            item.Add("time", Number(time));
        var kind = inode.Kind switch
        {
            LogFileKind.Directory => "dir",
            LogFileKind.Symlink => "symlink",
            LogFileKind.Fifo => "fifo",
            LogFileKind.Socket => "socket",
            _ => "file",
        };
        // Between braces a comma would end an expression.
        if (!item.Children.Values.Any(v => v is YamlScalarNode { Value.Length: > 100 } or YamlScalarNode { Style: ScalarStyle.Plain }))
            Flow(item);
        return new YamlMappingNode { { kind, item.Children.Count == 1 && inode.Kind != LogFileKind.Symlink ? Text(path) : item } };
    }

    private static void AddContent(YamlMappingNode item, LogInode inode)
    {
        var pieces = new List<string>();
        long end = 0;
        foreach (var (offset, bytes) in inode.Contents)
        {
            var fresh = bytes.AsSpan();
            if (offset + bytes.Length <= end)
                continue;
            if (offset < end)
                fresh = fresh[(int)(end - offset)..];
            for (var gap = offset - end; gap > 0; gap -= LargestRun)
                pieces.Add($"repeat(\"\\0\", {Math.Min(gap, LargestRun)})");
            pieces.AddRange(Literals.Parts(fresh));
            end = offset + bytes.Length;
        }

        if (end > 0)
            item.Add("content", Content(inode, pieces));
        if (inode.Size is { } size && size != end)
            item.Add("size", Number(size));
    }

    /// <summary>Text where it is some, and otherwise an expression: YAML's strings hold no bytes that are not Unicode.</summary>
    private static YamlScalarNode Content(LogInode inode, List<string> pieces)
    {
        var only = inode.Contents.Count == 1 && inode.Contents.First() is { Key: 0 } first ? first.Value : null;
        if (only is not null && only.All(b => b is >= 0x20 and < 0x7f or (byte)'\n' or (byte)'\t'))
            return new YamlScalarNode(Encoding.ASCII.GetString(only)) { Style = ScalarStyle.DoubleQuoted };
        var expression = $"bytes({string.Join(", ", pieces)})";
        // A plain scalar ends at these.
        expression = expression.Replace(": ", "\\x3a ", StringComparison.Ordinal).Replace(" #", " \\x23", StringComparison.Ordinal);
        return new YamlScalarNode(expression) { Style = ScalarStyle.Plain };
    }

    private void AddTasks(YamlMappingNode root)
    {
        var names = steps.Select(s => s.Task).Distinct().ToList();
        if (names.Count == 1)
        {
            root.Add("steps", new YamlSequenceNode(steps.Select(s => Step(s, names))));
            return;
        }

        var tasks = new YamlMappingNode();
        foreach (var name in names)
        {
            var own = new YamlSequenceNode(steps.Where(s => s.Task == name).Select(s => Step(s, names)));
            tasks.Add(name, name == names[0] ? own : new YamlMappingNode { { "is", "child" }, { "steps", own } });
        }

        root.Add("tasks", tasks);
    }

    private static YamlNode Step(ImportedStep step, List<string> tasks)
    {
        var node = new YamlMappingNode { { "call", Text(step.Line) } };
        if (step.About is not null)
            node.Add("about", step.About);
        if (step.After is not null)
            node.Add("after", step.After);
        if (step.Until is not null)
            node.Add("blocks", Flow(new YamlMappingNode { { "until", step.Until } }));
        if (step.Child is not null && tasks.Contains(step.Child))
            node.Add("child", step.Child);
        if (step.Captures.Count > 0)
        {
            var captures = Flow(new YamlMappingNode());
            foreach (var (name, value) in step.Captures)
                captures.Add(name, new YamlScalarNode(value) { Style = ScalarStyle.DoubleQuoted });
            node.Add("capture", captures);
        }

        if (step.Checks.Count > 0)
            node.Add("check", step.Checks is [var only] ? Text(only) : new YamlSequenceNode(step.Checks.Select(Text)));
        if (step.Signals.Count > 0)
            node.Add("signals", Flow(new YamlSequenceNode(step.Signals.Select(Text))));
        if (step.Rule is not null)
            node.Add("rule", step.Rule);
        return node.Children.Count == 1 ? Text(step.Line) : node;
    }

    private static YamlScalarNode Text(string text) => new(text);

    private static YamlScalarNode Number(long number) => new(number.ToString(CultureInfo.InvariantCulture));
}
