using System.Globalization;
using System.Net;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Syscalls;
using GuestAbi = LinuxWasm.Conformance.Cases.GuestAbi;

namespace LinuxWasm.Conformance.Reports;

/// <summary>
/// One page that needs nothing else: what each call was seen to answer with each flag, every case with its runs, and earlier runs of the suite.
/// It is well-formed XML too, so that other programs can read it.
/// </summary>
public sealed class HtmlReport
{
    private readonly StringBuilder _page = new();
    private readonly string _folder;

    private HtmlReport(string folder) => _folder = folder;

    /// <summary>The page of one run of the suite.</summary>
    /// <param name="now">This run as a line of the history.</param>
    /// <param name="results">What came of it.</param>
    /// <param name="earlier">The runs before it, oldest first.</param>
    /// <param name="folder">Where the page is going to lie: links to the cases are relative to it.</param>
    public static string Create(HistoryEntry now, IReadOnlyList<RunResult> results, IReadOnlyList<HistoryEntry> earlier, string folder)
    {
        var report = new HtmlReport(Path.GetFullPath(folder));
        report.WriteHead(now);
        report.WriteHistory([.. earlier.Where(e => e.Target == now.Target), now]);
        report.Line("</div></header>");
        report.WriteTools();
        report.Line("<main>");
        report.WriteCalls(results);
        report.WriteCases(results);
        report.Line("</main>");
        report.Line("<footer>A square is a run on x86-64, a circle one on i386. Point at one to read which it is. <kbd>/</kbd> goes to the filter, <kbd>Esc</kbd> empties it; a word with a minus in front must not be there.</footer>");
        report.Line($"<script>//<![CDATA[\n{Resource("report.js")}//]]></script>\n</body>\n</html>");
        return report._page.ToString();
    }

    private void WriteHead(HistoryEntry now)
    {
        Line("<!DOCTYPE html>");
        Line($"<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        Line($"<title>Conformance of {Text(now.Target)}</title>\n<style>\n{Resource("report.css")}</style>\n</head>\n<body>");
        Line($"<header><div><div class=\"title\"><h1>Conformance of {Text(now.Target)}</h1><small>{now.Time:yyyy-MM-dd HH:mm} UTC · {now.Runs:N0} runs, {now.Steps:N0} calls</small><button id=\"theme\" type=\"button\" title=\"Light or dark\">◐</button></div>");
        (Outcome Outcome, int Count)[] counts =
        [
            (Outcome.Passed, now.Passed), (Outcome.Failed, now.Failed), (Outcome.Listed, now.Listed), (Outcome.Skipped, now.Skipped), (Outcome.NotImplemented, now.NotImplemented),
        ];
        Line($"<div class=\"bar\" role=\"img\" aria-label=\"{string.Join(", ", counts.Select(c => $"{c.Count} {Word(c.Outcome)}"))}\">");
        foreach (var (outcome, count) in counts.Where(c => c.Count > 0))
            Line($"<i class=\"{Class(outcome)}\" style=\"flex-grow:{count}\"></i>");
        Line("</div><div class=\"figures\" role=\"group\" aria-label=\"Show only\">");
        foreach (var (outcome, count) in counts)
            Line($"<button type=\"button\" class=\"{Class(outcome)}\" value=\"{Class(outcome)}\" aria-pressed=\"false\"><b>{count:N0}</b> {Word(outcome)}</button>");
        Line("</div>");
    }

    /// <summary>A bar for each of the last runs, as high as there were runs that passed, with what failed in its colour below.</summary>
    private void WriteHistory(IReadOnlyList<HistoryEntry> runs)
    {
        const int Most = 60;
        const int Height = 36;
        const int Step = 7;
        var last = runs.TakeLast(Most).ToList();
        var highest = Math.Max(1, last.Max(r => r.Runs));
        Line($"<div class=\"history\"><svg width=\"{Math.Max(last.Count * Step, Step)}\" height=\"{Height}\" role=\"img\" aria-label=\"Passed runs of the last {last.Count} times\">");
        for (var i = 0; i < last.Count; i++)
        {
            var passed = Math.Max(1, last[i].Passed * Height / highest);
            var failed = last[i].Failed == 0 ? 0 : Math.Max(2, last[i].Failed * Height / highest);
            Line($"<g><title>{last[i].Time:yyyy-MM-dd HH:mm}: {last[i].Passed} passed, {last[i].Failed} failed</title><rect x=\"{i * Step}\" y=\"{Height - passed}\" width=\"{Step - 2}\" height=\"{passed}\" rx=\"1\" fill=\"var(--passed)\"/><rect x=\"{i * Step}\" y=\"{Math.Max(0, Height - passed - failed - 1)}\" width=\"{Step - 2}\" height=\"{failed}\" rx=\"1\" fill=\"var(--failed)\"/></g>");
        }

        Line("</svg>");
        if (runs.Count < 2)
        {
            Line("<span>The first run that is kept: the next ones stand beside it.</span></div>");
            return;
        }

        var before = runs[^2];
        Line($"<span>{Change(runs[^1].Passed - before.Passed, "passed")}, {Change(runs[^1].Failed - before.Failed, "failed")} since {before.Time:yyyy-MM-dd HH:mm}</span>");
        Line($"<details><summary>{runs.Count} runs</summary><table><tr><th>when</th><th class=\"n\">runs</th><th class=\"n\">passed</th><th class=\"n\">failed</th><th class=\"n\">listed</th><th class=\"n\">skipped</th><th class=\"n\">not yet</th><th class=\"n\">calls</th><th class=\"n\">seconds</th></tr>");
        foreach (var run in runs.Reverse())
            Line($"<tr><td>{run.Time:yyyy-MM-dd HH:mm}</td><td class=\"n\">{run.Runs}</td><td class=\"n\">{run.Passed}</td><td class=\"n\">{run.Failed}</td><td class=\"n\">{run.Listed}</td><td class=\"n\">{run.Skipped}</td><td class=\"n\">{run.NotImplemented}</td><td class=\"n\">{run.Steps}</td><td class=\"n\">{run.Seconds:F1}</td></tr>");
        Line("</table></details></div>");
    }

    private void WriteTools()
    {
        Line("<div class=\"tools\"><div><input id=\"filter\" type=\"search\" placeholder=\"Filter: a call, a flag, an error, a tag …\" aria-label=\"Filter calls and cases\" autocomplete=\"off\" spellcheck=\"false\"/>");
        Line("<output id=\"shown\" aria-live=\"polite\"></output><nav><a href=\"#calls\">Calls</a><a href=\"#cases\">Cases</a></nav></div></div>");
    }

    private void WriteCalls(IReadOnlyList<RunResult> results)
    {
        var outcomes = results.SelectMany(r => r.Run.Calls.Select(call => (call, r.Outcome))).ToLookup(pair => pair.call, pair => pair.Outcome);
        var calls = CallAnswers.Of(results);
        Line($"<section id=\"calls\" data-kind=\"call\"><h2>Calls <small>{calls.Count} of them, and what they were seen to answer; open one for its flags</small></h2><div class=\"card\">");
        foreach (var call in calls)
        {
            var searched = $"{call.Call} {string.Join(' ', call.Results.Keys)} {string.Join(' ', call.Flags.Keys)}";
            Line($"<details class=\"row call\" data-text=\"{Text(searched.ToLowerInvariant())}\" data-outcomes=\"{string.Join(' ', outcomes[call.Call].Distinct().Select(Class))}\"><summary><a class=\"name mono\" href=\"{Text(ManualPage(ManualOf(call.Call)))}\">{Text(call.Call)}</a><span class=\"times\">{call.Steps:N0} times, {call.Cases.Count} {(call.Cases.Count == 1 ? "case" : "cases")}</span><span class=\"chips\">");
            foreach (var (result, count) in Ordered(call.Results))
                Line($"<span class=\"chip{(result == CallAnswers.Success ? " ok" : "")}\">{result}<b>{count}</b></span>");
            Line("</span></summary>");
            WriteMatrix(call);
            Line("</details>");
        }

        Line("<p class=\"none\" hidden=\"hidden\">No call fits the filter.</p></div></section>");
    }

    private void WriteMatrix(CallAnswers call)
    {
        if (call.Flags.Count == 0)
        {
            Line("<div class=\"matrix soft\">No case gives it a flag.</div>");
            return;
        }

        var results = Ordered(call.Results).Select(r => r.Key).Where(r => call.Flags.Values.Any(f => f.ContainsKey(r))).ToList();
        Line($"<div class=\"matrix\"><table><tr><th>with</th>{string.Concat(results.Select(r => $"<th class=\"n\">{r}</th>"))}</tr>");
        foreach (var (flag, counts) in call.Flags)
            Line($"<tr><td class=\"mono\">{Text(flag)}</td>{string.Concat(results.Select(r => $"<td class=\"n\">{(counts.TryGetValue(r, out var n) ? n.ToString(CultureInfo.InvariantCulture) : "")}</td>"))}</tr>");
        Line("</table></div>");
    }

    private void WriteCases(IReadOnlyList<RunResult> results)
    {
        var cases = results.GroupBy(r => r.Run.Case).ToList();
        Line($"<section id=\"cases\" data-kind=\"case\"><h2>Cases <small>{cases.Count} promises of Linux</small></h2>");
        foreach (var family in cases.GroupBy(c => FamilyOf(c.Key)).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            Line($"<div data-family=\"{Text(family.Key)}\"><h3>{Text(family.Key)} <small>{family.Count()}</small></h3><div class=\"card\">");
            foreach (var one in family.OrderByDescending(c => c.Any(r => r.Outcome == Outcome.Failed)))
                WriteCase(one.Key, [.. one]);
            Line("</div></div>");
        }

        Line("<p class=\"none\" hidden=\"hidden\">No case fits the filter.</p></section>");
    }

    private void WriteCase(ConformanceCase one, IReadOnlyList<RunResult> runs)
    {
        var errors = runs.SelectMany(r => r.Steps).Select(s => s.Result?.Error).OfType<int>().Distinct().Select(Layouts.ConstantTable.ErrnoName);
        var searched = $"{one.Id} {one.About} {string.Join(' ', one.Tags)} {string.Join(' ', runs.SelectMany(r => r.Run.Calls).Distinct())} {string.Join(' ', errors)} {string.Join(' ', runs.Select(r => Word(r.Outcome)).Distinct())} {Path.GetFileName(one.Position.File)}";
        Line($"<div class=\"row case\" data-text=\"{Text(searched.ToLowerInvariant())}\" data-outcomes=\"{string.Join(' ', runs.Select(r => Class(r.Outcome)).Distinct())}\"><div class=\"line\">");
        Line($"<span class=\"name\"><a class=\"mono\" href=\"{Text(LinkTo(one.Position.File))}#L{one.Position.Line}\">{Text(one.Id)}</a></span>");
        Line($"<span class=\"about\">{Text(one.About)} <span class=\"links\">{Text(Path.GetFileName(one.Position.File))}:{one.Position.Line}{string.Concat(one.Man.Select(man => $" · <a href=\"{Text(ManualPage(man))}\">{Text(man)}</a>"))}</span></span><span class=\"runs\">");
        foreach (var run in runs)
            Line($"<i class=\"{Class(run.Outcome)}{(run.Run.Abi == GuestAbi.I386 ? " i386" : "")}\" title=\"{Text(run.Run.Id)}: {Word(run.Outcome)}\"></i>");
        Line("</span></div>");
        foreach (var run in runs.Where(r => r.Outcome == Outcome.Failed))
            Line($"<div class=\"why failed\"><b>{Text(run.Run.Id)}</b>\n{Text(string.Join('\n', run.Failures))}</div>");
        foreach (var reason in runs.Where(r => r.Outcome is not (Outcome.Failed or Outcome.Passed)).GroupBy(r => (r.Outcome, r.Reason)))
            Line($"<div class=\"why {Class(reason.Key.Outcome)}\"><b>{Word(reason.Key.Outcome)}</b>: {Text(reason.Key.Reason ?? "no reason is known")}</div>");
        Line("</div>");
    }

    private static IEnumerable<KeyValuePair<string, int>> Ordered(IReadOnlyDictionary<string, int> results) =>
        results.OrderByDescending(r => r.Key == CallAnswers.Success).ThenBy(r => r.Key, StringComparer.Ordinal);

    private static string FamilyOf(ConformanceCase one) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(one.Position.File)) ?? "");

    private string LinkTo(string file) =>
        string.Join('/', Path.GetRelativePath(_folder, Path.GetFullPath(file)).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));

    /// <summary>The page that the catalogue names for a call; the call's own where it names none.</summary>
    private static string ManualOf(string call) =>
        SyscallCatalogue.Entries.FirstOrDefault(e => e.Name == call)?.Man is { Length: > 0 } man ? man : call + "(2)";

    /// <summary>open(2) at man7.org.</summary>
    internal static string ManualPage(string man)
    {
        var open = man.IndexOf('(', StringComparison.Ordinal);
        var (name, section) = open > 0 ? (man[..open], man[(open + 1)..].TrimEnd(')')) : (man, "2");
        return $"https://man7.org/linux/man-pages/man{section[..1]}/{name}.{section}.html";
    }

    private static string Class(Outcome outcome) => outcome switch
    {
        Outcome.NotImplemented => "not-yet",
        _ => outcome.ToString().ToLowerInvariant(),
    };

    private static string Word(Outcome outcome) => outcome == Outcome.NotImplemented ? "not yet" : outcome.ToString().ToLowerInvariant();

    private static string Change(int difference, string what) => difference == 0 ? $"as many {what}" : $"{difference:+0;−0} {what}";

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("reports/" + name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Text between tags or in an attribute; XML has no place for most control characters.</summary>
    private static string Text(string text) => WebUtility.HtmlEncode(new string([.. text.Select(c => System.Xml.XmlConvert.IsXmlChar(c) ? c : '\ufffd')]));

    private void Line(FormattableString line) => _page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Line(string line) => _page.Append(line).Append('\n');
}
