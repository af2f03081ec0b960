using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>Runs cases on LinuxWasm and on Linux. What fails on either side is shown as it is; where both pass, all that they stored is compared.</summary>
/// <param name="linux">What Linux answered to each run; null where it was neither asked nor recorded.</param>
/// <param name="name">Which Linux that was.</param>
public sealed class SideBySide(IReadOnlyList<RunResult?> linux, string name)
{
    /// <summary>What differs where only the case's own conditions tell.</summary>
    internal const string CaseDifference = "the case";

    /// <summary>Which Linux answered, such as <c>Linux 6.18.4</c>.</summary>
    public string Name => name;

    /// <summary>Asks the Linux of this machine, or takes what was recorded where it can't be asked.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="workers">How many at once.</param>
    /// <param name="note">Told why recordings are taken.</param>
    /// <param name="progress">Told of each run that is done.</param>
    /// <exception cref="TargetException">Linux can't be asked, and nothing was recorded.</exception>
    public static SideBySide AskLinux(IReadOnlyList<CaseRun> runs, int workers, Action<string> note, Action? progress = null, CancellationToken cancel = default)
    {
        string? name = null;
        try
        {
            var results = SuiteRunner.Run(runs, () =>
            {
                var oracle = new OracleTarget();
                name = oracle.Description;
                return oracle;
            }, workers, _ => progress?.Invoke(), cancel);
            return new SideBySide(results, name!);
        }
        catch (TargetException missing)
        {
            note($"{missing.Message}; comparing with what was recorded");
        }

        var recordings = runs.Select(r => r.Case.Position.File).Distinct().ToDictionary(f => f, Recording.Load);
        var kernel = recordings.Values.FirstOrDefault(r => r is not null)?.Kernel
            ?? throw new TargetException("nothing was recorded for these cases either");
        return new SideBySide([.. runs.Select(r => recordings[r.Case.Position.File]?.Find(r))], kernel);
    }

    /// <summary>LinuxWasm's results of the same runs, in their order, as they count beside Linux's.</summary>
    public IReadOnlyList<RunResult> Compare(IReadOnlyList<CaseRun> runs, int workers, Action? progress = null, CancellationToken cancel = default) =>
        [.. SuiteRunner.Run(runs, static () => new KernelTarget(), workers, _ => progress?.Invoke(), cancel).Select((own, i) => Judge(own, linux[i]))];

    /// <summary>The step, what differs, and where that is a field, the whole structure: fields that differ are marked.</summary>
    internal static string Show(Difference difference, string linux)
    {
        const string Own = "LinuxWasm";
        var width = Math.Max(linux.Length, Own.Length);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{difference.Step}: {difference.Call}: {difference.What}\n      {Own.PadRight(width)}  {difference.Left}\n      {linux.PadRight(width)}  {difference.Right}");
        if (difference.Decoded.Count == 0)
            return text.ToString();
        var names = difference.Decoded.Max(f => f.Name.Length);
        var left = Math.Max(Own.Length, difference.Decoded.Max(f => f.Left.Length));
        text.Append(CultureInfo.InvariantCulture, $"\n        {"".PadRight(names)}  {Own.PadRight(left)}  {linux}");
        foreach (var field in difference.Decoded)
            text.Append(CultureInfo.InvariantCulture, $"\n      {(field.Differs ? '*' : ' ')} {field.Name.PadRight(names)}  {field.Left.PadRight(left)}  {field.Right}");
        return text.ToString();
    }

    /// <summary>Where both stored the same, a step that the case has otherwise than LinuxWasm, but not than Linux: memory that is no buffer, for instance.</summary>
    private static List<Difference> Differences(RunResult own, RunResult other)
    {
        var stored = new RunComparer(own.Run).Differences(own, other).ToList();
        return stored.Count > 0 || other.Outcome != Outcome.Passed ? stored
            : [.. own.Steps.Where(s => s.Failures.Count > 0).Select(s => new Difference(s.Step, s.Call, s.Position, CaseDifference, s.Failures[0], "as the case says"))];
    }

    private RunResult Judge(RunResult own, RunResult? other)
    {
        if (own.Outcome == Outcome.NotImplemented)
            return own;
        if (other is null || other.Outcome is Outcome.Skipped or Outcome.NotImplemented || own.Outcome == Outcome.Skipped)
            return own with { Outcome = Outcome.Skipped, Reason = other?.Reason ?? own.Reason ?? "not recorded" };
        if (Differences(own, other) is { Count: > 0 } differences)
        {
            var shown = Show(differences[0], name);
            return own with { Outcome = Outcome.Failed, Reason = shown, Differences = differences, SideBySide = shown };
        }

        return other.Outcome == Outcome.Failed
            // Both did the same, so what Linux did against the case stands among LinuxWasm's steps already.
            ? own with { Outcome = Outcome.Failed, Reason = own.Outcome != Outcome.Failed ? "the case is wrong about Linux: " + string.Join("; ", other.Failures) : own.Reason is { } reason ? $"the case is wrong about Linux: {reason}" : "the case is wrong about Linux" }
            : own;
    }
}
