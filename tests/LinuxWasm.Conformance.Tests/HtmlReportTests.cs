using System.Xml.Linq;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Reports;
using LinuxWasm.Conformance.Reports.Html;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

public sealed class HtmlReportTests
{
    private const string Cases = """
        id: a/passes
        about: a < b & "c"
        man: [open(2), pipe(7)]
        tags: [special]
        matrix: { flags: [O_RDONLY, O_RDWR] }
        steps:
          - open("/t", $flags|O_DIRECTORY) in [3, EISDIR]
        ---
        id: a/fails
        about: wrong on purpose
        steps:
          - open("<script>", O_RDONLY) = 3
        ---
        id: a/waits
        about: needs what is not there
        steps:
          - io_setup(1, NULL) = EFAULT
        """;

    private static readonly DateTime _time = new(2026, 5, 17, 12, 30, 0, DateTimeKind.Utc);

    [Fact]
    public void The_page_is_well_formed_and_has_every_case_with_every_run()
    {
        var (results, page) = Create([]);
        var rows = page.Descendants().Where(e => (string?)e.Attribute("class") == "row case").ToList();
        Assert.Equal(["a/passes", "a/fails", "a/waits"], rows.Select(NameOf).OrderBy(id => results.FindIndex(r => r.Run.Case.Id == id)));
        foreach (var row in rows)
            Assert.Equal(results.Count(r => r.Run.Case.Id == NameOf(row)), row.Descendants().Count(e => e.Name.LocalName == "i"));
        Assert.Equal(["io_setup", "open"], [.. results.SelectMany(r => r.Run.Calls).Distinct().Order()]);
        Assert.Contains(page.Descendants(), e => e.Name.LocalName == "a" && e.Value == "open" && (string?)e.Attribute("href") == "https://man7.org/linux/man-pages/man2/open.2.html");
    }

    [Fact]
    public void The_filter_finds_a_case_by_its_call_tag_error_and_outcome()
    {
        var (_, page) = Create([]);
        string Searched(string id) => (string)page.Descendants().Single(e => (string?)e.Attribute("class") == "row case" && NameOf(e) == id).Attribute("data-text")!;
        Assert.Contains("open special eisdir", $"{Searched("a/passes")} ".Replace("special open", "open special", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("failed", Searched("a/fails"), StringComparison.Ordinal);
        Assert.Contains("not yet", Searched("a/waits"), StringComparison.Ordinal);
        var open = page.Descendants().Single(e => (string?)e.Attribute("class") == "row call");
        Assert.Contains("o_directory", (string)open.Attribute("data-text")!, StringComparison.Ordinal);
        Assert.Equal("passed failed", (string)open.Attribute("data-outcomes")!);
    }

    [Fact]
    public void A_call_has_a_matrix_of_flags_and_results()
    {
        var (results, page) = Create([]);
        var matrix = page.Descendants().Single(e => (string?)e.Attribute("class") == "matrix");
        var cells = matrix.Descendants().Where(e => e.Name.LocalName == "tr").ToDictionary(r => r.Elements().First().Value, r => r.Elements().Skip(1).Select(c => c.Value).ToList());
        Assert.Equal(["EISDIR", "ENOENT"], cells["with"].Where(e => e != CallAnswers.Success));
        var passed = results.Where(r => r.Run.Case.Id == "a/passes").SelectMany(r => r.Steps).ToList();
        Assert.Equal(passed.Count(s => s.Result is { Error: not null }), int.Parse(cells["O_DIRECTORY"][cells["with"].IndexOf("EISDIR")], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>So it can be moved and mailed: it has the text of each case within it.</summary>
    [Fact]
    public void The_page_has_the_text_of_each_case_and_nothing_comes_from_elsewhere()
    {
        var (_, page) = Create([]);
        var sources = page.Descendants().Where(e => e.Name.LocalName == "template").ToDictionary(e => (string)e.Attribute("id")!, e => e.Value);
        foreach (var row in page.Descendants().Where(e => (string?)e.Attribute("class") == "row case"))
            Assert.StartsWith($"id: {NameOf(row)}\n", sources[(string)row.Elements().First().Attribute("data-source")!], StringComparison.Ordinal);
        var fails = page.Descendants().Single(e => (string?)e.Attribute("class") == "row case" && NameOf(e) == "a/fails");
        Assert.Contains("test.yaml:9", fails.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants(), e => e.Attribute("src") is not null || e.Name.LocalName == "link");
        Assert.All(page.Descendants().Attributes("href"), link => Assert.Matches("^(https://man7[.]org/|#)", link.Value));
        Assert.DoesNotContain(page.Descendants().Where(e => e.Name.LocalName == "style"), e => e.Value.Contains("url(", StringComparison.Ordinal));
    }

    [Fact]
    public void The_history_compares_with_earlier_runs_of_the_same_cases_on_the_same_target_and_says_so()
    {
        var earlier = new HistoryEntry(_time.AddDays(-1), "here", 5, 2, 0, 0, 0, 30, 1.5, "cases");
        var (_, page) = Create([earlier, earlier with { Target = "elsewhere", Passed = 77 }, earlier with { Scope = "cases, filtered by open", Passed = 88 }, earlier with { Scope = "", Passed = 99 }]);
        var history = page.Descendants().Single(e => (string?)e.Attribute("class") == "history").Value;
        Assert.Contains("since 2026-05-16 12:30, the same cases on here. 3 other runs, of other cases or on another target, are kept and not compared.", history, StringComparison.Ordinal);
        Assert.All(["77", "88", "99"], other => Assert.DoesNotContain(other, history, StringComparison.Ordinal));
    }

    [Fact]
    public void The_history_is_a_line_a_run_and_a_broken_line_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            var entry = new HistoryEntry(_time, "here", 5, 2, 1, 3, 4, 30, 1.5);
            RunHistory.Append(path, entry);
            RunHistory.Append(path, entry with { Passed = 6 });
            Assert.Equal([entry, entry with { Passed = 6 }], RunHistory.Load(path));
            File.AppendAllText(path, "nonsense\n");
            Assert.StartsWith($"{path}:3: ", Assert.Throws<FormatException>(() => RunHistory.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string NameOf(XElement row) => row.Descendants().First(e => (string?)e.Attribute("class") == "name mono").Value;

    private static (List<RunResult> Results, XDocument Page) Create(IReadOnlyList<HistoryEntry> earlier)
    {
        using var target = new KernelTarget();
        var runner = new CaseRunner(target);
        var file = Parsing.CaseFile.Parse(Path.Combine("cases", "family", "test.yaml"), Cases);
        Assert.Empty(file.Errors);
        var results = file.Cases.SelectMany(CaseExpander.Expand).Select(runner.Run).ToList();
        return (results, XDocument.Parse(HtmlReport.Create(HistoryEntry.Of(_time, "here", "cases", results), results, earlier)));
    }
}
