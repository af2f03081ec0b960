using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>A case that LinuxWasm answers otherwise than Linux, meant so or not yet done, with the reason.</summary>
/// <param name="Case">The id of a case, or of a run of it, or the start of several runs' ids.</param>
public sealed record ListedDifference(string Case, string Reason, SourcePosition Position)
{
    public bool Covers(CaseRun run) => run.Id == Case || run.Case.Id == Case || (run.Id.StartsWith(Case, StringComparison.Ordinal) && Case.Contains('['));
}

/// <summary>The one file of known differences (conformance/differences.yaml). A listed difference that no longer differs fails the run until it is struck off.</summary>
public sealed class DifferenceList(IReadOnlyList<ListedDifference> entries)
{
    public const string FileName = "differences.yaml";

    public static DifferenceList Empty { get; } = new([]);

    public IReadOnlyList<ListedDifference> Entries => entries;

    /// <summary>Reads the list; <see cref="CaseFormatException"/> where it is malformed.</summary>
    public static DifferenceList Read(string path) => new([.. DifferenceFile.Parse(path, File.ReadAllText(path))]);

    /// <summary>The result as it counts with the list in force.</summary>
    public RunResult Judge(RunResult result)
    {
        var listed = entries.FirstOrDefault(entry => entry.Covers(result.Run));
        if (listed is null)
            return result;
        return result.Outcome switch
        {
            Outcome.Failed => result with { Outcome = Outcome.Listed, Reason = listed.Reason },
            Outcome.Passed => result with { Outcome = Outcome.Failed, Reason = $"listed as a difference at {listed.Position}, and does not differ any more: strike it off" },
            _ => result,
        };
    }
}
