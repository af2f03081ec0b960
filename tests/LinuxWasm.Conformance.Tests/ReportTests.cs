using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Fuzzing;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Reports;
using LinuxWasm.Conformance.Reports.Html;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Reports_name_each_run_and_its_failures_and_let_no_markup_through()
    {
        using var target = new KernelTarget();
        var runner = new CaseRunner(target);
        var results = RunnerTests.Runs("id: a/b\nabout: a < b & c\nsteps:\n  - open(\"<script>\", O_RDONLY) = 3\n").Select(runner.Run).ToList();
        var html = HtmlReport.Create(HistoryEntry.Of(default, "x", "", results), results, []);
        Assert.Contains("a &lt; b &amp; c", html, StringComparison.Ordinal);
        Assert.Contains("gave -1 ENOENT, expected 3", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>\"", html, StringComparison.Ordinal);
        var xml = NUnitReport.Create("x", results);
        Assert.Equal("2", xml.Root?.Attribute("failed")?.Value);
        Assert.Equal(2, xml.Descendants("failure").Count());
    }

    /// <summary>Whoever adds up NUnit's figures finds every run in one of them, whatever came of it.</summary>
    [Fact]
    public void NUnits_figures_add_up_to_its_test_cases()
    {
        var run = RunnerTests.Runs("id: a/b\nabout: x\nrequires: { abi: i386 }\nsteps: [getpid() > 0]\n").Single();
        RunResult[] results = [.. Enum.GetValues<Outcome>().Select(o => new RunResult { Run = run, Outcome = o, Reason = "so it is" })];
        var xml = NUnitReport.Create("x", results);
        foreach (var level in xml.Descendants().Where(e => e.Attribute("total") is not null))
        {
            foreach (var verdict in new[] { "Passed", "Failed", "Skipped", "Inconclusive" })
            {
                var cases = level.Descendants("test-case").Count(c => c.Attribute("result")?.Value == verdict);
                Assert.Equal($"{verdict} {cases}", $"{verdict} {level.Attribute(verdict.ToLowerInvariant())?.Value}");
            }

            Assert.Equal($"{results.Length}", level.Attribute("total")?.Value);
        }

        Assert.Equal("3", xml.Root?.Attribute("skipped")?.Value);
    }

    /// <summary>A kernel whose close does not know its own descriptors is found by random calls, and shrunk to a case that says so.</summary>
    [Fact]
    public void Random_calls_find_a_broken_kernel_and_shrink_what_they_found()
    {
        OracleTarget linux;
        try
        {
            linux = new OracleTarget();
        }
        catch (TargetException missing)
        {
            Assert.Skip(missing.Message);
            return;
        }

        using (linux)
        {
            using var broken = new BrokenTarget(new KernelTarget(), CallTable.Find("dup", GuestAbi.X8664)!.Value, -9, -22);
            var finding = new Fuzzer(broken, linux, seed: 1).Run(20_000).First(f => f.Difference.Call.StartsWith("dup(", StringComparison.Ordinal));
            var found = Assert.Single(CaseFile.Parse("found.yaml", finding.Yaml).Cases);
            Assert.Equal(1, CaseExpander.Expand(found).Single().StepCount);
            Assert.Contains("= EBADF", finding.Yaml, StringComparison.Ordinal);
        }
    }
}
