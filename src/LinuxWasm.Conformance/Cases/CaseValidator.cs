using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Cases;

/// <summary>
/// Looks for what a file can get wrong beyond its form: unknown calls, constants, types, fields and buffers, variables that nothing
/// captures, references to steps that are not there. So a case that loads can be carried out.
/// </summary>
internal sealed class CaseValidator(ConformanceCase source, IReadOnlyList<ValueDemand> values, IReadOnlyList<PartDemand> parts)
{
    public void Validate()
    {
        CheckReferences();
        var runs = 0;
        foreach (var row in source.Matrix)
        {
            foreach (var abi in GuestAbis.All)
            {
                if (row.Abi is null || row.Abi == abi)
                    runs += ValidateRun(row, abi) ? 1 : 0;
            }
        }

        if (runs == 0)
            throw Error(source.Position, "no ABI has all of the calls of this case");
    }

    private static CaseFormatException Error(SourcePosition position, string problem) => new(position, problem);

    private bool ValidateRun(MatrixRow row, GuestAbi abi)
    {
        CaseRun run;
        var at = source.Position;
        try
        {
            var fill = new Substitution(row.Values);
            foreach (var step in source.Tasks.SelectMany(task => task.Steps).Where(step => step.When is not null))
            {
                at = step.WhenPosition ?? step.Position;
                CaseExpander.IsTrue(step.When, fill, abi);
            }

            at = source.Position;
            run = CaseExpander.Fill(source, row, abi);
        }
        catch (EvaluationException error)
        {
            throw Error(at, error.Message);
        }

        var steps = run.Tasks.SelectMany(task => task.Steps);
        foreach (var step in steps)
        {
            if (!CallTable.Exists(step.Call.Name))
                throw Error(step.Position, $"'{step.Call.Name}' is in no system call table{NearNames.Hint(step.Call.Name, CallTable.Names)}");
        }

        if (source.Requires.Abis.Count > 0 && !source.Requires.Abis.Contains(abi))
            return false;
        if (!steps.All(step => CallTable.Exists(step.Call.Name, abi)))
            return false;
        if (run.StepCount == 0)
            throw Error(source.Tasks[0].Steps[0].Position, $"no step is left of the run {run.Id}, since each has a condition that is false; expected at least one step");
        new RunValidator(run, values).Validate();
        return true;
    }

    private void CheckReferences()
    {
        foreach (var part in parts)
        {
            if (part.Problem(source) is { } problem)
                throw Error(part.Position, problem);
        }

        foreach (var task in source.Tasks)
        {
            if (task.Origin == TaskOrigin.Child && !source.Tasks.SelectMany(t => t.Steps).Any(s => s.Child == task.Name))
                throw Error(task.Position, $"task '{task.Name}' is a child, but no step says child: {task.Name}");
        }
    }
}

/// <summary>Checks the names of one run, where calls, types and matrix values are known.</summary>
internal sealed class RunValidator(CaseRun run, IReadOnlyList<ValueDemand> values)
{
    private readonly HashSet<string> _captured = [.. run.Tasks.SelectMany(t => t.Steps).SelectMany(CapturedBy)];
    private readonly Dictionary<string, TypeLayout> _buffers = [];
    private readonly Evaluator _constants = new(new ConstantScope(run.Abi));

    /// <summary>The variables that a step gives a value: its captures, and a <c>= $name</c>.</summary>
    internal static IEnumerable<string> CapturedBy(StepSpec step)
    {
        var names = step.Captures.Select(c => c.Name);
        return step.Expected is VariableExpression result ? names.Append(result.Name) : names;
    }

    public void Validate()
    {
        // Only what has a size can be laid out.
        var fill = new Substitution(run.Row.Values);
        var (sizes, others) = (values.Where(v => v.Kind == ValueKind.BufferSize), values.Where(v => v.Kind != ValueKind.BufferSize));
        Check(sizes, fill);
        foreach (var buffer in run.Buffers)
            At(buffer.TypeStart, buffer.Position, () => _buffers[buffer.Name] = _constants.Resolve(buffer.Type));
        foreach (var buffer in run.Buffers)
            At(buffer.TypeStart, buffer.Position, () => CheckValue(buffer));

        Check(others, fill);
        foreach (var limit in run.Tasks.Select(t => t.Identity).Append(run.Identity).OfType<Identity>().SelectMany(i => i.Limits))
            CheckOrder(limit);
        foreach (var step in run.Tasks.SelectMany(t => t.Steps))
            Check(step);
    }

    private void Check(IEnumerable<ValueDemand> demands, Substitution fill)
    {
        foreach (var demand in demands.Where(demand => CaseExpander.IsTrue(demand.When, fill, run.Abi)))
            At(demand.Start, demand.Position, () => Check(demand, fill.Apply(demand.Value)));
    }

    private void Check(ValueDemand demand, Expression value)
    {
        try
        {
            Check(value);
            CheckKind(demand, value);
        }
        catch (EvaluationException error)
        {
            throw new EvaluationException(error.Offset, $"{demand.Name}: {error.Message}{(demand.Kind.IsAny ? "" : $"; expected {demand.Kind.Expected}")}");
        }
    }

    private void CheckKind(ValueDemand demand, Expression value)
    {
        switch (value)
        {
            case var _ when demand.Kind.IsAny:
                break;
            case ListExpression or RangeExpression when !demand.Several:
                throw new EvaluationException(value.Offset, "one value has to stand here");
            case ListExpression list:
                foreach (var item in list.Items)
                    CheckKind(demand, item);
                break;
            case RangeExpression range:
                CheckKind(demand, range.Low);
                CheckKind(demand, range.High);
                break;
            case NameExpression name when !demand.Kind.Accepts(name):
                throw new EvaluationException(name.Offset, $"'{name.Name}' is none");
            case var _ when !IsKnownOnlyInTheRun(value):
                if (_constants.Evaluate(value) is var found && !demand.Kind.Accepts(found))
                    throw new EvaluationException(value.Offset, $"{found} does not fit");
                break;
        }
    }

    private bool IsKnownOnlyInTheRun(Expression value) => value switch
    {
        VariableExpression => true,
        NameExpression name => _buffers.ContainsKey(name.Name) || ConstantTable.TargetSymbols.Contains(name.Name),
        UnaryExpression unary => IsKnownOnlyInTheRun(unary.Operand),
        BinaryExpression binary => IsKnownOnlyInTheRun(binary.Left) || IsKnownOnlyInTheRun(binary.Right),
        FunctionExpression function => function.Name is "mem" or "int32at" || function.Arguments.Any(IsKnownOnlyInTheRun),
        FieldExpression or IndexExpression or SliceExpression or AddressExpression => true,
        _ => false,
    };

    /// <summary>The values are stored, to see whether they fit; what only the run knows is nought here.</summary>
    private void CheckValue(BufferSpec buffer)
    {
        Check(buffer.Value);
        if (buffer.Value is not null)
            new Evaluator(new LayoutScope(run.Abi, _buffers)).Build(_buffers[buffer.Name], buffer.Value);
    }

    // setrlimit(2): EINVAL where the soft limit is above the hard one.
    private void CheckOrder(LimitSpec limit)
    {
        if (_constants.Number(limit.Soft) > _constants.Number(limit.Hard))
            throw new CaseFormatException(limit.Position, "the soft limit is above the hard one; expected [soft, hard]");
    }

    /// <summary>With the word's own column, where the text that the offset counts in begins at a known place.</summary>
    private static void At(SourcePosition? start, SourcePosition otherwise, Action check)
    {
        try
        {
            check();
        }
        catch (EvaluationException error)
        {
            throw new CaseFormatException(start is { } known ? known with { Column = known.Column + error.Offset } : otherwise, error.Message);
        }
    }

    private void Check(StepSpec step)
    {
        At(step.CallStart, step.Position, () =>
        {
            CheckArguments(step.Call);
            Check(step.Call.Arguments);
        });
        At(step.ResultStart, step.Position, () => Check(step.Expected));
        for (var i = 0; i < step.Checks.Count; i++)
            At(i < step.CheckStarts.Count ? step.CheckStarts[i] : null, step.Position, () => Check(step.Checks[i].Condition));
    }

    private void CheckArguments(CallExpression call)
    {
        var given = call.Arguments;
        if (given.Count > (call.Name == CallTable.ByNumber ? 7 : 6))
            throw new EvaluationException(call.Offset, "a system call has at most six arguments");
        if (CallArguments.Of(call.Name, run.Abi) is not { } taken)
            return;
        if (given.Count < taken.Required)
            throw new EvaluationException(call.Offset, $"{call.Name}{taken}: {given.Count} {(given.Count == 1 ? "argument is" : "arguments are")} given, '{taken.Names[given.Count]}' is missing");
        if (given.Count > taken.Names.Count && !call.IsOneOfSeveral)
            throw new EvaluationException(given[taken.Names.Count].Offset, $"{call.Name}{taken}: {given.Count} arguments are given, {taken.Names.Count} expected");
    }

    private void Check(IEnumerable<Expression> expressions)
    {
        foreach (var expression in expressions)
            Check(expression);
    }

    private void Check(Initializer? initializer)
    {
        if (initializer is ScalarInitializer scalar)
            Check(scalar.Value);
        else if (initializer is ListInitializer list)
        {
            foreach (var (_, value) in list.Items)
                Check(value);
        }
    }

    private void Check(Expression? expression)
    {
        switch (expression)
        {
            case VariableExpression variable when !_captured.Contains(variable.Name):
                throw new EvaluationException(variable.Offset, $"${variable.Name} is neither captured nor in the matrix");
            case NameExpression name when !_buffers.ContainsKey(name.Name) && ConstantTable.Find(name.Name, run.Abi) is null && !ConstantTable.TargetSymbols.Contains(name.Name):
                throw new EvaluationException(name.Offset, $"unknown constant or buffer '{name.Name}'" + (ConstantTable.Exists(name.Name) ? $" (not in {run.Abi.Name()})" : NearNames.Hint(name.Name, _buffers.Keys.Concat(ConstantTable.Names))));
            case FieldExpression or IndexExpression or SliceExpression:
                TypeOf(expression);
                break;
            case AddressExpression address:
                TypeOf(address.Place);
                break;
            case UnaryExpression unary:
                Check(unary.Operand);
                break;
            case BinaryExpression binary:
                Check(binary.Left);
                Check(binary.Right);
                break;
            case RangeExpression range:
                Check(range.Low);
                Check(range.High);
                break;
            case ListExpression list:
                Check(list.Items);
                break;
            case SizeofExpression size:
                _constants.Resolve(size.Type);
                break;
            case InitializerExpression initializer:
                _constants.Resolve(initializer.Type);
                Check(initializer.Value);
                break;
            case FunctionExpression function:
                Check(function.Arguments);
                break;
        }
    }

    private TypeLayout TypeOf(Expression place)
    {
        switch (place)
        {
            case NameExpression name:
                return _buffers.GetValueOrDefault(name.Name) ?? throw new EvaluationException(name.Offset, $"unknown buffer '{name.Name}'{NearNames.Hint(name.Name, _buffers.Keys)}");
            case FieldExpression field when TypeOf(field.Target) is StructLayout structure:
                return structure.Find(field.Field)?.Type
                    ?? throw new EvaluationException(field.Offset, $"struct {structure.Name} has no field '{field.Field}' ({string.Join(", ", structure.Fields.Select(f => f.Name))})");
            case IndexExpression index when TypeOf(index.Target) is ArrayLayout array:
                Check(index.Index);
                return array.Element;
            case SliceExpression slice when TypeOf(slice.Target) is ArrayLayout array:
                Check(slice.From);
                Check(slice.To);
                return array;
            case FieldExpression or IndexExpression or SliceExpression:
                throw new EvaluationException(place.Offset, "only structures have fields, and only arrays have elements");
            default:
                throw new EvaluationException(place.Offset, "expected a buffer, a field or an element");
        }
    }
}
