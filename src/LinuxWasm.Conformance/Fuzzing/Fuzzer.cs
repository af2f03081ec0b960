using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>A sequence that both kernels answer differently, shrunk.</summary>
/// <param name="Yaml">A case that Linux passes and LinuxWasm does not.</param>
public sealed record FuzzFinding(Difference Difference, string Yaml);

/// <summary>Random sequences on two targets: the first must be the one that is checked, the second, confined, is Linux.</summary>
public sealed class Fuzzer(ICaseTarget checkedTarget, ICaseTarget linux, int seed)
{
    private const int SequenceLength = 16;

    private readonly SequenceGenerator _generator = new(seed);
    private readonly CaseRunner _checked = new(checkedTarget);

    // A sequence that ends up waiting for itself is no finding, so there is no point in waiting for it.
    private readonly CaseRunner _linux = new(linux) { Patience = TimeSpan.FromSeconds(1) };

    /// <summary>How many calls were made on both.</summary>
    public int Steps { get; private set; }

    /// <summary>How many sequences were made.</summary>
    public int Sequences { get; private set; }

    /// <summary>How many of them said nothing, since they got stuck on Linux too.</summary>
    public int Stuck { get; private set; }

    /// <summary>How many differences were not there any more when they were looked at again: what they depend on is not in the sequence.</summary>
    public int Unsteady { get; private set; }

    /// <summary>Goes on until so many calls were made; gives each difference, shrunk, as it is found. <paramref name="known"/> says which ones need no shrinking.</summary>
    public IEnumerable<FuzzFinding> Run(int steps, Func<Difference, bool>? known = null, Action? progress = null)
    {
        while (Steps < steps)
        {
            var sequence = _generator.Next(SequenceLength);
            Sequences++;
            Steps += sequence.Steps.Count;
            progress?.Invoke();
            if (Compare(sequence, first: true) is not var (difference, _) || (known?.Invoke(difference) ?? false))
                continue;
            if (Shrink(sequence) is { } finding)
                yield return finding;
            else
                Unsteady++;
        }
    }

    private (Difference Difference, RunResult Linux)? Compare(FuzzSequence sequence, bool first = false)
    {
        var run = Parse(sequence.ToYaml("fuzz/sequence", "a random sequence"));
        if (run is null)
            return null;
        var theirs = _linux.Run(run);
        // A sequence that gets stuck on Linux too says nothing.
        if (theirs.Outcome is Outcome.Skipped or Outcome.NotImplemented || theirs.Steps.Count != run.StepCount)
        {
            Stuck += first ? 1 : 0;
            return null;
        }

        var ours = _checked.Run(run);
        if (ours.Outcome is Outcome.Skipped or Outcome.NotImplemented)
            return null;
        if (new RunComparer(run) { ComparesSignals = run.Tasks.Count == 1 }.Compare(ours, theirs) is not { } difference)
            return null;
        // A step that never came to its end here says by what went wrong why.
        return (difference.What == "step" && ours.Reason is { } reason ? difference with { Left = reason } : difference, theirs);
    }

    /// <summary>Null for a sequence that is no case: when shrinking has taken away what a later call names.</summary>
    private static CaseRun? Parse(string yaml)
    {
        var file = CaseFile.Parse("fuzz.yaml", yaml);
        return file.Errors.Count > 0 ? null : file.Cases.SelectMany(CaseExpander.Expand).FirstOrDefault();
    }

    /// <summary>Leaves out what can be left out for as long as the two still differ: calls, who makes them, the tree.</summary>
    private FuzzFinding? Shrink(FuzzSequence sequence)
    {
        if (Compare(sequence) is not var (difference, answers))
            return null;
        var shrunk = true;
        while (shrunk)
        {
            shrunk = false;
            foreach (var smaller in Smaller(sequence))
            {
                if (smaller is null || Compare(smaller) is not var (left, given))
                    continue;
                (sequence, difference, answers, shrunk) = (smaller, left, given, true);
                break;
            }
        }

        var about = $"seed {seed}: {difference.Call} differs in its {difference.What} ({difference.Left} here, {difference.Right} on Linux)".Replace('"', '\'').Replace("\\", "/", StringComparison.Ordinal).ReplaceLineEndings(" ");
        return new FuzzFinding(difference, sequence.ToYaml("fuzz/found", about, answers));
    }

    private static IEnumerable<FuzzSequence?> Smaller(FuzzSequence sequence)
    {
        for (var from = sequence.Tasks.Count - 1; from > 0; from--)
        {
            for (var into = 0; into < from; into++)
                yield return sequence.Joined(from, into);
        }

        for (var i = sequence.Steps.Count - 1; i >= 0; i--)
            yield return sequence.Without(i);
        if (sequence.Identity != SequenceGenerator.RootOfANamespace)
            yield return sequence with { Identity = SequenceGenerator.RootOfANamespace };
        for (var i = sequence.Setup.Count - 1; i >= 0; i--)
        {
            var without = i;
            yield return sequence with { Setup = [.. sequence.Setup.Where((_, at) => at != without)] };
        }

        for (var i = 0; i < sequence.Steps.Count; i++)
        {
            for (var into = 0; into < sequence.Steps[i].Task; into++)
                yield return sequence.Moved(i, into);
        }
    }
}
