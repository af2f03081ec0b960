using System.Xml.Linq;

namespace LinuxWasm.PowerShell.Help;

/// <summary>The compiler's documentation file, by member.</summary>
internal sealed class DocComments
{
    private readonly Dictionary<string, XElement> _members;

    private DocComments(Dictionary<string, XElement> members) => _members = members;

    public static DocComments Load(string path) =>
        new(XDocument.Load(path).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal));

    /// <summary>The paragraphs of an element of a type's comment; empty where there are none.</summary>
    public IReadOnlyList<string> OfType(Type type, string element) => Paragraphs(Find($"T:{type.FullName}")?.Element(element));

    /// <summary>The paragraphs of a property's summary, and of its remarks behind them.</summary>
    public IReadOnlyList<string> OfProperty(Type declaring, string name)
    {
        var member = Find($"P:{declaring.FullName}.{name}");
        return [.. Paragraphs(member?.Element("summary")), .. Paragraphs(member?.Element("remarks"))];
    }

    /// <summary>The examples of a type: each with a title, code, and what is to be said of it.</summary>
    public IReadOnlyList<Example> ExamplesOf(Type type) =>
        [.. (Find($"T:{type.FullName}")?.Elements("example") ?? []).Select(example => new Example(
            Paragraphs(example.Element("summary")).FirstOrDefault() ?? "",
            Unindent(example.Element("code")?.Value ?? ""),
            [.. example.Elements("para").Select(Text)]))];

    private XElement? Find(string member) => _members.GetValueOrDefault(member);

    private static List<string> Paragraphs(XElement? element)
    {
        if (element is null)
            return [];
        var paragraphs = element.Elements("para").Select(Text).ToList();
        return paragraphs.Count > 0 ? paragraphs : Text(element) is { Length: > 0 } text ? [text] : [];
    }

    /// <summary>An element as plain words: references by their last name, white space as single blanks.</summary>
    private static string Text(XElement element)
    {
        var words = string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } reference => ((string?)reference.Attribute("cref") ?? "").Split('.')[^1],
            XElement { Name.LocalName: "paramref" } reference => (string?)reference.Attribute("name") ?? "",
            XElement other => other.Value,
            _ => "",
        }));
        return string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Unindent(string code)
    {
        var lines = code.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : line.TrimEnd())).Trim('\n');
    }
}

/// <summary>An example of a command.</summary>
internal sealed record Example(string Title, string Code, IReadOnlyList<string> Remarks);
