using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Explaining;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>Any case can be had as a C program that makes the same calls on any Linux and judges what they give.</summary>
public sealed partial class CProgramTests
{
    private const int NoNamespaces = 3;

    private static readonly Lazy<CaseSuite> _suite = new(() => CaseSuite.Load([SuiteFolder.Path]));

    /// <summary>All at once: what they have in common is read by the compiler only once.</summary>
    [Theory]
    [InlineData(nameof(GuestAbi.I386))]
    [InlineData(nameof(GuestAbi.X8664))]
    public void Every_case_is_a_program_that_compiles(string name)
    {
        var abi = Enum.Parse<GuestAbi>(name);
        var runs = _suite.Value.Runs([]).Where(r => r.Abi == abi).ToList();
        Assert.True(runs.Count > 1500, $"{runs.Count} runs");
        var all = new StringBuilder();
        for (var i = 0; i < runs.Count; i++)
        {
            var program = CProgram.Write(runs[i]);
            var own = program.IndexOf(CaseBegins, StringComparison.Ordinal);
            if (i == 0)
                all.Append(program.AsSpan(0, own));
            // Names of their own, since each program thinks itself alone.
            all.Append(OwnNames().Replace(program[own..], "$0_" + i));
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("all.c"), all.ToString());
        var (status, output) = Compile(folder, abi, "-fsyntax-only", "all.c");
        if (abi == GuestAbi.I386 && output.Contains("bits/", StringComparison.Ordinal))
            Assert.Skip("cc has no headers for -m32 here");
        Assert.True(status == 0, output.Length > 3000 ? output[..3000] : output);
    }

    /// <summary>
    /// Each of these makes its tasks in another way: none, a fork, a thread, a declared process, a child that shares memory, a terminal's session; or needs what
    /// a new namespace has not by itself, a loopback that is up.
    /// </summary>
    [Theory]
    [InlineData("read/advances-offset")]
    [InlineData("fork/child-is-a-copy")]
    [InlineData("wait/stopped-and-continued")]
    [InlineData("futex/wake-in-order")]
    [InlineData("signal/suspend-between-processes")]
    [InlineData("clone/shares-descriptors[shared]")]
    [InlineData("vfork/parent-waits")]
    [InlineData("job/background-read-stops")]
    [InlineData("at/chown-family")]
    [InlineData("mount/pivot-root")]
    [InlineData("thread/exit-group-ends-all")]
    [InlineData("tcp/connection")]
    public void A_program_finds_Linux_as_its_case_says(string id)
    {
        foreach (var run in _suite.Value.Runs([id]).Where(r => r.Case.Id == id || r.Id.StartsWith(id + "@", StringComparison.Ordinal)).Take(2))
        {
            var (status, output) = BuildAndRun(run);
            Assert.True(status == 0, output);
            Assert.Contains($"{run.StepCount} of {run.StepCount} steps, 0 wrong", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("- close(99) = ENOENT", "WRONG: expected ENOENT")]
    [InlineData("- { call: 'stat(\"/t\", &st) = 0', check: st.st_uid == 5 }", "WRONG: st.st_uid == 5")]
    [InlineData("- { call: 'stat(\"/t\", &st) = 0', untouched: st }", "WRONG: it wrote to st")]
    [InlineData("- dup(0) in 4..9", "WRONG: expected 4..9")]
    public void A_program_finds_a_wrong_claim(string step, string expected)
    {
        var run = RunnerTests.Runs($"id: a/b\nabout: x\nrequires: {{ abi: x86-64 }}\nbuffers: {{ st: stat }}\nsteps:\n  {step}\n").Single();
        var (status, output) = BuildAndRun(run);
        Assert.Equal(1, status);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    private const string CaseBegins = "/* --- the case ---";

    private static (int Status, string Output) BuildAndRun(CaseRun run)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("case.c"), CProgram.Write(run));
        var (built, complaints) = Compile(folder, run.Abi, "-pthread", "-o", "case", "case.c");
        if (built != 0 && run.Abi == GuestAbi.I386 && complaints.Contains("ld", StringComparison.Ordinal))
            Assert.Skip("cc can't build for -m32 here");
        Assert.True(built == 0, complaints);
        var result = Execute(folder.File("case"), folder.Path);
        if (result.Status == NoNamespaces && result.Output.Contains("namespaces", StringComparison.Ordinal))
            Assert.Skip(result.Output);
        return result;
    }

    private static (int Status, string Output) Compile(TemporaryFolder folder, GuestAbi abi, params string[] arguments)
    {
        string[] all = abi == GuestAbi.I386 ? ["-m32", .. arguments] : arguments;
        try
        {
            return Execute("cc", folder.Path, all);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("no cc here");
            throw;
        }
    }

    private static (int Status, string Output) Execute(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [GeneratedRegex(@"\b(enter_)?task_\w+|\bm\b(?=[.;])|\bmain\b(?=\(void\))")]
    private static partial Regex OwnNames();

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("program");

        public string Path => _folder.FullName;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
