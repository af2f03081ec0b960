using System.Globalization;
using System.Xml.Linq;
using LinuxWasm.Conformance.Running;
using static LinuxWasm.Conformance.Reports.Html.Markup;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>
/// One page that needs nothing else: what each call was seen to answer with each flag, every case with its text and its runs, and earlier runs of
/// the suite. It is well-formed XML too, so that other programs can read it.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page of one run of the suite.</summary>
    /// <param name="now">This run as a line of the history.</param>
    /// <param name="results">What came of it.</param>
    /// <param name="earlier">The runs before it, oldest first.</param>
    public static string Create(HistoryEntry now, IReadOnlyList<RunResult> results, IReadOnlyList<HistoryEntry> earlier)
    {
        var cases = new CaseSection(results);
        return Write(Element("html",
            Attribute("lang", "en"),
            Head(now),
            "\n",
            Element("body",
                Element("header", Element("div", Title(now), Bar(now), Figures(now), HistorySection.Create(now, earlier))),
                "\n",
                Tools(),
                "\n",
                Element("main", CallSection.Create(results), cases.Create()),
                "\n",
                Footer(),
                cases.Sources(),
                "\n",
                Verbatim("script", Resource("report.js")))));
    }

    private static XElement Head(HistoryEntry now) => Element("head",
        Element("meta", Attribute("charset", "utf-8")),
        Element("meta", Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")),
        Element("title", $"Conformance of {now.Target}"),
        Verbatim("style", Resource("report.css")));

    private static XElement Title(HistoryEntry now) => Div(new("title"),
        Element("h1", $"Conformance of {now.Target}"),
        Element("small", string.Create(CultureInfo.InvariantCulture, $"{now.Time:yyyy-MM-dd HH:mm} UTC · {Scope(now)}{now.Runs:N0} runs, {now.Steps:N0} calls")),
        Element("button", Attribute("id", "theme"), Attribute("type", "button"), Attribute("title", "Light or dark"), "◐"));

    private static string Scope(HistoryEntry now) => now.Scope.Length > 0 ? now.Scope + " · " : "";

    private static (Outcome Outcome, int Count)[] Counts(HistoryEntry now) =>
    [
        (Outcome.Passed, now.Passed), (Outcome.Failed, now.Failed), (Outcome.Listed, now.Listed), (Outcome.Skipped, now.Skipped), (Outcome.NotImplemented, now.NotImplemented),
    ];

    private static XElement Bar(HistoryEntry now) => Div(new("bar"),
        Attribute("role", "img"),
        Attribute("aria-label", string.Join(", ", Counts(now).Select(c => $"{c.Count} {c.Outcome.Word()}"))),
        Counts(now).Where(c => c.Count > 0).Select(c => Element("i", c.Outcome.Class(), Attribute("style", $"flex-grow:{c.Count}"))));

    /// <summary>Buttons that narrow the page to what came out so.</summary>
    private static XElement Figures(HistoryEntry now) => Div(new("figures"),
        Attribute("role", "group"),
        Attribute("aria-label", "Show only"),
        Counts(now).Select(c => Element("button", c.Outcome.Class(),
            Attribute("type", "button"),
            Attribute("value", c.Outcome.ClassName()),
            Attribute("aria-pressed", "false"),
            Element("b", c.Count.ToString("N0", CultureInfo.InvariantCulture)),
            " " + c.Outcome.Word())));

    private static XElement Tools() => Div(new("tools"), Element("div",
        Element("input",
            Attribute("id", "filter"),
            Attribute("type", "search"),
            Attribute("placeholder", "Filter: a call, a flag, an error, a tag …"),
            Attribute("aria-label", "Filter calls and cases"),
            Attribute("autocomplete", "off"),
            Attribute("spellcheck", "false")),
        Element("output", Attribute("id", "shown"), Attribute("aria-live", "polite")),
        Element("nav", Link("#calls", "Calls"), Link("#cases", "Cases"))));

    private static XElement Footer() => Element("footer",
        "A square is a run on x86-64, a circle one on i386. Point at one to read which it is. A case opens to show what it says. ",
        Element("kbd", "/"), " goes to the filter, ",
        Element("kbd", "Esc"), " empties it; a word with a minus in front must not be there.");

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("reports/" + name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
