using System.Text.Json;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Coverage;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>What holds of the suite as a whole.</summary>
public sealed class SuiteTests
{
    private static readonly Lazy<CaseSuite> _suite = new(() => CaseSuite.Load([SuiteFolder.Path]));

    [Fact]
    public void Every_case_can_be_read() => Assert.Empty(_suite.Value.Errors.Select(e => e.Message));

    [Fact]
    public void Every_implemented_call_has_three_cases_and_one_of_its_errors()
    {
        var calls = CallCoverage.Of(_suite.Value.Cases);
        Assert.True(calls.Count >= 300, $"{calls.Count} calls in the catalogue");
        Assert.Empty(calls.Where(c => !c.IsEnough).Select(c => c.ToString()));
    }

    [Fact]
    public void There_are_800_documents_and_60_of_several_tasks_with_some_of_each_theme()
    {
        var documents = _suite.Value.Cases.DistinctBy(c => c.Document).ToList();
        Assert.True(documents.Count >= 800, $"{documents.Count} documents");
        var together = documents.Where(c => c.Tasks.Count > 1).ToList();
        Assert.True(together.Count >= 60, $"{together.Count} of several tasks");
        foreach (var theme in new[] { "fork", "wait", "signals", "job-control", "futex", "tty" })
            Assert.True(together.Count(c => c.Tags.Contains(theme)) >= 5, $"{together.Count(c => c.Tags.Contains(theme))} of several tasks about {theme}");
    }

    /// <summary>What is not yet implemented waits with cases, and each says which calls it waits for.</summary>
    [Fact]
    public void What_waits_for_the_kernel_is_named_call_by_call()
    {
        using var kernel = new KernelTarget();
        var reasons = _suite.Value.Runs([]).Select(kernel.ReasonToSkip).OfType<string>().ToList();
        Assert.All(reasons, reason => Assert.Matches(@"^not implemented: \w+(\([A-Z_a-z0-9/]+\))?(, |$)", reason));
    }

    [Fact]
    public void At_least_half_of_more_than_200_cases_are_about_errors()
    {
        Assert.True(_suite.Value.Cases.Count >= 200, $"{_suite.Value.Cases.Count} cases");
        var errors = _suite.Value.Cases.Count(c => CaseExpander.Expand(c).Any(HasError));
        Assert.True(errors * 2 >= _suite.Value.Cases.Count, $"{errors} of {_suite.Value.Cases.Count} cases have an error");

        static bool HasError(CaseRun run) => run.Tasks.SelectMany(t => t.Steps).Any(s => s.Expected is Expressions.NameExpression name && Layouts.ConstantTable.FindErrno(name.Name) is not null);
    }

    [Fact]
    public void Run_ids_are_unique()
    {
        var twice = _suite.Value.Runs([]).GroupBy(r => r.Id).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void Shards_divide_the_runs_among_them()
    {
        var runs = _suite.Value.Runs([]);
        var parts = Enumerable.Range(1, 7).SelectMany(i => CaseSuite.Shard(runs, i, 7)).Select(r => r.Id);
        Assert.Equal(runs.Select(r => r.Id).Order(), parts.Order());
    }

    [Fact]
    public void Every_listed_difference_names_a_case()
    {
        var list = CaseSuite.FindDifferences([SuiteFolder.Path]);
        var runs = _suite.Value.Runs([]);
        Assert.All(list.Entries, entry =>
        {
            var covered = runs.Where(entry.Covers).ToList();
            Assert.NotEmpty(covered);
            Assert.All(entry.Rules, rule => Assert.All(covered, run => Assert.Contains(run.Tasks, t => t.Name == rule.Step.Task && rule.Step.Step <= t.Steps.Count)));
        });
    }

    /// <summary>The schema that editors use knows the same keys as the reader.</summary>
    [Fact]
    public void The_schema_has_the_keys_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(SuiteFolder.Path, "case.schema.json")));
        var root = schema.RootElement;
        var definitions = root.GetProperty("$defs");
        Assert.Equal(CaseParser.Keys.Order(), Keys(root));
        Assert.Equal(CaseParser.IdentityKeys.Order(), Keys(definitions.GetProperty("identity")));
        Assert.Equal(SetupParser.Kinds.Order(), Keys(definitions.GetProperty("setupItem")));
        Assert.Equal(StepParser.Keys.Order(), Keys(definitions.GetProperty("step").GetProperty("anyOf")[1]));
        var end = root.GetProperty("properties").GetProperty("end").GetProperty("properties");
        Assert.Equal(EndStateParser.FileKeys.Order(), Keys(end.GetProperty("files").GetProperty("additionalProperties").GetProperty("anyOf")[1]));

        static IEnumerable<string> Keys(JsonElement element) => element.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order();
    }
}
