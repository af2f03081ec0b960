using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>The harness finds what is wrong: in a case, and in a kernel.</summary>
public sealed class RunnerTests
{
    /// <summary>The runs that the kernel as it is passes.</summary>
    private static readonly Lazy<IReadOnlyList<CaseRun>> _passing = new(() =>
        [.. SuiteRunner.Run(CaseSuite.Load([SuiteFolder.Path]).Runs([]), () => new KernelTarget(), workers: 2).Where(r => r.Outcome == Outcome.Passed).Select(r => r.Run)]);

    [Theory]
    [InlineData("- close(99) = 0", "gave -1 EBADF, expected 0")]
    [InlineData("- close(99) = ENOENT", "gave -1 EBADF, expected ENOENT")]
    [InlineData("- close(99) = [EPERM, ENOENT]", "gave -1 EBADF, expected [EPERM, ENOENT]")]
    [InlineData("- close(0) = EBADF", "gave 0, expected EBADF")]
    [InlineData("- dup(0) in 4..9", "gave 3, expected 4..9")]
    [InlineData("- dup(0) > 3", "gave 3, expected > 3")]
    [InlineData("- close(99) = $x", "expected a value for $x")]
    [InlineData("- { call: 'stat(\"/t\", &st) = 0', check: st.st_uid == 5 }", "not so: st.st_uid == 5 (it is 0)")]
    [InlineData("- { call: 'stat(\"/t\", &st) = 0', untouched: st }", "wrote to st, expected it untouched")]
    [InlineData("- stat(\"/t\", &st + 4) = 0", "wrote outside of st")]
    [InlineData("- exit(0) = 5", "case.yaml:6:5: main.1: exit(0) = 5: its task is gone")]
    [InlineData("- getpid() = ?", "expected no return")]
    [InlineData("- { call: getpid(), blocks: true }", "returned at once, expected it to block")]
    public void A_wrong_expectation_fails(string step, string expected)
    {
        var result = RunOnOwnKernel($"id: a/b\nabout: x\nrequires: {{ abi: i386 }}\nbuffers: {{ st: stat }}\nsteps:\n  {step}\n");
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Contains(expected, string.Join('\n', result.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/t/a: absent", "\"/t/a\" is there, expected absent")]
    [InlineData("/t/b: { type: file }", "\"/t/b\" is absent, expected there")]
    [InlineData("/t/a: { mode: 0600 }", "mode of \"/t/a\" is 0644")]
    [InlineData("/t/a: { content: other }", "content of \"/t/a\" is \"hello\"")]
    [InlineData("/t/a: { size: 6..9 }", "size of \"/t/a\" is 5")]
    public void A_wrong_end_state_fails(string file, string expected)
    {
        var result = RunOnOwnKernel($"id: a/b\nabout: x\nrequires: {{ abi: i386 }}\nsetup: [{{ file: {{ path: /t/a, content: hello }} }}]\nsteps: [sync()]\nend:\n  files:\n    {file}\n");
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Contains(expected, string.Join('\n', result.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_did_not_run_is_a_failure()
    {
        var result = RunOnOwnKernel("id: a/b\nabout: x\nrequires: { abi: i386 }\nsteps:\n  - exit(0) = ?\n  - getpid() > 0\n");
        Assert.Equal(Outcome.Failed, result.Outcome);
    }

    [Fact]
    public void A_step_that_never_has_its_turn_is_named_with_its_place()
    {
        const string Yaml = "id: a/b\nabout: x\nrequires: { abi: i386 }\ntasks:\n  main:\n    - { call: sync(), after: other.1 }\n  other:\n    is: process\n    steps:\n      - { call: sync(), after: main.1 }\n";
        Assert.Equal("case.yaml:6:7: main.1 never had its turn: what it waits for did not happen", Assert.Single(RunOnOwnKernel(Yaml).Failures));
    }

    [Fact]
    public void A_run_without_a_step_is_a_failure()
    {
        var run = Runs("id: a/b\nabout: x\nrequires: { abi: i386 }\nsteps: [sync()]\n").Single();
        using var target = new KernelTarget();
        var result = new CaseRunner(target).Run(run with { Tasks = [.. run.Tasks.Select(t => t with { Steps = [] })] });
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Equal("no step ran", result.Reason);
    }

    /// <summary>mincore's answer is the machine's, so that what it leaves in its buffer is too, until something else is written there.</summary>
    [Theory]
    [InlineData(3, 4, false)]
    [InlineData(7, 7, false)]
    [InlineData(7, 8, true)]
    public void What_a_rule_hides_at_one_step_stays_hidden_at_the_next(byte left, byte right, bool differs)
    {
        var run = Runs("id: a/b\nabout: x\nrequires: { abi: i386 }\nbuffers:\n  buf: char[4]\nsteps:\n  - mincore(0x10000, 4096, &buf) = any\n  - read(3, &buf + 1, 1) = any\n").Single();
        using var target = new KernelTarget();
        var ran = new CaseRunner(target).Run(run);
        RunResult With(params byte[][] buffers) => ran with
        {
            Steps = [.. ran.Steps.Take(2).Select((step, i) => step with { Result = new CallResult(0, null), Buffers = new Dictionary<string, byte[]> { ["buf"] = buffers[i] } })],
        };
        var difference = new RunComparer(run).Compare(With([3, 0, 0, 0], [left, 1, 0, 0]), With([4, 0, 0, 0], [right, 1, 0, 0]));
        Assert.Equal(differs, difference is not null);
    }

    public static TheoryData<string, string, int> Mutations
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "mutations.tsv")).Where(l => l.Length > 0 && l[0] != '#'))
            {
                var columns = line.Split('\t');
                data.Add(columns[0], columns[1], int.Parse(columns[2], System.Globalization.CultureInfo.InvariantCulture));
            }

            return data;
        }
    }

    /// <summary>Each line of mutations.tsv is one thing broken in a kernel; some case of the suite must see it.</summary>
    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_broken_kernel_is_found_out(string call, string right, int wrong)
    {
        var runs = _passing.Value.Where(r => r.Abi == GuestAbi.X8664 && r.Calls.Contains(call)).ToList();
        Assert.NotEmpty(runs);
        var keepMemory = right == "memory";
        using var broken = new BrokenTarget(
            new KernelTarget(),
            CallTable.Find(call, GuestAbi.X8664)!.Value,
            keepMemory ? wrong : int.Parse(right, System.Globalization.CultureInfo.InvariantCulture),
            wrong)
        { KeepMemory = keepMemory };
        var runner = new CaseRunner(broken);
        var found = runs.Any(run => runner.Run(run).Outcome == Outcome.Failed);
        Assert.True(broken.Changed > 0, "no case has the call give that result");
        Assert.True(found, $"{broken.Changed} answers were changed, and no case saw it");
    }

    [Fact]
    public void A_recording_made_again_keeps_what_is_the_same_and_what_was_not_run()
    {
        var folder = Directory.CreateTempSubdirectory("conformance");
        try
        {
            var file = Path.Combine(folder.FullName, "case.yaml");
            File.WriteAllText(
                file,
                "id: a/time\nabout: x\nrequires: { abi: i386 }\nbuffers: { ts: timespec }\nsteps: [\"clock_gettime(CLOCK_MONOTONIC, &ts) = 0\"]\n"
                + "---\nid: a/pid\nabout: x\nrequires: { abi: i386 }\nsteps: [\"getuid() = 0\"]\n");
            var runs = CaseFile.Read(file).Cases.SelectMany(CaseExpander.Expand).ToList();
            using var target = new KernelTarget();
            var runner = new CaseRunner(target);
            Recording.Save(file, "Linux 0", null, runs.Select(run => runner.Run(run)), []);
            var first = File.ReadAllText(Recording.PathFor(file));
            Assert.NotEqual(runner.Run(runs[0]).Steps[0].Buffers["ts"], runner.Run(runs[0]).Steps[0].Buffers["ts"]);
            Recording.Save(file, "Linux 0", null, [runner.Run(runs[0])], [runs[1]]);
            Assert.Equal(first, File.ReadAllText(Recording.PathFor(file)));
            // What fails is no answer of Linux any more, and what the file has no more is none either.
            Recording.Save(file, "Linux 0", null, [runner.Run(runs[0]) with { Outcome = Outcome.Failed, Steps = [] }], []);
            Assert.Null(Recording.Load(file)!.Find(runs[0]));
            Assert.Null(Recording.Load(file)!.Find(runs[1]));

            File.WriteAllText(Recording.PathFor(file), "<<<<<<< HEAD");
            Assert.Contains("case.linux.json:1:1: not a recording", Assert.Throws<CaseFormatException>(() => Recording.Load(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_was_recorded_is_compared_like_what_ran()
    {
        var folder = Directory.CreateTempSubdirectory("conformance");
        try
        {
            var file = Path.Combine(folder.FullName, "case.yaml");
            File.WriteAllText(file, "id: a/b\nabout: x\nrequires: { abi: i386 }\nbuffers: { st: stat }\nsteps:\n  - stat(\"/t\", &st) = 0\n  - close(99) = EBADF\n");
            var run = CaseExpander.Expand(CaseFile.Read(file).Cases.Single()).Single();
            using var target = new KernelTarget();
            var result = new CaseRunner(target).Run(run);
            Recording.Save(file, "Linux 0", "kernels/0.config", [result], []);
            Assert.Equal("kernels/0.config", Recording.Load(file)!.Configuration);
            var recorded = Recording.Load(file)!.Find(run)!;
            Assert.Null(new RunComparer(run).Compare(result, recorded));

            var bytes = result.Steps[0].Buffers["st"].ToArray();
            bytes[8] ^= 1;
            var other = result with { Steps = [result.Steps[0] with { Buffers = new Dictionary<string, byte[]> { ["st"] = bytes } }, result.Steps[1]] };
            var difference = new RunComparer(run).Compare(other, recorded);
            Assert.Equal("st.st_mode", difference?.What);
            // The whole structure stands side by side, and what differs is marked.
            var shown = SideBySide.Show(difference!, "Linux 0").Split('\n');
            Assert.Equal("main.1: stat(\"/t\", &st): st.st_mode", shown[0]);
            Assert.StartsWith("      LinuxWasm  1", shown[1], StringComparison.Ordinal);
            Assert.StartsWith("      Linux 0    1", shown[2], StringComparison.Ordinal);
            Assert.StartsWith("* st.st_mode ", Assert.Single(shown, l => l.Contains('*', StringComparison.Ordinal)).Trim(), StringComparison.Ordinal);
            Assert.Contains(shown, l => l.TrimStart().StartsWith("st.st_nlink", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static IEnumerable<CaseRun> Runs(string yaml)
    {
        var file = CaseFile.Parse("case.yaml", yaml);
        Assert.Empty(file.Errors.Select(e => e.Message));
        return file.Cases.SelectMany(CaseExpander.Expand);
    }

    private static RunResult RunOnOwnKernel(string yaml)
    {
        using var target = new KernelTarget();
        return new CaseRunner(target).Run(Runs(yaml).Single());
    }
}
