using System.Globalization;
using System.Xml.Linq;
using static LinuxWasm.Conformance.Reports.Html.Markup;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>A bar for each of the last runs of the same cases on the same target, as high as there were runs that passed, with what failed in its colour above.</summary>
internal static class HistorySection
{
    private const int Most = 60;
    private const int Height = 36;
    private const int Step = 7;

    public static XElement Create(HistoryEntry now, IReadOnlyList<HistoryEntry> earlier)
    {
        List<HistoryEntry> runs = [.. earlier.Where(now.IsLike), now];
        var others = Others(earlier.Count - (runs.Count - 1));
        return runs.Count < 2
            ? Div(new("history"), Chart(runs), Element("span", $"The first run of these cases on {now.Target} that is kept: the next ones stand beside it.{others}"))
            : Div(new("history"), Chart(runs), Element("span", $"{Changes(runs[^2], now)}, the same cases on {now.Target}.{others}"), Table(runs));
    }

    private static XElement Chart(List<HistoryEntry> runs)
    {
        var last = runs.TakeLast(Most).ToList();
        var highest = Math.Max(1, last.Max(r => r.Runs));
        return Element("svg",
            Attribute("width", Math.Max(last.Count * Step, Step)),
            Attribute("height", Height),
            Attribute("role", "img"),
            Attribute("aria-label", $"Passed runs of the last {last.Count} times"),
            last.Select((run, i) => Bars(run, i * Step, highest)));
    }

    private static XElement Bars(HistoryEntry run, int x, int highest)
    {
        var passed = Math.Max(1, run.Passed * Height / highest);
        var failed = run.Failed == 0 ? 0 : Math.Max(2, run.Failed * Height / highest);
        return Element("g",
            Element("title", $"{Time(run)}: {run.Passed} passed, {run.Failed} failed"),
            Bar(x, Height - passed, passed, "passed"),
            Bar(x, Math.Max(0, Height - passed - failed - 1), failed, "failed"));
    }

    private static XElement Bar(int x, int y, int height, string colour) => Element("rect",
        Attribute("x", x), Attribute("y", y), Attribute("width", Step - 2), Attribute("height", height), Attribute("rx", 1), Attribute("fill", $"var(--{colour})"));

    private static XElement Table(List<HistoryEntry> runs)
    {
        string[] columns = ["runs", "passed", "failed", "listed", "skipped", "not yet", "calls", "seconds"];
        return Element("details",
            Element("summary", $"{runs.Count} runs"),
            Element("table",
                Element("tr", Element("th", "when"), columns.Select(c => Element("th", new Class("n"), c))),
                Enumerable.Reverse(runs).Select(run => Element("tr", Element("td", Time(run)), Figures(run).Select(f => Element("td", new Class("n"), f))))));
    }

    private static IEnumerable<object> Figures(HistoryEntry run) =>
        [run.Runs, run.Passed, run.Failed, run.Listed, run.Skipped, run.NotImplemented, run.Steps, run.Seconds.ToString("F1", CultureInfo.InvariantCulture)];

    private static string Time(HistoryEntry run) => run.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Changes(HistoryEntry before, HistoryEntry now) =>
        $"{Change(now.Passed - before.Passed, "passed")}, {Change(now.Failed - before.Failed, "failed")} since {Time(before)}";

    private static string Change(int difference, string what) =>
        difference == 0 ? $"as many {what}" : string.Create(CultureInfo.InvariantCulture, $"{difference:+0;−0} {what}");

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => " 1 other run, of other cases or on another target, is kept and not compared.",
        _ => $" {count} other runs, of other cases or on another target, are kept and not compared.",
    };
}
