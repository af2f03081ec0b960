using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Layouts;
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
    private readonly CaseRunner _linux = new(linux);

    /// <summary>How many calls were made on both.</summary>
    public int Steps { get; private set; }

    /// <summary>Goes on until so many calls were made; gives each difference, shrunk, as it is found.</summary>
    public IEnumerable<FuzzFinding> Run(int steps)
    {
        for (var n = 0; Steps < steps; n++)
        {
            var calls = _generator.Next(SequenceLength);
            var abi = n % 2 == 0 ? "i386" : "x86-64";
            Steps += calls.Count;
            if (Compare(calls, abi) is not null)
                yield return Shrink(calls, abi);
        }
    }

    private (Difference Difference, RunResult Linux)? Compare(IReadOnlyList<string> calls, string abi)
    {
        var run = Parse(SequenceGenerator.ToYaml("fuzz/sequence", "a random sequence", abi, calls));
        if (run is null)
            return null;
        var theirs = _linux.Run(run);
        var ours = _checked.Run(run);
        if (theirs.Outcome is Outcome.Skipped or Outcome.NotImplemented || ours.Outcome is Outcome.Skipped or Outcome.NotImplemented)
            return null;
        // A sequence that gets stuck on Linux too says nothing.
        if (theirs.Steps.Count != run.StepCount)
            return null;
        return new RunComparer(run).Compare(ours, theirs) is { } difference ? (difference, theirs) : null;
    }

    /// <summary>A call that the ABI does not have makes the sequence no case of it; it is passed over.</summary>
    private static CaseRun? Parse(string yaml)
    {
        var file = CaseFile.Parse("fuzz.yaml", yaml);
        return file.Errors.Count > 0 ? null : file.Cases.SelectMany(CaseExpander.Expand).FirstOrDefault();
    }

    /// <summary>Leaves out call by call for as long as the two still differ.</summary>
    private FuzzFinding Shrink(IReadOnlyList<string> calls, string abi)
    {
        var (difference, answers) = Compare(calls, abi) ?? throw new TargetException("a difference that was there is not there any more");
        var shrunk = true;
        while (shrunk)
        {
            shrunk = false;
            for (var i = calls.Count - 1; i >= 0; i--)
            {
                var fewer = calls.Where((_, at) => at != i).ToList();
                if (fewer.Count == 0 || Compare(fewer, abi) is not var (smaller, smallerAnswers))
                    continue;
                (calls, difference, answers, shrunk) = (fewer, smaller, smallerAnswers, true);
            }
        }

        var results = answers.Steps.Select(s => s.Result is not { } r ? "?" : r.Error is { } e ? ConstantTable.ErrnoName(e) : r.Value.ToString(CultureInfo.InvariantCulture)).ToList();
        var about = $"seed {seed}: {difference.Call} differs in its {difference.What} ({difference.Left} here, {difference.Right} on Linux)".Replace('"', '\'').Replace("\\", "/", StringComparison.Ordinal);
        return new FuzzFinding(difference, SequenceGenerator.ToYaml("fuzz/found", $"\"{about}\"", abi, calls, results));
    }
}
