using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>Reads the list of differences: a sequence of mappings with <c>case</c>, <c>reason</c> and <c>rule</c>.</summary>
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
        return list.Children.Select(node => Entry(source, source.Map(node, "a difference", "case", "reason", "rule"))).ToList();
    }

    private static ListedDifference Entry(DocumentSource source, YamlMap map)
    {
        var rule = map.Require("rule", "what may differ: a list of steps, each with here: and linux:, or with check: and here:");
        var rules = source.Sequence(rule, "a list of steps that may differ").Children.Select(node => Rule(source, node)).ToList();
        if (rules.Count == 0)
            throw source.Error(rule, "expected at least one step that may differ");
        return new ListedDifference(map.RequireText("case", "the id of a case or a run"), map.RequireText("reason", "why LinuxWasm differs"), rules, map.Position);
    }

    private static DifferenceRule Rule(DocumentSource source, YamlNode node)
    {
        var map = source.Map(node, "a rule", "step", "here", "linux", "check");
        var step = new StepParser(source).Reference(map.Require("step", "the step that differs, such as main.2"));
        var here = map.Require("here", "what LinuxWasm gives");
        if (map["check"] is { } check)
        {
            return map["linux"] is { } both
                ? throw source.Error(both, "a rule has linux or check, not both")
                : new CheckRule(step, source.Text(check, "a condition of the step"), source.Text(here, "the value that its left side has here"), map.Position);
        }

        var linux = map.Require("linux", "what Linux gives: a number or an error");
        return new ResultRule(step, Result(source, here), Result(source, linux) ?? throw source.Error(linux, "expected a number or an error"), map.Position);
    }

    /// <summary>A number, an error's name, or <c>?</c> for a call that does not return: null.</summary>
    private static CallResult? Result(DocumentSource source, YamlNode node)
    {
        var text = source.Text(node, "a number, an error, or ? for no return");
        if (text == "?")
            return null;
        if (ConstantTable.FindErrno(text) is { } error)
            return new CallResult(-1, error);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new CallResult(value, null)
            : throw source.Error(node, $"expected a number, an error, or ? for no return, found '{text}'");
    }
}
