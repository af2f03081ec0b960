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

    // A sequence that gets stuck on Linux is no finding, so there is no point in waiting long for it.
    private static readonly TimeSpan _patienceWithLinux = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly SequenceGenerator _generator = new(seed);

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
            progress?.Invoke();
            if (Compare(sequence, first: true) is not var (difference, _) || (known?.Invoke(difference) ?? false))
                continue;
            if (Shrink(sequence) is { } finding)
                yield return finding;
            else
                Unsteady++;
        }
    }

    private (Difference Difference, IReadOnlyList<StepResult> OnLinux)? Compare(FuzzSequence sequence, bool first = false)
    {
        var run = Parse(SequenceText.Write(sequence, "fuzz/sequence", "a random sequence", []));
        if (run is null || linux.ReasonToSkip(run) is not null || checkedTarget.ReasonToSkip(run) is not null)
            return null;
        var (theirs, made) = Carry(sequence, run, linux, _patienceWithLinux);
        Steps += first ? made : 0;
        // A sequence that gets stuck on Linux too says nothing.
        if (theirs.Reason is not null)
        {
            Stuck += first ? 1 : 0;
            return null;
        }

        var (ours, _) = Carry(sequence, run, checkedTarget, _patience);
        var comparer = new RunComparer(run);
        if (comparer.Compare(ours, theirs) is not { } difference)
            return null;
        // What Linux itself does otherwise the next time is no finding.
        if (comparer.Compare(Carry(sequence, run, linux, _patienceWithLinux).Result, theirs) is not null)
            return null;
        // A step that never came to its end here says by what went wrong why.
        return (difference.What == "step" && ours.Reason is { } reason ? difference with { Left = reason } : difference, theirs.Steps);
    }

    private static (RunResult Result, int Made) Carry(FuzzSequence sequence, CaseRun run, ICaseTarget target, TimeSpan patience)
    {
        var execution = new SequenceExecution(run, sequence, patience);
        string? broken = null;
        try
        {
            using var session = target.Begin(run);
            execution.Execute(session);
        }
        catch (TargetException error)
        {
            broken = error.Message;
        }

        broken ??= execution.Stuck;
        return (new RunResult { Run = run, Outcome = broken is null ? Outcome.Passed : Outcome.Failed, Reason = broken, Steps = execution.Steps }, execution.Begun);
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
        if (Compare(sequence) is not var (difference, course))
            return null;
        var shrunk = true;
        while (shrunk)
        {
            shrunk = false;
            foreach (var smaller in Smaller(sequence).Prepend(sequence.Made(course)))
            {
                if (smaller is null || smaller == sequence || Compare(smaller) is not var (left, given))
                    continue;
                (sequence, difference, course, shrunk) = (smaller, left, given, true);
                break;
            }
        }

        var about = $"seed {seed}: {difference.Call} differs in its {difference.What} ({difference.Left} here, {difference.Right} on Linux)".Replace('"', '\'').Replace("\\", "/", StringComparison.Ordinal).ReplaceLineEndings(" ");
        return new FuzzFinding(difference, Confirmed(SequenceText.Write(sequence, "fuzz/found", about, course)));
    }

    /// <summary>Says so above the case where Linux does not pass it: the turns that a case can state are not always those of the sequence.</summary>
    private string Confirmed(string yaml)
    {
        var result = Parse(yaml) is { } run ? new CaseRunner(linux) { Patience = _patienceWithLinux }.Run(run) : null;
        return result is { Outcome: Outcome.Passed } ? yaml : $"# As a case it is not what was found: {result?.Failures.FirstOrDefault() ?? "it is malformed"}\n{yaml}";
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
