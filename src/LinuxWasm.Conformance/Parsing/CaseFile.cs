using LinuxWasm.Conformance.Cases;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>What a file of cases holds: the cases that can be read, and what is wrong with the others.</summary>
public sealed record CaseFile(string Path, IReadOnlyList<ConformanceCase> Cases, IReadOnlyList<CaseFormatException> Errors)
{
    /// <summary>Reads a file. Documents are told apart by their <c>---</c> lines before YAML is parsed, so that a malformed case fails alone.</summary>
    public static CaseFile Read(string path) => Parse(path, File.ReadAllText(path));

    public static CaseFile Parse(string path, string text)
    {
        var cases = new List<ConformanceCase>();
        var errors = new List<CaseFormatException>();
        foreach (var (source, document) in Split(path, text))
        {
            try
            {
                if (ReadDocument(source, document) is { } node)
                    cases.AddRange(new CaseParser(source).Parse(node).Select(one => one with { Text = document.Trim('\n') }));
            }
            catch (CaseFormatException error)
            {
                errors.Add(error);
            }
            catch (YamlException error)
            {
                errors.Add(new CaseFormatException(source.PositionOf(YamlErrors.Place(error, document)), "not YAML: " + error.Message));
            }
        }

        // Whoever runs it believes that something is checked.
        if (cases.Count == 0 && errors.Count == 0)
            errors.Add(new CaseFormatException(new SourcePosition(path, 1, 1), "there is no case in the file; expected a mapping with id, about and tasks or steps"));
        return new CaseFile(path, cases, errors);
    }

    private static YamlNode? ReadDocument(DocumentSource source, string document)
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(document);
        try
        {
            yaml.Load(reader);
        }
        catch (InvalidOperationException unfinished)
        {
            // The YAML library's answer to a bracket or a brace that is never closed; it does not say where.
            var opened = YamlErrors.LastOpened(document);
            throw new YamlException(opened, opened, "a bracket or brace is opened here and never closed", unfinished);
        }

        if (yaml.Documents.Count == 0)
            return null;
        if (yaml.Documents.Count > 1)
            throw source.Error(yaml.Documents[1].RootNode, "another case begins here; expected --- alone on the line before it");
        var root = yaml.Documents[0].RootNode;
        return root switch
        {
            YamlMappingNode => root,
            YamlScalarNode { Value: null or "" } => null,
            _ => throw source.Error(root, "expected a case: a mapping with id, about and tasks or steps"),
        };
    }

    private static IEnumerable<(DocumentSource Source, string Text)> Split(string path, string text)
    {
        var lines = text.Split('\n');
        var start = 0;
        for (var at = 0; at <= lines.Length; at++)
        {
            if (at < lines.Length && lines[at].TrimEnd() != "---")
                continue;
            if (at > start)
                yield return (new DocumentSource(path, start + 1), string.Join('\n', lines[start..at]));
            start = at + 1;
        }
    }
}
