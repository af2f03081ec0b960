using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Cases;

/// <summary>
/// Looks for what a file can get wrong beyond its form: unknown calls, constants, types, fields and buffers, variables that nothing
/// captures, references to steps that are not there. So a case that loads can be carried out.
/// </summary>
internal sealed class CaseValidator(ConformanceCase source)
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
        try
        {
            run = CaseExpander.Fill(source, row, abi);
        }
        catch (EvaluationException error)
        {
            throw Error(source.Position, error.Message);
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
        new RunValidator(run).Validate();
        return true;
    }

    private void CheckReferences()
    {
        var buffers = source.Buffers.Select(b => b.Name).ToHashSet();
        foreach (var task in source.Tasks)
        {
            Resolve(task.After, task.Position);
            if (task.Origin == TaskOrigin.Child && !source.Tasks.SelectMany(t => t.Steps).Any(s => s.Child == task.Name))
                throw Error(task.Position, $"task '{task.Name}' is a child, but no step says child: {task.Name}");
            foreach (var step in task.Steps)
            {
                Resolve(step.Until, step.Position);
                Resolve(step.After, step.Position);
                foreach (var name in step.Untouched.Where(name => !buffers.Contains(name)))
                    throw Error(step.Position, $"untouched: there is no buffer '{name}'{NearNames.Hint(name, buffers)}");
                if (step.Child is { } child && source.Tasks.FirstOrDefault(t => t.Name == child)?.Origin != TaskOrigin.Child)
                    throw Error(step.Position, $"child: there is no task '{child}' with is: child");
            }
        }

        foreach (var fd in source.End.Descriptors.Where(fd => source.Tasks.All(t => t.Name != fd.Task)))
            throw Error(fd.Position, $"there is no task '{fd.Task}'");
    }

    private void Resolve(StepReference? reference, SourcePosition position)
    {
        if (reference is null)
            return;
        var task = source.Tasks.FirstOrDefault(t => t.Name == reference.Task)
            ?? throw Error(position, $"there is no task '{reference.Task}'");
        if (reference.Step > task.Steps.Count)
            throw Error(position, $"task '{reference.Task}' has only {task.Steps.Count} steps");
    }
}

/// <summary>Checks the names of one run, where calls, types and matrix values are known.</summary>
internal sealed class RunValidator(CaseRun run)
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
        foreach (var buffer in run.Buffers)
            _buffers[buffer.Name] = At(buffer.Position, () => _constants.Resolve(buffer.Type));
        foreach (var buffer in run.Buffers)
        {
            At(buffer.Position, () => Check(buffer.Value));
            At(buffer.Position, () => Check(buffer.Fill));
        }

        foreach (var step in run.Tasks.SelectMany(t => t.Steps))
            Check(step);
        foreach (var file in run.End.Files)
            At(file.Position, () => Check(file.Properties.Select(p => p.Expected)));
        foreach (var fd in run.End.Descriptors)
            At(fd.Position, () => Check(fd.Properties.Select(p => p.Expected).Append(fd.Descriptor)));
        foreach (var item in run.Setup)
            At(item.Position, () => Check(new[] { item.Path, item.Mode, item.Owner, item.Group, item.Time }.OfType<Expression>()));
        At(run.Case.Position, () => Check(run.Identity.Limits.Select(l => l.Resource)));
    }

    private static void At(SourcePosition position, Action check) =>
        At(position, () =>
        {
            check();
            return true;
        });

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

    private static T At<T>(SourcePosition position, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (EvaluationException error)
        {
            throw new CaseFormatException(position, error.Message);
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
        At(step.Position, () => Check(step.Captures.Select(c => c.Value).Concat(step.Signals ?? [])));
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
