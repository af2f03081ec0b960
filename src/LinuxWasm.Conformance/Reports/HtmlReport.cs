using System.Globalization;
using System.Net;
using System.Text;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Reports;

/// <summary>One page that needs nothing else: what each call was seen to answer, and every run, with a filter.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ok: #2e7d32; --bad: #c62828; --wait: #8a6d00; --line: #8884; }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
        .figures span { display: inline-block; margin-right: 1.5rem; } .figures b { font-size: 1.4rem; }
        input { font: inherit; width: 100%; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; box-sizing: border-box; }
        table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
        code, td:first-child { font-family: ui-monospace, monospace; font-size: .9em; } td.n { text-align: right; }
        .Passed { color: var(--ok); } .Failed { color: var(--bad); font-weight: 600; } .Skipped, .NotImplemented, .Listed { color: var(--wait); }
        .chip { display: inline-block; border: 1px solid var(--line); border-radius: .7rem; padding: 0 .5rem; margin: .1rem .2rem .1rem 0; font-size: .85em; }
        """;

    private const string Script = """
        const box = document.querySelector('input');
        box.addEventListener('input', () => {
          const words = box.value.toLowerCase().split(/\s+/).filter(w => w);
          for (const row of document.querySelectorAll('tr[data-text]'))
            row.hidden = !words.every(w => row.dataset.text.includes(w));
        });
        """;

    /// <summary>The page of one run of the suite.</summary>
    public static string Create(string target, IReadOnlyList<RunResult> results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Conformance of {Text(target)}</title><style>{Style}</style>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>Conformance of {Text(target)}</h1><p class=figures>");
        foreach (var outcome in Enum.GetValues<Outcome>())
            page.Append(CultureInfo.InvariantCulture, $"<span class={outcome}><b>{results.Count(r => r.Outcome == outcome)}</b> {Word(outcome)}</span>");
        page.Append(CultureInfo.InvariantCulture, $"<span><b>{results.Sum(r => r.Steps.Count)}</b> calls</span></p><input type=search placeholder='Filter: a call, an error, a tag, failed ...'>");
        WriteCalls(page, results);
        WriteRuns(page, results);
        return page.Append("<script>").Append(Script).Append("</script></html>\n").ToString();
    }

    private static void WriteCalls(StringBuilder page, IReadOnlyList<RunResult> results)
    {
        page.Append("<h2>Calls and what they were seen to answer</h2><table><tr><th>call<th>times<th>answers");
        var steps = results.SelectMany(r => r.Steps.Select(s => (Call: s.Call.Split('(')[0], s.Result)));
        foreach (var call in steps.GroupBy(s => s.Call).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var answers = call.GroupBy(s => s.Result is not { } r ? "no return" : r.Error is { } error ? ConstantTable.ErrnoName(error) : "success").OrderByDescending(g => g.Key == "success").ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
            page.Append(CultureInfo.InvariantCulture, $"<tr data-text='{Text($"{call.Key} {string.Join(' ', answers.Select(a => a.Key))}".ToLowerInvariant())}'><td><a href='https://man7.org/linux/man-pages/man2/{Text(call.Key)}.2.html'>{Text(call.Key)}</a><td class=n>{call.Count()}<td>");
            foreach (var answer in answers)
                page.Append(CultureInfo.InvariantCulture, $"<span class=chip>{answer.Key} {answer.Count()}</span>");
        }

        page.Append("</table>");
    }

    private static void WriteRuns(StringBuilder page, IReadOnlyList<RunResult> results)
    {
        page.Append("<h2>Runs</h2><table><tr><th>run<th>outcome<th>promise");
        foreach (var result in results.OrderByDescending(r => r.Outcome == Outcome.Failed))
        {
            var one = result.Run.Case;
            var searched = $"{result.Run.Id} {Word(result.Outcome)} {one.About} {string.Join(' ', one.Tags)} {string.Join(' ', result.Run.Calls)}".ToLowerInvariant();
            page.Append(CultureInfo.InvariantCulture, $"<tr data-text='{Text(searched)}'><td><a href='{Text(one.Position.File)}'>{Text(result.Run.Id)}</a><td class={result.Outcome}>{Word(result.Outcome)}<td>{Text(one.About)}");
            foreach (var failure in result.Failures)
                page.Append(CultureInfo.InvariantCulture, $"<br><code>{Text(failure)}</code>");
            if (result.Outcome is not (Outcome.Passed or Outcome.Failed))
                page.Append(CultureInfo.InvariantCulture, $"<br><code>{Text(result.Reason ?? "")}</code>");
        }

        page.Append("</table>");
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Failed => "failed",
        Outcome.Listed => "listed",
        Outcome.NotImplemented => "not yet",
        _ => "skipped",
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
