using LinuxWasm.Cli.Commands;

namespace LinuxWasm.Cli.Tests;

public sealed class RunCommandTests
{
    [Theory]
    [InlineData("run ls.wasm -l --env X", "run -- ls.wasm -l --env X")]
    [InlineData("run --env A=1 --trace ls.wasm -l", "run --env A=1 --trace -- ls.wasm -l")]
    [InlineData("run --env=A=1 ls.wasm", "run --env=A=1 -- ls.wasm")]
    [InlineData("run --mount tmpfs::/d ls.wasm", "run --mount tmpfs::/d -- ls.wasm")]
    [InlineData("run -- ls.wasm --help", "run -- ls.wasm --help")]
    [InlineData("run --help", "run --help")]
    [InlineData("conform x", "conform x")]
    [InlineData("", "")]
    public void What_stands_behind_the_program_is_the_programs(string arguments, string expected) =>
        Assert.Equal(Words(expected), RunCommand.SeparateProgram(Words(arguments)));

    [Theory]
    [InlineData("run --bogus ls.wasm", "'--bogus'")]
    [InlineData("run --env A=1 -x ls.wasm", "'-x'")]
    [InlineData("run --clok real ls.wasm", "unknown option '--clok'; did you mean '--clock'?")]
    [InlineData("run", "PROGRAM is missing")]
    [InlineData("run --trace", "PROGRAM is missing")]
    [InlineData("run --env", "--env: its value KEY=VALUE is missing")]
    [InlineData("run --seed 1 --env ls.wasm", "PROGRAM is missing: --env took 'ls.wasm' for its value KEY=VALUE")]
    public void An_unknown_option_before_the_program_and_a_missing_program_are_named(string arguments, string expected)
    {
        var refused = Assert.Throws<UsageException>(() => RunCommand.SeparateProgram(Words(arguments)));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e99")]
    [InlineData("")]
    public void A_time_limit_that_is_none_is_named(string text)
    {
        var refused = Assert.Throws<FormatException>(() => RunRequest.ParseTimeLimit(text));

        Assert.Contains($"'{text}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("65536", 65536UL)]
    [InlineData("64K", 65536UL)]
    [InlineData("64m", 64UL << 20)]
    [InlineData("4G", 4UL << 30)]
    public void Sizes_may_have_a_unit(string text, ulong expected) => Assert.Equal(expected, RunRequest.ParseMemory(text));

    [Theory]
    [InlineData("1023K")]
    [InlineData("2G")]
    [InlineData("deep")]
    public void A_stack_that_is_none_is_named(string text)
    {
        var refused = Assert.Throws<FormatException>(() => RunRequest.ParseStack(text));

        Assert.Contains($"--stack '{text}': a number of bytes from 1M to 1G", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("63K")]
    [InlineData("5G")]
    [InlineData("-1")]
    [InlineData("1T")]
    [InlineData("99999999999999999999")]
    public void A_size_that_is_none_is_named(string text)
    {
        var refused = Assert.Throws<FormatException>(() => RunRequest.ParseMemory(text));

        Assert.Contains($"--memory '{text}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_environment_entry_takes_the_place_of_an_earlier_one() =>
        Assert.Equal(["A=2", "B="], RunRequest.MergeEnvironment(["A=1", "B=", "A=2"]));

    [Theory]
    [InlineData("A")]
    [InlineData("=1")]
    public void An_environment_entry_without_a_name_is_refused(string entry)
    {
        var refused = Assert.Throws<FormatException>(() => RunRequest.MergeEnvironment([entry]));

        Assert.Contains($"'{entry}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "KEY=VALUE is expected, not 'nonsense'")]
    [InlineData("=1", "KEY=VALUE is expected, not '=1'")]
    [InlineData("\u001b[2J", "KEY=VALUE is expected, not '?[2J'")]
    [InlineData("\0asm\u0001=x", "this is no text")]
    [InlineData("  B=1", "'  B' is no variable's name")]
    [InlineData("export B=1", "'export B' is no variable's name")]
    public void An_environment_files_bad_line_is_named_with_its_number(string line, string expected)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"# comment\n\nA=1\n{line}\n");

        var refused = Assert.Throws<FormatException>(() => RunRequest.ReadEnvironmentFile(file).ToList());

        Assert.StartsWith($"{file}:4:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
