using System.Text.RegularExpressions;

namespace LinuxWasm.Conformance.Tests;

/// <summary>
/// tests/mutations/kernel.txt lists what run.ps1 there breaks in the kernel, one thing at a time, and what some case must see. Making them takes
/// a while; that each one still has its place in the sources is checked here.
/// </summary>
public sealed partial class KernelMutationTests
{
    private static readonly string _root = Path.GetFullPath(Path.Combine(SuiteFolder.Path, ".."));

    [Fact]
    public void There_are_enough_of_each_kind()
    {
        var kinds = Mutations().GroupBy(m => m[0]).ToDictionary(g => g.Key, g => g.Count());
        Assert.True(kinds.Values.Sum() >= 40);
        foreach (var kind in new[] { "errno", "flag", "copy-out", "off by one", "permission", "state" })
            Assert.True(kinds.GetValueOrDefault(kind) >= 5, kind);
        Assert.True(Mutations().Select(m => m[1]).Distinct().Count() >= 40);
    }

    [Fact]
    public void Each_finds_its_place_exactly_once()
    {
        var lost = new List<string>();
        foreach (var mutation in Mutations())
        {
            var source = File.ReadAllText(Path.Combine(_root, "src", "LinuxWasm.Kernel", mutation[2]));
            var pattern = Regex.Escape(mutation[3].Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal)).Replace(@"\\n", @"\r?\n\s*", StringComparison.Ordinal);
            if (Regex.Count(source, pattern) is var count and not 1)
                lost.Add($"{mutation[2]}: {count} times: {mutation[3]}");
        }

        Assert.True(lost.Count == 0, string.Join("\n", lost));
    }

    private static IEnumerable<string[]> Mutations() =>
        File.ReadLines(Path.Combine(_root, "tests", "mutations", "kernel.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Bar().Split(line).Select(part => part.Replace(@"\|", "|", StringComparison.Ordinal)).ToArray());

    [GeneratedRegex(@"(?<!\\) \| ")]
    private static partial Regex Bar();
}
