using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>A case that LinuxWasm answers otherwise than Linux, meant so or not yet done, with the reason.</summary>
/// <param name="Case">The id of a case, or of a run of it, or the start of several runs' ids.</param>
/// <param name="Rules">What may differ; nothing else may.</param>
public sealed record ListedDifference(string Case, string Reason, IReadOnlyList<DifferenceRule> Rules, SourcePosition Position)
{
    public bool Covers(CaseRun run) => run.Id == Case || run.Case.Id == Case || (run.Id.StartsWith(Case, StringComparison.Ordinal) && Case.Contains('['));

    /// <summary>What the rules do not have in common with a run that failed: what differs without a rule, and rules by which nothing differs.</summary>
    internal IEnumerable<string> Objections(RunResult result)
    {
        var idle = Rules.ToHashSet();
        bool IsCovered(Func<DifferenceRule, bool> covers)
        {
            var rule = Rules.FirstOrDefault(covers);
            return rule is not null && (idle.Remove(rule) || true);
        }

        foreach (var step in result.Steps)
        {
            foreach (var failure in step.Failures.Where(failure => !IsCovered(rule => rule.Step == step.Step && rule.Covers(failure))))
                yield return $"{step.Step}: {failure}";
        }

        foreach (var difference in result.Differences.Where(difference => !IsCovered(rule => rule.Step == difference.Step && rule.Covers(difference))))
            yield return $"{difference.Step}: {difference.What}: {difference.Left} here, {difference.Right} on Linux";
        foreach (var failure in result.EndFailures)
            yield return failure;
        if (result.Differences.Count == 0 && result.Reason is { } reason && !IsCovered(rule => rule.IsWhyStuck(reason)))
            yield return reason;
        foreach (var rule in idle)
            yield return $"{rule.Position}: nothing differs by this rule any more ({rule}): strike it off";
    }
}

/// <summary>The one file of known differences (conformance/differences.yaml). A listed difference that no longer differs, or differs otherwise, fails the run.</summary>
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
        switch (result.Outcome)
        {
            case Outcome.Passed:
                return result with { Outcome = Outcome.Failed, Reason = $"listed as a difference at {listed.Position}, and does not differ any more: strike it off" };
            case Outcome.Failed:
                var objections = listed.Objections(result).ToList();
                return objections.Count == 0
                    ? result with { Outcome = Outcome.Listed, Reason = listed.Reason }
                    : result with { Reason = $"not as listed at {listed.Position}: {string.Join("; ", objections)}" };
            default:
                return result;
        }
    }
}
