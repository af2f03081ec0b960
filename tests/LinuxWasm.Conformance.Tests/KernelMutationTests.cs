using LinuxWasm.Mutations;

namespace LinuxWasm.Conformance.Tests;

/// <summary>
/// tests/mutations/kernel.txt lists what the program there breaks in the kernel, one thing at a time, and what some case must see. Making them takes
/// a while, and tests/run.sh does it; that each one still has its place in the sources is checked here.
/// </summary>
public sealed class KernelMutationTests
{
    private static readonly string _root = Path.GetFullPath(Path.Combine(SuiteFolder.Path, ".."));

    private static IReadOnlyList<Mutation> All => Mutation.ReadAll(Path.Combine(_root, "tests", "mutations", "kernel.txt"));

    [Fact]
    public void There_are_enough_of_each_kind()
    {
        var kinds = All.GroupBy(m => m.Kind).ToDictionary(g => g.Key, g => g.Count());
        Assert.True(All.Count >= 40);
        foreach (var kind in new[] { "errno", "flag", "copy-out", "off by one", "permission", "state" })
            Assert.True(kinds.GetValueOrDefault(kind) >= 5, kind);
        Assert.True(All.Select(m => m.Call).Distinct().Count() >= 40);
    }

    [Fact]
    public void Each_finds_its_place_exactly_once() => Assert.Empty(MutationRun.Misplaced(_root, All));

    [Fact]
    public void A_mutation_stands_beside_what_it_replaces()
    {
        static string Apply(string source, string find, string replacement) => Mutation.Apply([new Mutation(7, "errno", "open", "File.cs", find, replacement)], source);
        Assert.Equal("a(LinuxWasm.Kernel.Mutant.Is(7) ? (c) : (b))d", Apply("abd", "b", "c"));
        Assert.Equal("if (x)\n  return (LinuxWasm.Kernel.Mutant.Is(7) ? (c) : (b));", Apply("if (x)\n  return b;", "if (x)\\nreturn «b»;", "c"));
        Assert.Equal("if (LinuxWasm.Kernel.Mutant.Is(7)) {  } else { b(); }", Apply("b();", "b();", "-"));
    }

    /// <summary>A selection of nothing is a mistake, and not a pass.</summary>
    [Theory]
    [InlineData("1340")]
    [InlineData("13,")]
    [InlineData("x")]
    public void A_selection_that_names_no_mutation_is_an_error(string lines) =>
        Assert.Throws<FormatException>(() => MutationRun.Choose([new Mutation(13, "errno", "open", "File.cs", "a", "b")], [lines]));

    [Fact]
    public void Lines_are_chosen_by_number()
    {
        Mutation[] all = [.. new[] { 3, 13, 40 }.Select(line => new Mutation(line, "errno", "open", "File.cs", "a", "b"))];
        Assert.Equal([13, 40], MutationRun.Choose(all, ["13,40"]).Select(m => m.Line));
        Assert.Equal(all, MutationRun.Choose(all, []));
        Assert.Throws<FormatException>(() => MutationRun.Choose([], []));
    }
}
