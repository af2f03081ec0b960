using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Running;

/// <summary>Whether a call gave what its step says.</summary>
internal sealed class StepJudge(Evaluator evaluator, Dictionary<string, Value> captures, GuestAbi abi)
{
    /// <summary>What is wrong with the result; null when it is as expected. A first <c>= $name</c> captures it.</summary>
    public string? JudgeResult(StepSpec step, CallResult result)
    {
        if (step.NoReturn)
            return $"returned {result}, expected no return";
        if (step.AnyResult)
            return null;
        if (step.Expected is VariableExpression variable && !captures.ContainsKey(variable.Name) && step.Relation == "==")
        {
            if (result.Error is not null)
                return $"gave {result}, expected a value for ${variable.Name}";
            captures[variable.Name] = result.Value;
            return null;
        }

        if (step.Expected is null)
            return result.Error is null ? null : $"gave {result}, expected no error";
        return Accepts(step.Expected, step.Relation, result) ? null : $"gave {result}, expected {Describe(step)}";
    }

    /// <summary>The signals that were to be handled.</summary>
    public string? JudgeSignals(StepSpec step, IReadOnlyList<int> signals)
    {
        var expected = step.Signals?.Select(s => (int)evaluator.Number(s)).ToList() ?? [];
        return expected.SequenceEqual(signals) ? null : $"handled the signals [{Names(signals)}], expected [{Names(expected)}]";
    }

    private static string Names(IEnumerable<int> signals) => string.Join(", ", signals.Select(signal => ((Signal)signal).Name()));

    private bool Accepts(Expression expected, string relation, CallResult result)
    {
        if (expected is ListExpression list)
            return list.Items.Any(item => Accepts(item, "==", result));
        if (ErrnoOf(expected) is { } error)
            return relation == "!=" ? result.Error != error : result.Error == error;
        if (result.Error is not null)
            return false;
        if (expected is RangeExpression)
            return evaluator.IsExpected(result.Value, expected);

        var number = evaluator.Number(expected);
        return relation switch
        {
            "==" or "in" => Same(result.Value, number),
            "!=" => !Same(result.Value, number),
            "<" => result.Value < number,
            "<=" => result.Value <= number,
            ">" => result.Value > number,
            _ => result.Value >= number,
        };
    }

    private int? ErrnoOf(Expression expected) =>
        expected is NameExpression name && !IsBuffer(name.Name) ? ConstantTable.FindErrno(name.Name) : null;

    private bool IsBuffer(string name) => evaluator.IsBuffer(name);

    /// <summary>A register holds 32 bits on i386, so -1 and 0xffffffff are the same there.</summary>
    private bool Same(Int128 actual, Int128 expected)
    {
        var mask = abi == GuestAbi.I386 ? (Int128)uint.MaxValue : ulong.MaxValue;
        return (actual & mask) == (expected & mask);
    }

    private static string Describe(StepSpec step) =>
        (step.Relation is "==" or "in" ? "" : step.Relation + " ") + (step.Expected is null ? "no error" : ExpressionText.Of(step.Expected));
}
