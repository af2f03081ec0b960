using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Where a document is no YAML, in the cases that the YAML library does not place, or places where the mapping around it begins.</summary>
internal static partial class YamlErrors
{
    public static Mark Place(YamlException error, string document)
    {
        if (error.Message.Contains("tab as indentation", StringComparison.Ordinal))
            return Find(document, IndentingTab(), error.Start);
        if (error is AnchorNotFoundException && AnchorName().Match(error.Message) is { Success: true } name)
            return Find(document, new Regex($@"(?<=[\s,\[{{])\*{Regex.Escape(name.Value)}"), error.Start);
        return error.Start;
    }

    /// <summary>Where the last bracket or brace stands that nothing closes.</summary>
    public static Mark LastOpened(string document)
    {
        var open = new Stack<Mark>();
        using var reader = new StringReader(document);
        var parser = new Parser(reader);
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is MappingStart or SequenceStart)
                    open.Push(parser.Current.Start);
                else if (parser.Current is MappingEnd or SequenceEnd)
                    open.Pop();
            }
        }
        catch (Exception error) when (error is InvalidOperationException or YamlException)
        {
            // It ends where the library gave up before, too; what is open by then is what was looked for.
        }

        return open.TryPeek(out var last) ? last : new Mark(0, 1, 1);
    }

    private static Mark Find(string document, Regex what, Mark from)
    {
        var lines = document.Split('\n');
        for (var line = Math.Max(0, (int)from.Line - 1); line < lines.Length; line++)
        {
            if (what.Match(lines[line]) is { Success: true } found)
                return new Mark(0, line + 1, found.Index + 1);
        }

        return from;
    }

    [GeneratedRegex(@"(?<=^ *)\t")]
    private static partial Regex IndentingTab();

    [GeneratedRegex(@"(?<=anchor ')[^']+")]
    private static partial Regex AnchorName();
}
