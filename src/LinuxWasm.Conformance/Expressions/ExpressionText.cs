using System.Globalization;

namespace LinuxWasm.Conformance.Expressions;

/// <summary>Expressions as text again, with the values that a matrix row put in.</summary>
public static class ExpressionText
{
    public static string Of(Expression expression) => expression switch
    {
        NumberExpression number => number.Value.ToString(CultureInfo.InvariantCulture),
        TextExpression text => Value.Quote(text.Bytes),
        NameExpression name => name.Name,
        VariableExpression variable => "$" + variable.Name,
        AddressExpression address => "&" + Of(address.Place),
        FieldExpression field => $"{Of(field.Target)}.{field.Field}",
        IndexExpression index => $"{Of(index.Target)}[{Of(index.Index)}]",
        SliceExpression slice => $"{Of(slice.Target)}[{Of(slice.From)}..{Of(slice.To)}]",
        UnaryExpression unary => unary.Operator + Operand(unary.Operand),
        BinaryExpression binary => $"{Operand(binary.Left)}{Spaced(binary.Operator)}{Operand(binary.Right)}",
        RangeExpression range => $"{Of(range.Low)}..{Of(range.High)}",
        ListExpression list => "[" + string.Join(", ", list.Items.Select(Of)) + "]",
        InitializerExpression initializer => Of(initializer.Type) + Of(initializer.Value),
        SizeofExpression size => $"sizeof({Of(size.Type)})",
        FunctionExpression function => $"{function.Name}({string.Join(", ", function.Arguments.Select(Of))})",
        _ => expression.ToString(),
    };

    public static string Of(TypeReference type) => type.Count is null ? type.Name : $"{type.Name}[{Of(type.Count)}]";

    public static string Of(Initializer initializer) => initializer switch
    {
        ScalarInitializer scalar => Of(scalar.Value),
        ListInitializer list => "{" + string.Join(", ", list.Items.Select(item => (item.Field is null ? "" : item.Field + "=") + Of(item.Value))) + "}",
        _ => "",
    };

    public static string Of(CallExpression call) => $"{call.Name}({string.Join(", ", call.Arguments.Select(Of))})";

    /// <summary><c>|</c> between flags stands without spaces, as strace writes it.</summary>
    private static string Spaced(string op) => op == "|" ? op : $" {op} ";

    private static string Operand(Expression expression) =>
        expression is BinaryExpression { Operator: not "|" } ? $"({Of(expression)})" : Of(expression);
}
