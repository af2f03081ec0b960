using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>Two lines of a comparison.</summary>
/// <param name="What">What differs: the result, a buffer or a field.</param>
public sealed record Difference(StepReference Step, string Call, SourcePosition Position, string What, string Left, string Right)
{
    /// <summary>Where a field of a structure differs, all of its fields with what both sides have there.</summary>
    public IReadOnlyList<DecodedField> Decoded { get; init; } = [];
}

/// <summary>A field on both sides.</summary>
/// <param name="Differs">False also where a difference belongs to the machine.</param>
public sealed record DecodedField(string Name, string Left, string Right, bool Differs);

/// <summary>Lays two runs of the same case side by side.</summary>
public sealed class RunComparer(CaseRun run)
{
    /// <summary>What both sides have in buffers where a rule has hidden a difference: it stays there for later steps to see. Null for what is not known.</summary>
    private readonly Dictionary<string, (byte[]? Left, byte[]? Right)> _hidden = [];

    /// <summary>The first difference, or null where both did the same as far as it is Linux's to say.</summary>
    public Difference? Compare(RunResult left, RunResult right) => Differences(left, right).FirstOrDefault();

    /// <summary>The first difference of each step, as far as the steps of both were made in the same order.</summary>
    public IEnumerable<Difference> Differences(RunResult left, RunResult right)
    {
        _hidden.Clear();
        for (var i = 0; i < Math.Max(left.Steps.Count, right.Steps.Count); i++)
        {
            if (i >= left.Steps.Count || i >= right.Steps.Count)
            {
                var more = i < left.Steps.Count ? left.Steps[i] : right.Steps[i];
                yield return new Difference(more.Step, more.Call, more.Position, "step", i < left.Steps.Count ? "ran" : "did not run", i < right.Steps.Count ? "ran" : "did not run");
                continue;
            }

            if (Compare(left.Steps[i], right.Steps[i]) is not { } difference)
                continue;
            yield return difference;
            if (left.Steps[i].Step != right.Steps[i].Step)
                yield break;
        }
    }

    private Difference? Compare(StepResult left, StepResult right)
    {
        Difference Differs(string what, string l, string r) => new(left.Step, left.Call, left.Position, what, l, r);

        if (left.Step != right.Step)
            return Differs("order", left.Step.ToString(), right.Step.ToString());
        if (left.Sleeps != right.Sleeps)
            return Differs("course", Course(left), Course(right));
        if (!SameResult(left.Step, left.Result, right.Result))
            return Differs("result", left.Result?.ToString() ?? "no return", right.Result?.ToString() ?? "no return");
        if (!left.Signals.SequenceEqual(right.Signals))
            return Differs("signals", string.Join(' ', left.Signals), string.Join(' ', right.Signals));
        if (RuleOfBuffers(left) is not null)
        {
            Hide(left, right);
            return null;
        }

        foreach (var buffer in run.Buffers)
        {
            var (l, r) = (left.Buffers.GetValueOrDefault(buffer.Name), right.Buffers.GetValueOrDefault(buffer.Name));
            if (l is null && r is null)
                continue;
            if (_hidden.TryGetValue(buffer.Name, out var hidden))
            {
                (l, r) = (l ?? hidden.Left, r ?? hidden.Right);
                if (l is null || r is null)
                    continue;
                _hidden[buffer.Name] = (l, r);
                r = WithoutHidden(l, r, hidden.Left, hidden.Right);
            }

            var type = new Evaluator(new ConstantScope(run.Abi)).Resolve(buffer.Type);
            if (l is null || r is null)
            {
                // A recording leaves large buffers out.
                if (type.Size > Recording.MaxBytes)
                    continue;

                // Written by one side only: that is a difference unless everything in it belongs to the machine.
                if (!IsMachines(type))
                    return Differs(buffer.Name, l is null ? "unchanged" : "changed", r is null ? "unchanged" : "changed");
                continue;
            }

            if (CompareBytes(buffer.Name, type, l, r) is var (what, leftValue, rightValue))
            {
                var decoded = new List<DecodedField>();
                if (type is StructLayout or ArrayLayout { IsText: false })
                    Decode(buffer.Name, type, l, r, rule: null, decoded);
                return Differs(what, leftValue, rightValue) with { Decoded = decoded };
            }
        }

        return null;
    }

    private void Hide(StepResult left, StepResult right)
    {
        foreach (var name in left.Buffers.Keys.Union(right.Buffers.Keys))
        {
            var known = _hidden.GetValueOrDefault(name);
            _hidden[name] = (left.Buffers.GetValueOrDefault(name) ?? known.Left, right.Buffers.GetValueOrDefault(name) ?? known.Right);
        }
    }

    /// <summary>The right side with the left's bytes where both differed before and neither was written since.</summary>
    private static byte[] WithoutHidden(byte[] left, byte[] right, byte[]? leftBefore, byte[]? rightBefore)
    {
        if (leftBefore is null || rightBefore is null)
            return right;
        return [.. right.Select((b, i) => leftBefore[i] != rightBefore[i] && left[i] == leftBefore[i] && b == rightBefore[i] ? left[i] : b)];
    }

    private static string Course(StepResult step) => step.Sleeps ? "sleeps" : step.Result?.ToString() ?? "no return";

    private StepSpec SpecOf(StepReference step) => run.Tasks.First(t => t.Name == step.Task).Steps[step.Step - 1];

    private string NameOf(StepReference step) => SpecOf(step).Call.Name;

    /// <summary>The rule under which the bytes that a step stored are not compared, or null when they are.</summary>
    private string? RuleOfBuffers(StepResult step)
    {
        if (step.Result?.Error == (int)Abi.Errno.EFAULT)
            return "fault";
        // Where tasks share memory, what one stores shows at a step of the other's, sooner or later.
        if (run.Tasks.Any(t => t.Origin is TaskOrigin.Thread or TaskOrigin.Child))
            return "memory";
        return SpecOf(step.Step).Rule ?? NormalisationRules.OfBuffers(NameOf(step.Step));
    }

    /// <summary>What belongs to the machine is as much of it as the machine has: with a step's rule two successes are alike.</summary>
    private bool SameResult(StepReference step, CallResult? left, CallResult? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left.Value.Error is not null || right.Value.Error is not null)
            return left.Value.Error == right.Value.Error;
        return SpecOf(step).Rule is not null || NormalisationRules.OfResult(NameOf(step)) is not null || left.Value.Value == right.Value.Value;
    }

    /// <summary>Rule <c>unmapped</c>: the host's devices belong to nobody in the oracle's user namespace.</summary>
    private static bool IsUnmappedOwner(FieldLayout field, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        const int Nobody = 65534;
        if (field.Type is not ScalarLayout scalar || !(field.Name.EndsWith("_uid", StringComparison.Ordinal) || field.Name.EndsWith("_gid", StringComparison.Ordinal)))
            return false;
        return Evaluator.Decode(scalar, left[field.Offset..]) == 0 && Evaluator.Decode(scalar, right[field.Offset..]) == Nobody;
    }

    /// <summary>The whole value is of the machine's: a structure that has only such fields.</summary>
    private static bool IsMachines(TypeLayout type) => type is StructLayout structure && structure.Fields.All(f => f.Rule is not null || IsMachines(f.Type));

    private static void Decode(string name, TypeLayout type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, string? rule, List<DecodedField> fields)
    {
        switch (type)
        {
            case StructLayout structure:
                foreach (var field in structure.Fields)
                    Decode($"{name}.{field.Name}", field.Type, left.Slice(field.Offset, field.Type.Size), right.Slice(field.Offset, field.Type.Size), rule ?? field.Rule, fields);
                break;
            case ArrayLayout { IsText: false } array:
                var size = array.Element.Size;
                for (var i = 0; i < array.Count; i++)
                    Decode($"{name}[{i}]", array.Element, left.Slice(i * size, size), right.Slice(i * size, size), rule, fields);
                break;
            case ScalarLayout scalar:
                fields.Add(new DecodedField(name, Value.FormatNumber(Evaluator.Decode(scalar, left)), Value.FormatNumber(Evaluator.Decode(scalar, right)), rule is null && !left.SequenceEqual(right)));
                break;
            default:
                fields.Add(new DecodedField(name, Value.Quote(left), Value.Quote(right), rule is null && !left.SequenceEqual(right)));
                break;
        }
    }

    private static (string What, string Left, string Right)? CompareBytes(string name, TypeLayout type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
            return null;
        switch (type)
        {
            case StructLayout structure:
                foreach (var field in structure.Fields.Where(f => f.Rule is null))
                {
                    if (IsUnmappedOwner(field, left, right))
                        continue;
                    var found = CompareBytes($"{name}.{field.Name}", field.Type, left.Slice(field.Offset, field.Type.Size), right.Slice(field.Offset, field.Type.Size));
                    if (found is not null)
                        return found;
                }

                return null;
            case ArrayLayout { IsText: false } array:
                for (var i = 0; i < array.Count; i++)
                {
                    var size = array.Element.Size;
                    var found = CompareBytes($"{name}[{i}]", array.Element, left.Slice(i * size, size), right.Slice(i * size, size));
                    if (found is not null)
                        return found;
                }

                return null;
            case ScalarLayout scalar:
                return (name, Value.FormatNumber(Evaluator.Decode(scalar, left)), Value.FormatNumber(Evaluator.Decode(scalar, right)));
            default:
                return (name, Value.Quote(left), Value.Quote(right));
        }
    }
}
