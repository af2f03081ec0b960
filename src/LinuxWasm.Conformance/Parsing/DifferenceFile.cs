using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Reads the list of differences: a sequence of mappings with <c>case</c> and <c>reason</c>.</summary>
internal static class DifferenceFile
{
    public static IEnumerable<ListedDifference> Parse(string path, string text)
    {
        var source = new DocumentSource(path, 1);
        var yaml = new YamlStream();
        try
        {
            using var reader = new StringReader(text);
            yaml.Load(reader);
        }
        catch (YamlException error)
        {
            throw new CaseFormatException(source.PositionOf(error.Start), "not YAML: " + error.Message);
        }

        if (yaml.Documents.Count == 0)
            return [];
        var list = source.Sequence(yaml.Documents[0].RootNode, "a list of differences");
        return list.Children.Select(node => source.Map(node, "a difference", "case", "reason"))
            .Select(map => new ListedDifference(map.RequireText("case", "the id of a case or a run"), map.RequireText("reason", "why LinuxWasm differs"), map.Position))
            .ToList();
    }
}
