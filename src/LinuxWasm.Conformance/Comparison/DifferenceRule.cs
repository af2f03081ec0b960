using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>What may differ at one step of a listed case, and how. Whatever else differs there, or elsewhere, is no listed difference.</summary>
public abstract record DifferenceRule(StepReference Step, SourcePosition Position)
{
    /// <summary>Whether that is what went against the case at the step.</summary>
    public abstract bool Covers(string failure);

    /// <summary>Whether that is how the two kernels differ at the step.</summary>
    public abstract bool Covers(Difference difference);

    /// <summary>Whether the harness gave up for this.</summary>
    public virtual bool IsWhyStuck(string reason) => false;
}

/// <summary>The step gives one result here and another on Linux.</summary>
/// <param name="Here">Null where it does not return here.</param>
public sealed record ResultRule(StepReference Step, CallResult? Here, CallResult Linux, SourcePosition Position) : DifferenceRule(Step, Position)
{
    public override bool Covers(string failure) => Here is { } here && failure == $"gave {here}, expected {Expected}";

    public override bool Covers(Difference difference) =>
        Here is { } here ? difference.What == "result" && difference.Left == here.ToString() && difference.Right == Linux.ToString() : difference is { What: "step", Left: "did not run" };

    public override bool IsWhyStuck(string reason) => Here is null && reason.StartsWith($"{Step}: ", StringComparison.Ordinal);

    public override string ToString() => $"{Step}: {(Here is { } here ? here : "does not return")}, and {Linux} on Linux";

    /// <summary>As a case writes it.</summary>
    private string Expected => Linux.Error is { } error ? Layouts.ConstantTable.ErrnoName(error) : Linux.ToString();
}

/// <summary>A condition of the case does not hold here, since its left side has another value.</summary>
public sealed record CheckRule(StepReference Step, string Condition, string Here, SourcePosition Position) : DifferenceRule(Step, Position)
{
    public override bool Covers(string failure) => failure == $"not so: {Condition} (it is {Here})";

    public override bool Covers(Difference difference) => difference.What == SideBySide.CaseDifference && Covers(difference.Left);

    public override string ToString() => $"{Step}: {Here} where Linux has {Condition}";
}
