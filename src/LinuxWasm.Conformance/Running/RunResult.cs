using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Running;

public enum Outcome
{
    Passed,
    Failed,

    /// <summary>Failed as the list of known differences says.</summary>
    Listed,

    /// <summary>Not carried out, for a reason that lies with the machine or the case.</summary>
    Skipped,

    /// <summary>Not carried out, because the target does not have one of the calls.</summary>
    NotImplemented,
}

/// <summary>A call's result as Linux means it: a value, or an error.</summary>
public readonly record struct CallResult(Int128 Value, int? Error)
{
    private const int MaxErrno = 4095;

    public static CallResult From(long register, GuestAbi abi)
    {
        var signed = abi == GuestAbi.I386 ? (int)register : register;
        return signed is < 0 and >= -MaxErrno
            ? new CallResult(-1, (int)-signed)
            : new CallResult(abi == GuestAbi.I386 ? (uint)signed : signed, null);
    }

    public override string ToString() => Error is { } error ? "-1 " + ConstantTable.ErrnoName(error) : Expressions.Value.FormatNumber(Value);
}

/// <summary>What came of one step.</summary>
/// <param name="Call">The step as the case writes it.</param>
/// <param name="Result">Null for a call that did not return.</param>
/// <param name="Buffers">The buffers that the call changed, with their new bytes.</param>
/// <param name="Failures">What is not as the case says; empty when all is.</param>
public sealed record StepResult(
    StepReference Step,
    string Call,
    SourcePosition Position,
    CallResult? Result,
    IReadOnlyList<int> Signals,
    IReadOnlyDictionary<string, byte[]> Buffers,
    IReadOnlyList<string> Failures)
{
    /// <summary>The call has begun, and sleeps; what becomes of it is a result of its own. Only sequences of random calls note it.</summary>
    public bool Sleeps { get; init; }
}

/// <summary>What came of one run of a case.</summary>
public sealed record RunResult
{
    public required CaseRun Run { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>Why it was not carried out, or what went wrong outside the steps; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The step at which it went wrong so; null where it was none.</summary>
    public SourcePosition? ReasonPosition { get; init; }

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    /// <summary>What the end state has that the case does not say.</summary>
    public IReadOnlyList<string> EndFailures { get; init; } = [];

    /// <summary>Where the run was compared with Linux's: in what they differ, step by step.</summary>
    public IReadOnlyList<Comparison.Difference> Differences { get; init; } = [];

    /// <summary>The first of these, side by side; null where there is none.</summary>
    public string? SideBySide { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>All failures, each with its place.</summary>
    public IEnumerable<string> Failures => Differences.Count > 0 && Outcome is Outcome.Failed or Outcome.Listed ? DifferenceFailures : OwnFailures;

    private IEnumerable<string> DifferenceFailures
    {
        get
        {
            yield return $"{Differences[0].Position}: {SideBySide}";
            if (Outcome == Outcome.Failed && Reason is not null && Reason != SideBySide)
                yield return $"{Run.Case.Position}: {Reason}";
        }
    }

    private IEnumerable<string> OwnFailures =>
        Steps.SelectMany(s => s.Failures.Select(f => $"{s.Position}: {s.Step}: {s.Call}: {f}"))
            .Concat(EndFailures)
            .Concat(Outcome == Outcome.Failed && Reason is not null ? [$"{ReasonPosition ?? Run.Case.Position}: {Reason}"] : []);
}
