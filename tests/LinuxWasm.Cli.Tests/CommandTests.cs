using System.Diagnostics;

namespace LinuxWasm.Cli.Tests;

/// <summary>The command from outside, as a shell starts it: what it says, and what it leaves behind.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Guests = "tests/guests/bin/host";

    private readonly string _scratch = Directory.CreateTempSubdirectory("command").FullName;

    public static bool HasShell => !OperatingSystem.IsWindows();

    /// <summary>util-linux's script(1), which runs a command on a terminal of its own.</summary>
    public static bool HasScript => OperatingSystem.IsLinux() && IsOnPath("script") && IsOnPath("stty");

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Theory(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    [InlineData("run --env-file nosuch {0}/hello.wasm", "--env-file nosuch: no such file; a file of KEY=VALUE lines is expected")]
    [InlineData("run --env-file /dev {0}/hello.wasm", "--env-file /dev: is a folder; a file of KEY=VALUE lines is expected")]
    [InlineData("run --trace=/nosuch/log {0}/hello.wasm", "--trace /nosuch/log: there is no folder '/nosuch'; a file that can be written is expected")]
    [InlineData("run --mount ext4:none:/mnt {0}/hello.wasm", "there is no file system 'ext4'; one of devpts, ")]
    [InlineData("validate nosuch", "linuxwasm: nosuch: no such file; a WebAssembly module is expected")]
    [InlineData("import-strace nosuch", "linuxwasm: nosuch: no such file; a log of strace is expected")]
    [InlineData("import-strace README.md", "linuxwasm: README.md: does not look like a log of strace: line 1: ")]
    [InlineData("run --trace-strings all {0}/hello.wasm", "--trace-strings all: a number of bytes is expected")]
    [InlineData("wast nosuch", "linuxwasm: nosuch: no such folder; one with the output of wast2json is expected")]
    [InlineData("wast {0} --except nosuch", "--except nosuch: no such file; a file of names, one a line, is expected")]
    public void What_can_not_be_used_is_named_with_what_was_expected(string arguments, string message)
    {
        var (status, output, error) = Shell($"$LINUXWASM {string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, Guests)}");

        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Could not", error, StringComparison.Ordinal);
    }

    [Theory(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    [InlineData("cat.wasm <&-", 1, "", "cat: -: Bad file descriptor\n")]
    [InlineData("hello.wasm >&-", 0, "", "")]
    [InlineData("cat.wasm /nosuch 2>&-", 1, "", "")]
    [InlineData("cat.wasm </dev/null", 0, "", "")]
    public void A_descriptor_that_is_closed_for_the_command_is_closed_for_the_program(string program, int status, string output, string error) =>
        Assert.Equal((status, output, error), Shell($"$LINUXWASM run {Guests}/{program}"));

    [Fact(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    public void A_script_of_the_guest_is_run_by_its_interpreter()
    {
        File.WriteAllText(Path.Combine(_scratch, "script"), "#! /bin/args.wasm -x  y\n");
        File.WriteAllText(Path.Combine(_scratch, "second"), "#!/s/script");
        Shell($"cp {Guests}/args.wasm {_scratch} && chmod 755 {_scratch}/*");
        const string Run = "$LINUXWASM run --mount host:$SCRATCH:/s --mount host:$SCRATCH:/bin --trace=$SCRATCH/trace";

        var (status, output, _) = Shell($"{Run} /s/script 'one two' | grep 'argv.[0-9]'");
        Assert.Equal((0, "argv[1] = \"-x  y\"\nargv[2] = \"/s/script\"\nargv[3] = \"one two\"\n"), (status, output));
        Assert.Contains("execve(\"/s/script\", [\"/s/script\", \"one two\"]", File.ReadAllText(Path.Combine(_scratch, "trace")), StringComparison.Ordinal);

        Assert.Equal("argv[1] = \"-x  y\"\nargv[2] = \"/s/script\"\nargv[3] = \"/s/second\"\nargv[4] = \"z\"\n", Shell($"{Run} /s/second z | grep 'argv.[0-9]'").Output);
    }

    [Theory(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    [InlineData("#!/nosuch\n", "/s/file: its interpreter /nosuch: No such file or directory in the guest's tree (ENOENT)")]
    [InlineData("#!/etc/passwd\n", "/s/file: its interpreter /etc/passwd has no execute permission")]
    [InlineData("#!\n", "/s/file: begins with #!, but its first line names no interpreter")]
    [InlineData("#!/s/file\n", "/s/file: interpreters of interpreters, more than 5 deep")]
    public void A_script_that_can_not_be_run_says_why(string content, string message)
    {
        File.WriteAllText(Path.Combine(_scratch, "file"), content);

        var (status, _, error) = Shell("chmod 755 $SCRATCH/file; $LINUXWASM run --mount host:$SCRATCH:/s /s/file");

        Assert.Equal(127, status);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    [InlineData("tests/guests/build.sh.txt", "no such file")]
    [InlineData("README.md", "README.md: not a valid WebAssembly module: it begins with \"# LinuxWasm\\x0a\\x0aA L\"..., a module with \"\\0asm\"")]
    [InlineData("/dev/null", "/dev/null: ")]
    public void What_is_no_program_is_told_by_its_beginning(string program, string message)
    {
        var (status, _, error) = Shell($"$LINUXWASM run {program}");

        Assert.Equal(127, status);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    public void A_fault_is_told_behind_a_trace_to_standard_error()
    {
        var (status, _, error) = Shell($"$LINUXWASM run --trace {Guests}/trap.wasm");

        Assert.Equal(132, status);
        Assert.Contains("+++ killed by SIGILL +++\n", error, StringComparison.Ordinal);
        Assert.Contains("trap.wasm: SIGILL: unreachable\n", error, StringComparison.Ordinal);
    }

    [Fact(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    public void A_script_of_the_host_is_refused_with_what_to_do()
    {
        File.WriteAllText(Path.Combine(_scratch, "file"), "#!/bin/sh\n");

        var (status, _, error) = Shell("$LINUXWASM run $SCRATCH/file");

        Assert.Equal(127, status);
        Assert.Contains("a script of the host", error, StringComparison.Ordinal);
        Assert.Contains("Mount its folder", error, StringComparison.Ordinal);
    }

    [Fact(Skip = "a Unix shell", SkipUnless = nameof(HasShell))]
    public void Whoever_reads_the_output_may_go() =>
        Assert.Equal("141\n", Shell("{ sleep 1; $LINUXWASM run --help; echo $? >&2; } | true").Error);

    [Theory(Skip = "script(1), of util-linux", SkipUnless = nameof(HasScript))]
    [InlineData("run nosuch.wasm", "no such file")]
    [InlineData("run --help", "Usage:")]
    [InlineData("run --trace " + Guests + "/hello.wasm", "exit_group")]
    [InlineData("conform --filter open/lowest-descriptor", "2 passed, 0 failed, 0 skipped")]
    [InlineData("conform conformance/descriptors conformance/tasks", " 0 failed, ")]
    public void The_terminal_is_left_as_it_was(string arguments, string expected)
    {
        var (_, output, _) = Shell($"TERM=xterm script -qec \"stty cols 120; $LINUXWASM {arguments}\" /dev/null </dev/null");

        Assert.Contains(expected, output, StringComparison.Ordinal);
        // Application cursor keys and keypad: terminfo's smkx.
        Assert.DoesNotContain("\e[?1h", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e=", output, StringComparison.Ordinal);
    }

    private (int Status, string Output, string Error) Shell(string command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot() };
        start.Environment["LINUXWASM"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "linuxwasm.dll")}";
        start.Environment["LINUXWASM_CACHE"] = "off";
        start.Environment["SCRATCH"] = _scratch;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LinuxWasm.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("LinuxWasm.sln stands in no folder above the tests");
    }
}
