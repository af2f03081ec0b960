namespace LinuxWasm.Conformance.Expressions;

/// <summary>Puts a matrix row's values where expressions name its variables; all other variables are captures and stay.</summary>
public sealed class Substitution(IReadOnlyDictionary<string, Expression> values)
{
    public Expression Apply(Expression expression) => expression switch
    {
        VariableExpression variable => values.TryGetValue(variable.Name, out var value) ? Moved(value, variable.Offset) : variable,
        AddressExpression address => address with { Place = Apply(address.Place) },
        FieldExpression field => field with { Target = Apply(field.Target) },
        IndexExpression index => index with { Target = Apply(index.Target), Index = Apply(index.Index) },
        SliceExpression slice => slice with { Target = Apply(slice.Target), From = Apply(slice.From), To = Apply(slice.To) },
        UnaryExpression unary => unary with { Operand = Apply(unary.Operand) },
        BinaryExpression binary => binary with { Left = Apply(binary.Left), Right = Apply(binary.Right) },
        RangeExpression range => range with { Low = Apply(range.Low), High = Apply(range.High) },
        ListExpression list => list with { Items = [.. list.Items.Select(Apply)] },
        InitializerExpression initializer => initializer with { Type = Apply(initializer.Type), Value = Apply(initializer.Value) },
        SizeofExpression size => size with { Type = Apply(size.Type) },
        FunctionExpression function => function with { Arguments = [.. function.Arguments.Select(Apply)] },
        _ => expression,
    };

    /// <summary>A value of the matrix counts as standing where its variable does, with all that is in it.</summary>
    private static Expression Moved(Expression expression, int offset) => expression switch
    {
        UnaryExpression unary => unary with { Operand = Moved(unary.Operand, offset), Offset = offset },
        BinaryExpression binary => binary with { Left = Moved(binary.Left, offset), Right = Moved(binary.Right, offset), Offset = offset },
        RangeExpression range => range with { Low = Moved(range.Low, offset), High = Moved(range.High, offset), Offset = offset },
        ListExpression list => list with { Items = [.. list.Items.Select(item => Moved(item, offset))], Offset = offset },
        FunctionExpression function => function with { Arguments = [.. function.Arguments.Select(item => Moved(item, offset))], Offset = offset },
        AddressExpression address => address with { Place = Moved(address.Place, offset), Offset = offset },
        _ => expression with { Offset = offset },
    };

    public Expression? Maybe(Expression? expression) => expression is null ? null : Apply(expression);

    public TypeReference Apply(TypeReference type) =>
        new(Name(type.Name, type.Offset), Maybe(type.Count), type.Offset);

    public Initializer Apply(Initializer initializer) => initializer switch
    {
        ScalarInitializer scalar => scalar with { Value = Apply(scalar.Value) },
        ListInitializer list => list with { Items = [.. list.Items.Select(item => (item.Field, Apply(item.Value)))] },
        _ => initializer,
    };

    public CallExpression Apply(CallExpression call) =>
        new(Name(call.Name, call.Offset), [.. call.Arguments.Select(Apply)], call.Offset) { IsOneOfSeveral = call.Name[0] == '$' };

    /// <summary>In a condition of the case itself (<c>when</c>) a variable may be named without its <c>$</c>.</summary>
    public Expression ApplyToCondition(Expression condition) => condition switch
    {
        NameExpression name => values.TryGetValue(name.Name, out var value) ? value : name,
        UnaryExpression unary => unary with { Operand = ApplyToCondition(unary.Operand) },
        BinaryExpression binary => binary with { Left = ApplyToCondition(binary.Left), Right = ApplyToCondition(binary.Right) },
        ListExpression list => list with { Items = [.. list.Items.Select(ApplyToCondition)] },
        _ => Apply(condition),
    };

    /// <summary>The name of a call or a type, which a variable may stand for.</summary>
    private string Name(string name, int offset)
    {
        if (name[0] != '$')
            return name;
        return values.TryGetValue(name[1..], out var value) && value is NameExpression word
            ? word.Name
            : throw new EvaluationException(offset, $"{name} must be a variable of the matrix whose values are names");
    }
}
