using System.Diagnostics;

namespace LinuxWasm.Cli.Tests;

/// <summary><c>conform</c> and <c>fuzz</c> from outside: what goes to which stream, and what wrong options are told.</summary>
public sealed class ConformCommandTests : IDisposable
{
    private const int NoNamespaces = 3;

    private static readonly string _command = Path.Combine(AppContext.BaseDirectory, "linuxwasm.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("conform").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_case_is_explained_in_words_with_every_run_and_how_to_have_it_as_a_program()
    {
        var (status, output, errors) = Run("conform", "--explain", "read/advances-offset");
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("read/advances-offset@i386\n", output, StringComparison.Ordinal);
        Assert.Contains("read/advances-offset@x86-64\n", output, StringComparison.Ordinal);
        Assert.Contains("--explain 'read/advances-offset@x86-64' --c > case.c\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("#include", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read/advances-offset", "-m32")]
    [InlineData("read/advances-offset@i386", "-m32")]
    [InlineData("read/advances-offset@x86-64", "-m64")]
    [InlineData("fork/child-is-a-copy@x86-64", "-m64")]
    public void A_case_as_C_is_a_program_and_nothing_else(string id, string machine)
    {
        var (status, program, errors) = Run("conform", "--explain", id, "--c");
        Assert.Equal((0, ""), (status, errors));
        File.WriteAllText(Path.Combine(_folder, "case.c"), program);
        var (built, _, complaints) = Execute("cc", [machine, "-Wall", "-Werror", "-pthread", "-o", "case", "case.c"]);
        if (built != 0 && machine == "-m32" && (complaints.Contains("bits/", StringComparison.Ordinal) || complaints.Contains("ld", StringComparison.Ordinal)))
            Assert.Skip("cc can't build for -m32 here");
        Assert.True(built == 0, complaints);
        var (judged, said, _) = Execute(Path.Combine(_folder, "case"), []);
        if (judged == NoNamespaces)
            Assert.Skip(said);
        Assert.Equal(0, judged);
        Assert.EndsWith("steps, 0 wrong\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fuzz --steps abc", "--steps abc: a whole number from 1 on is expected")]
    [InlineData("fuzz --steps 0", "--steps 0: a whole number from 1 on is expected")]
    [InlineData("fuzz --steps 1e6", "--steps 1e6: a whole number from 1 on is expected")]
    [InlineData("fuzz --steps 99999999999", "--steps 99999999999: a whole number from 1 on is expected")]
    [InlineData("fuzz --most -1", "--most -1: a whole number from 1 on is expected")]
    [InlineData("fuzz --seed x", "--seed x: a whole number is expected")]
    [InlineData("conform --workers 300", "--workers 300: a whole number from 1 to 256 is expected")]
    [InlineData("conform --shard 3/2", "--shard 3/2: I/N is expected, such as 2/8")]
    [InlineData("bogus", "there is no command 'bogus'")]
    [InlineData("confrom --oracle", "there is no command 'confrom'; did you mean 'conform'?")]
    [InlineData("ls.wasm", "there is no command 'ls.wasm'; to run a program: linuxwasm run ls.wasm")]
    [InlineData("run --no-cache=1 ls.wasm", "--no-cache=1: --no-cache takes no value")]
    [InlineData("conform --oracle=1", "--oracle=1: --oracle takes no value")]
    [InlineData("conform --expln x", "unknown option '--expln'; did you mean '--explain'?")]
    [InlineData("conform --filter", "--filter: its value TAG is missing")]
    [InlineData("conform --filter opne", "no case has the tag or begins with opne; did you mean 'open'?")]
    [InlineData("conform --explain open/lowest-descripto", "no case or run is called 'open/lowest-descripto'; did you mean 'open/lowest-descriptor'?")]
    [InlineData("import-strace", "LOG is missing")]
    [InlineData("import-strace --oracle log", "--oracle: it says where to replay a log, so --replay is expected with it")]
    [InlineData("import-strace --root-at / log", "--root-at: it says where the copy of a tree stood, so --root is expected with it")]
    [InlineData("conform --c", "--c: it says how to explain a case, so --explain is expected with it")]
    [InlineData("wast --optimize-after no /", "--optimize-after no: a whole number from 0 on is expected")]
    [InlineData("validate --repeat 0 x", "--repeat 0: a whole number from 1 on is expected")]
    public void A_wrong_value_is_told_with_its_option_and_what_was_expected(string arguments, string expected)
    {
        var (status, output, errors) = Run(arguments.Split(' '));
        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.StartsWith($"linuxwasm: {expected}\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_passed_failed_and_was_skipped_adds_up_and_no_progress_is_shown_off_a_terminal()
    {
        File.WriteAllText(Path.Combine(_folder, "mine.yaml"), "id: a/passes\nabout: x\nsteps: [close(99) = EBADF]\n---\nid: a/waits\nabout: x\nsteps: [vhangup() = 0]\n");
        var (status, output, errors) = Run("conform", Path.Combine(_folder, "mine.yaml"));
        Assert.Equal((0, ""), (status, errors));
        Assert.EndsWith("2 passed, 0 failed, 2 skipped\n", output, StringComparison.Ordinal);
        var columns = output.Split('\n').Single(line => line.TrimStart().StartsWith("all ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["all", "2", "4", "2", "2", "2", "2"], columns);
        Assert.Contains("Folder", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    private (int Status, string Output, string Errors) Run(params string[] arguments) => Execute("dotnet", [_command, .. arguments]);

    private (int Status, string Output, string Errors) Execute(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = program == "dotnet" ? AppContext.BaseDirectory : _folder,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception) when (program == "cc")
        {
            Assert.Skip("no cc here");
            throw;
        }
    }
}
