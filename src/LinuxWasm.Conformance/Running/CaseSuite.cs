using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Parsing;

namespace LinuxWasm.Conformance.Running;

/// <summary>The cases of some files and folders.</summary>
/// <param name="Cases">All that could be read, in the order of their files' names.</param>
/// <param name="Errors">What is wrong with the others.</param>
public sealed record CaseSuite(IReadOnlyList<ConformanceCase> Cases, IReadOnlyList<CaseFormatException> Errors)
{
    /// <summary>Reads files, and all .yaml files of folders; <see cref="FileNotFoundException"/> for a path that is neither.</summary>
    public static CaseSuite Load(IEnumerable<string> paths)
    {
        var cases = new List<ConformanceCase>();
        var errors = new List<CaseFormatException>();
        var seen = new Dictionary<string, ConformanceCase>();
        foreach (var path in paths.SelectMany(Files))
        {
            var file = CaseFile.Read(path);
            errors.AddRange(file.Errors);
            foreach (var one in file.Cases)
            {
                if (seen.TryAdd(one.Id, one))
                    cases.Add(one);
                else
                    errors.Add(new CaseFormatException(one.Position, $"the id '{one.Id}' is taken by {seen[one.Id].Position}"));
            }
        }

        return new CaseSuite(cases, errors);
    }

    /// <summary>The runs of the cases that carry one of the tags or whose id begins with one of the words; all of them when none are given.</summary>
    public IReadOnlyList<CaseRun> Runs(IReadOnlyCollection<string> filters) =>
        [.. Cases.SelectMany(CaseExpander.Expand).Where(r => filters.Count == 0 || filters.Any(f => r.Case.Tags.Contains(f) || r.Id.StartsWith(f, StringComparison.Ordinal)))];

    /// <summary>Every <paramref name="count"/>th run beginning with the <paramref name="index"/>th (from 1), for machines that share the work.</summary>
    public static IReadOnlyList<CaseRun> Shard(IReadOnlyList<CaseRun> runs, int index, int count) =>
        [.. runs.Where((_, i) => i % count == index - 1)];

    /// <summary>I/N, such as 2/8; null for what is none.</summary>
    public static (int Index, int Count)? ParseShard(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index >= 1 && index <= count
            ? (index, count)
            : null;
    }

    /// <summary>The list of differences that stands beside the cases or in a folder above them; empty when there is none.</summary>
    public static Comparison.DifferenceList FindDifferences(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            for (var folder = Path.GetFullPath(path); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                var list = Path.Combine(folder, Comparison.DifferenceList.FileName);
                if (File.Exists(list))
                    return Comparison.DifferenceList.Read(list);
            }
        }

        return Comparison.DifferenceList.Empty;
    }

    private static IEnumerable<string> Files(string path)
    {
        if (Directory.Exists(path))
            return Directory.EnumerateFiles(path, "*.yaml", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != Comparison.DifferenceList.FileName).Order(StringComparer.Ordinal);
        return File.Exists(path) ? [path] : throw new FileNotFoundException($"no case file or folder '{path}'", path);
    }
}
