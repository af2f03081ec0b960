using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>What differences.yaml lists may differ as it says, and not otherwise.</summary>
public sealed class DifferenceTests
{
    /// <summary>dup gives 3 here; the case has it that Linux gives 4.</summary>
    private const string Wrong = "id: a/b\nabout: x\nrequires: { abi: i386 }\nsteps:\n  - dup(0) = 4\n";

    [Fact]
    public void What_differs_by_its_rule_is_listed_with_its_reason()
    {
        var result = Judge("{ step: main.1, here: 3, linux: 4 }", Wrong);
        Assert.Equal(Outcome.Listed, result.Outcome);
        Assert.Equal("so it is", result.Reason);
    }

    [Theory]
    [InlineData("{ step: main.1, here: 5, linux: 4 }", "main.1: gave 3, expected 4")]
    [InlineData("{ step: main.1, here: 3, linux: 5 }", "main.1: gave 3, expected 4")]
    [InlineData("{ step: main.1, here: EBADF, linux: 4 }", "main.1: gave 3, expected 4")]
    [InlineData("{ step: main.2, here: 3, linux: 4 }", "main.1: gave 3, expected 4")]
    [InlineData("{ step: main.1, check: n == 1, here: 0 }", "main.1: gave 3, expected 4")]
    [InlineData("{ step: main.1, here: '?', linux: 4 }", "nothing differs by this rule any more (main.1: does not return, and 4 on Linux)")]
    public void What_differs_otherwise_than_its_rule_says_fails(string rule, string objection)
    {
        var result = Judge(rule, Wrong);
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.StartsWith("not as listed at differences.yaml:1:3: ", result.Reason, StringComparison.Ordinal);
        Assert.Contains(objection, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_difference_without_a_rule_fails()
    {
        var result = Judge("{ step: main.1, here: 3, linux: 4 }", Wrong + "  - close(99) = 0\n");
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.EndsWith("main.2: gave -1 EBADF, expected 0", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_by_which_nothing_differs_any_more_fails()
    {
        var result = Judge("{ step: main.1, here: 3, linux: 4 }\n    - { step: main.2, here: EBADF, linux: 0 }", Wrong + "  - close(99) = EBADF\n");
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Contains("differences.yaml:5:7: nothing differs by this rule any more", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listed_difference_that_does_not_differ_any_more_fails()
    {
        var result = Judge("{ step: main.1, here: 3, linux: 4 }", Wrong.Replace("= 4", "= 3", StringComparison.Ordinal));
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Contains("strike it off", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_that_does_not_hold_and_a_call_that_does_not_return_have_rules_too()
    {
        const string Case = "id: a/b\nabout: x\nrequires: { abi: i386 }\nbuffers:\n  buf: \"ab\"\nsteps:\n  - call: dup(0) = 3\n    check: buf[0..1] == \"x\"\n  - exit(0) = 0\n";
        var result = Judge("{ step: main.1, check: 'buf[0..1] == \"x\"', here: '\"a\"' }\n    - { step: main.2, here: '?', linux: 0 }", Case);
        Assert.Equal("so it is", result.Reason);
        Assert.Equal(Outcome.Listed, result.Outcome);
    }

    /// <summary>Beside Linux's own answers the same rules hold, and the first difference is shown with the line of its step.</summary>
    [Fact]
    public void A_comparison_shows_the_step_and_keeps_to_the_rules()
    {
        var run = RunnerTests.Runs(Wrong + "  - dup(0) = 5\n").Single();
        using var target = new KernelTarget();
        var own = new CaseRunner(target).Run(run);
        var linux = own with { Outcome = Outcome.Passed, Steps = [.. own.Steps.Select((s, i) => s with { Result = new CallResult(4 + i, null), Failures = [] })] };
        var compared = Assert.Single(new SideBySide([linux], "Linux 0").Compare([run], workers: 1, cancel: TestContext.Current.CancellationToken));
        Assert.Equal(["case.yaml:5:5: main.1: dup(0): result\n      LinuxWasm  3\n      Linux 0    4"], compared.Failures);
        Assert.Equal(Outcome.Failed, List("{ step: main.1, here: 3, linux: 4 }").Judge(compared).Outcome);
        var listed = List("{ step: main.1, here: 3, linux: 4 }\n    - { step: main.2, here: 4, linux: 5 }").Judge(compared);
        Assert.Equal(Outcome.Listed, listed.Outcome);
        Assert.Equal(compared.Failures, listed.Failures);
    }

    [Theory]
    [InlineData("- case: a/b\n  reason: x\n", 1, 3, "needs 'rule'")]
    [InlineData("- case: a/b\n  rule: [{ step: main.1, here: 1, linux: 2 }]\n", 1, 3, "needs 'reason'")]
    [InlineData("- case: a/b\n  reason: x\n  rule: []\n", 3, 9, "at least one step")]
    [InlineData("- case: a/b\n  reason: x\n  rule: [{ step: main, here: 1, linux: 2 }]\n", 3, 18, "expected task.number")]
    [InlineData("- case: a/b\n  reason: x\n  rule: [{ step: main.1, here: 1 }]\n", 3, 10, "needs 'linux'")]
    [InlineData("- case: a/b\n  reason: x\n  rule: [{ step: main.1, here: one, linux: 2 }]\n", 3, 32, "found 'one'")]
    [InlineData("- case: a/b\n  reason: x\n  rule: [{ step: main.1, here: 1, linux: '?' }]\n", 3, 42, "expected a number or an error")]
    [InlineData("- case: a/b\n  reason: x\n  rule: [{ step: main.1, here: 1, linux: 1, check: x }]\n", 3, 42, "linux or check, not both")]
    public void A_malformed_list_is_told_with_its_place(string yaml, int line, int column, string expected)
    {
        var error = Assert.Throws<CaseFormatException>(() => DifferenceFile.Parse("differences.yaml", yaml).ToList());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(new SourcePosition("differences.yaml", line, column), error.Position);
    }

    private static RunResult Judge(string rules, string yaml)
    {
        using var target = new KernelTarget();
        return List(rules).Judge(new CaseRunner(target).Run(RunnerTests.Runs(yaml).Single()));
    }

    private static DifferenceList List(string rules) =>
        new([.. DifferenceFile.Parse("differences.yaml", $"- case: a/b\n  reason: so it is\n  rule:\n    - {rules}\n")]);
}
