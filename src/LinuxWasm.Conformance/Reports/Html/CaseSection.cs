using System.Xml.Linq;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;
using static LinuxWasm.Conformance.Reports.Html.Markup;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>Every case by family, with a mark for each of its runs; it opens to show the case itself. What failed is said without opening.</summary>
internal sealed class CaseSection(IReadOnlyList<RunResult> results)
{
    /// <summary>The documents of the suite, each once however many cases its table makes.</summary>
    private readonly Dictionary<SourcePosition, (int Number, string Text)> _documents = [];

    public XElement Create()
    {
        var cases = results.GroupBy(r => r.Run.Case).ToList();
        return Element("section",
            Attribute("id", "cases"),
            Attribute("data-kind", "case"),
            Element("h2", "Cases ", Element("small", $"{cases.Count} promises of Linux")),
            cases.GroupBy(c => FamilyOf(c.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(Family),
            Element("p", new Class("none"), Attribute("hidden", "hidden"), "No case fits the filter."));
    }

    /// <summary>The cases' own text, out of sight until one is opened: the page shows it wherever it is taken.</summary>
    public IEnumerable<XElement> Sources() =>
        _documents.Values.Select(document => Element("template", Attribute("id", Id(document.Number)), Element("pre", document.Text)));

    private XElement Family(IGrouping<string, IGrouping<ConformanceCase, RunResult>> family) => Element("div",
        Attribute("data-family", family.Key),
        Element("h3", family.Key + " ", Element("small", family.Count())),
        Div(new("card"), family.OrderByDescending(c => c.Any(r => r.Outcome == Outcome.Failed)).Select(c => new object[] { Row(c.Key, [.. c]), "\n" })));

    private XElement Row(ConformanceCase one, List<RunResult> runs) => Div(new("row case"),
        Attribute("data-text", SearchedText(one, runs).ToLowerInvariant()),
        Attribute("data-outcomes", runs.Select(r => r.Outcome).ClassNames()),
        Element("details", Attribute("data-source", Id(Document(one))),
            Element("summary", new Class("line"), Span(new("name mono"), one.Id), About(one), Span(new("runs"), runs.Select(Mark)))),
        runs.Where(r => r.Outcome == Outcome.Failed).Select(run => Why(Outcome.Failed, run.Run.Id, "\n" + string.Join('\n', run.Failures))),
        runs.Where(r => r.Outcome is not (Outcome.Failed or Outcome.Passed)).GroupBy(r => (r.Outcome, r.Reason))
            .Select(reason => Why(reason.Key.Outcome, reason.Key.Outcome.Word(), ": " + (reason.Key.Reason ?? "no reason is known"))));

    private static XElement About(ConformanceCase one) => Span(new("about"),
        one.About + " ",
        Span(new("links"), $"{FileOf(one)}:{one.Position.Line}", one.Man.Select(page => new object[] { " · ", Link(ManualPages.Address(page), page) })));

    private static XElement Mark(RunResult run) => Element("i",
        new Class(run.Outcome.ClassName() + (run.Run.Abi == GuestAbi.I386 ? " i386" : "")),
        Attribute("title", $"{run.Run.Id}: {run.Outcome.Word()}"));

    private static XElement Why(Outcome outcome, string what, string reason) => Div(new("why " + outcome.ClassName()), Element("b", what), reason);

    /// <summary>What the filter looks for: names, tags, calls, errors, outcomes.</summary>
    private static string SearchedText(ConformanceCase one, List<RunResult> runs)
    {
        var errors = runs.SelectMany(r => r.Steps).Select(s => s.Result?.Error).OfType<int>().Distinct().Select(ConstantTable.ErrnoName);
        IEnumerable<string> words = [one.Id, one.About, .. one.Tags, .. runs.SelectMany(r => r.Run.Calls).Distinct(), .. errors, .. runs.Select(r => r.Outcome.Word()).Distinct(), FileOf(one)];
        return string.Join(' ', words);
    }

    private int Document(ConformanceCase one)
    {
        if (!_documents.TryGetValue(one.Document, out var document))
            _documents.Add(one.Document, document = (_documents.Count + 1, one.Text));
        return document.Number;
    }

    private static string Id(int document) => $"case-{document}";

    private static string FileOf(ConformanceCase one) => Path.GetFileName(one.Position.File);

    private static string FamilyOf(ConformanceCase one) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(one.Position.File)) ?? "");
}
