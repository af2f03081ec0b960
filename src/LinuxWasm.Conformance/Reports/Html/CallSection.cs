using System.Globalization;
using System.Xml.Linq;
using LinuxWasm.Conformance.Running;
using static LinuxWasm.Conformance.Reports.Html.Markup;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>Each call with what it was seen to answer; it opens to show that by flag.</summary>
internal static class CallSection
{
    public static XElement Create(IReadOnlyList<RunResult> results)
    {
        var outcomes = results.SelectMany(r => r.Run.Calls.Select(call => (call, r.Outcome))).ToLookup(pair => pair.call, pair => pair.Outcome);
        var calls = CallAnswers.Of(results);
        return Element("section",
            Attribute("id", "calls"),
            Attribute("data-kind", "call"),
            Element("h2", "Calls ", Element("small", $"{calls.Count} of them, and what they were seen to answer; open one for its flags")),
            Div(new("card"),
                calls.Select(call => new object[] { Row(call, outcomes[call.Call].ClassNames()), "\n" }),
                Element("p", new Class("none"), Attribute("hidden", "hidden"), "No call fits the filter.")));
    }

    private static XElement Row(CallAnswers call, string outcomes)
    {
        var searched = $"{call.Call} {string.Join(' ', call.Results.Keys)} {string.Join(' ', call.Flags.Keys)}";
        var name = Link(ManualPages.Address(ManualPages.Of(call.Call)), Attribute("class", "name mono"), call.Call);
        var cases = call.Cases.Count == 1 ? "1 case" : $"{call.Cases.Count} cases";
        return Element("details", new Class("row call"),
            Attribute("data-text", searched.ToLowerInvariant()),
            Attribute("data-outcomes", outcomes),
            Element("summary", name, Span(new("times"), $"{call.Steps.ToString("N0", CultureInfo.InvariantCulture)} times, {cases}"), Span(new("chips"), Ordered(call.Results).Select(Chip))),
            Matrix(call));
    }

    private static XElement Chip(KeyValuePair<string, int> result) =>
        Span(new(result.Key == CallAnswers.Success ? "chip ok" : "chip"), result.Key, Element("b", result.Value));

    private static XElement Matrix(CallAnswers call)
    {
        if (call.Flags.Count == 0)
            return Div(new("matrix soft"), "No case gives it a flag.");
        var results = Ordered(call.Results).Select(r => r.Key).Where(r => call.Flags.Values.Any(f => f.ContainsKey(r))).ToList();
        return Div(new("matrix"), Element("table",
            Element("tr", Element("th", "with"), results.Select(r => Element("th", new Class("n"), r))),
            call.Flags.Select(flag => Element("tr",
                Element("td", new Class("mono"), flag.Key),
                results.Select(r => Element("td", new Class("n"), flag.Value.TryGetValue(r, out var count) ? count : null))))));
    }

    private static IEnumerable<KeyValuePair<string, int>> Ordered(IReadOnlyDictionary<string, int> results) =>
        results.OrderByDescending(r => r.Key == CallAnswers.Success).ThenBy(r => r.Key, StringComparer.Ordinal);
}
