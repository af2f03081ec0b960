using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Explaining;

/// <summary>A case's expressions in C: buffers are members of <c>m</c>, captures elements of <c>shared->kept</c>, constants their numbers.</summary>
internal sealed class CExpressions(CaseRun run, IReadOnlyDictionary<string, int> kept)
{
    private readonly Evaluator _constants = new(new ConstantScope(run.Abi));

    public TypeLayout Resolve(TypeReference type) => _constants.Resolve(type);

    private static readonly HashSet<string> _keywords =
    [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long",
        "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
    ];

    /// <summary>A buffer's name as a member of <c>m</c>.</summary>
    public static string Member(string buffer) => _keywords.Contains(buffer) ? buffer + "_" : buffer;

    public static string Name(BufferSpec buffer) => "m." + Member(buffer.Name);

    /// <summary>An argument or a pointer in a structure; text and structures become pointers, which <paramref name="before"/> prepares.</summary>
    public string Argument(Expression expression, StringBuilder before)
    {
        if (expression is InitializerExpression initializer)
            return $"(long){Place(Resolve(initializer.Type), initializer.Value, ExpressionText.Of(expression), before)}";
        return Bytes(expression) is { IsLiteral: true } text ? $"(long){text.Pointer}" : Number(expression);
    }

    /// <summary>Declares memory with a value, and gives its name.</summary>
    private string Place(TypeLayout type, Initializer value, string comment, StringBuilder before)
    {
        var name = "value" + before.ToString().Split("static unsigned char value").Length.ToString(CultureInfo.InvariantCulture);
        before.AppendLine(CultureInfo.InvariantCulture, $"        static unsigned char {name}[{Math.Max(1, type.Size)}] __attribute__((aligned(16)));  /* {Comment(comment)} */");
        Fill(type, value, name, 0, before);
        return name;
    }

    /// <summary>Statements that write a value; what is not named stays zero.</summary>
    public void Fill(TypeLayout type, Initializer value, string target, int offset, StringBuilder text)
    {
        switch (type, value)
        {
            case (ScalarLayout, ListInitializer { Items: [(null, { } only)] }):
                Fill(type, only, target, offset, text);
                break;
            case (ScalarLayout scalar, ScalarInitializer leaf):
                var number = scalar.IsPointer ? Argument(leaf.Value, text) : Number(leaf.Value);
                text.AppendLine(CultureInfo.InvariantCulture, $"        *(uint{scalar.Size * 8}_t *)({target} + {offset}) = {number};");
                break;
            case (ArrayLayout, ScalarInitializer leaf) when Bytes(leaf.Value) is { IsLiteral: true } bytes:
                text.AppendLine(CultureInfo.InvariantCulture, $"        memcpy({target} + {offset}, {bytes.Pointer}, {bytes.Length});");
                break;
            case (ArrayLayout { IsText: true }, ListInitializer { Items: [(null, ScalarInitializer { Value: TextExpression } only)] }):
                Fill(type, only, target, offset, text);
                break;
            case (ArrayLayout array, ListInitializer list):
                for (var i = 0; i < list.Items.Count; i++)
                    Fill(array.Element, list.Items[i].Value, target, offset + (i * array.Element.Size), text);
                break;
            case (StructLayout structure, ListInitializer list):
                for (var i = 0; i < list.Items.Count; i++)
                {
                    var field = list.Items[i].Field is { } name ? structure.Find(name)! : structure.Fields[i];
                    Fill(field.Type, list.Items[i].Value, target, offset + field.Offset, text);
                }

                break;
            default:
                throw new EvaluationException(value.Offset, $"'{type.Name}' can't be written in C");
        }
    }

    public string Number(Expression expression)
    {
        if (Constant(expression) is { IsBytes: false } constant)
            return Literal(constant.Number, expression);
        switch (expression)
        {
            case VariableExpression variable:
                return $"shared->kept[{kept[variable.Name]}] /* {variable.Name} */";
            case NameExpression { Name: "HANDLER" }:
                return "(long)handler";
            case NameExpression { Name: "RESTORER" }:
                return "(long)restorer";
            case NameExpression { Name: "RT_RESTORER" }:
                return "(long)rt_restorer";
            case AddressExpression address:
                var (at, _) = Locate(address.Place);
                return $"(long)({at})";
            case NameExpression or FieldExpression or IndexExpression when Locate(expression) is (var place, ScalarLayout scalar):
                return $"number({place}, {scalar.Size}, {(scalar.Signed ? 1 : 0)})";
            case UnaryExpression unary:
                return $"{unary.Operator}({Number(unary.Operand)})";
            case BinaryExpression { Operator: "in" } within:
                return Within(Number(within.Left), within.Right);
            case BinaryExpression { Operator: "==" or "!=" } compared when Bytes(compared.Left) is { } left && Bytes(compared.Right) is { } right:
                return (compared.Operator == "==" ? "" : "!") + SameBytes(left, right);
            case BinaryExpression binary:
                return $"({Number(binary.Left)} {binary.Operator} {Number(binary.Right)})";
            case FunctionExpression { Name: "int32at", Arguments: [var pointer] }:
                return $"number((void *)(long)({Number(pointer)}), 4, 1)";
            case FunctionExpression { Name: "lo", Arguments: [var whole] }:
                return $"(({Number(whole)}) & 0xffffffff)";
            case FunctionExpression { Name: "hi", Arguments: [var whole] }:
                return $"((unsigned long long)({Number(whole)}) >> 32)";
            case FunctionExpression { Name: "len", Arguments: [var text] } when Bytes(text) is { } bytes:
                return bytes.Length;
            default:
                throw new EvaluationException(expression.Offset, $"'{ExpressionText.Of(expression)}' can't be said in C");
        }
    }

    /// <summary>Whether a number is in a range, or one of a list.</summary>
    public string Within(string number, Expression expected) => expected switch
    {
        RangeExpression range => $"({number} >= {Number(range.Low)} && {number} <= {Number(range.High)})",
        ListExpression list => "(" + string.Join(" || ", list.Items.Select(item => Within(number, item))) + ")",
        _ => $"({number} == {Number(expected)})",
    };

    /// <summary>A constant's value, or null where it is only known when the program runs.</summary>
    public Value? Constant(Expression expression)
    {
        // The scope of constants has no buffers, so that a buffer by a constant's name would be taken for it.
        if (expression is NameExpression name && run.Buffers.Any(b => b.Name == name.Name))
            return null;
        if (expression is BinaryExpression binary && (Constant(binary.Left) is null || binary.Operator is not "in" && Constant(binary.Right) is null))
            return null;
        try
        {
            return expression is RangeExpression or ListExpression ? null : _constants.Evaluate(expression);
        }
        catch (EvaluationException)
        {
            return null;
        }
    }

    internal static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes)
            text.Append(b is >= 0x20 and < 0x7f and not ((byte)'"' or (byte)'\\' or (byte)'?') ? ((char)b).ToString() : "\\" + Convert.ToString(b, 8).PadLeft(3, '0'));
        return text.Append('"').ToString();
    }

    internal static string Quote(string text) => Quote(Encoding.UTF8.GetBytes(text));

    internal static string Comment(string text) => text.Replace("*/", "* /", StringComparison.Ordinal).Replace("/*", "/ *", StringComparison.Ordinal);

    private static string Literal(Int128 value, Expression expression)
    {
        var number = value > long.MaxValue ? $"0x{(ulong)value:x}ull" : value < int.MinValue || value > int.MaxValue ? $"{value}ll" : value.ToString(CultureInfo.InvariantCulture);
        return expression is NumberExpression or UnaryExpression { Operand: NumberExpression } ? number : $"{number} /* {Comment(ExpressionText.Of(expression))} */";
    }

    private (string At, TypeLayout Type) Locate(Expression place)
    {
        switch (place)
        {
            case NameExpression name when run.Buffers.FirstOrDefault(b => b.Name == name.Name) is { } buffer:
                return (Name(buffer), Resolve(buffer.Type));
            case FieldExpression field when Locate(field.Target) is (var at, StructLayout structure) && structure.Find(field.Field) is { } found:
                return ($"{at} + {found.Offset}", found.Type);
            case IndexExpression index when Locate(index.Target) is (var at, ArrayLayout array):
                return ($"{at} + {array.Element.Size} * ({Number(index.Index)})", array.Element);
            default:
                throw new EvaluationException(place.Offset, $"'{ExpressionText.Of(place)}' is no place");
        }
    }

    /// <summary>Where bytes lie and how many there are, as two arguments.</summary>
    public string PointerAndLength(Expression expression) =>
        Bytes(expression) is { } bytes ? $"{bytes.Pointer}, {bytes.Length}" : throw new EvaluationException(expression.Offset, "expected a string, a part of a buffer, or memory");

    /// <summary>Bytes: a literal, a part of a buffer, or memory. Null for a number.</summary>
    private CBytes? Bytes(Expression expression)
    {
        if (Constant(expression) is { Bytes: { } constant })
            return new CBytes(Quote(constant), constant.Length.ToString(CultureInfo.InvariantCulture), IsLiteral: true, IsText: false);
        switch (expression)
        {
            case SliceExpression slice when Locate(slice.Target) is (var at, ArrayLayout array):
                return new CBytes($"{at} + {array.Element.Size} * ({Number(slice.From)})", $"{array.Element.Size} * (({Number(slice.To)}) - ({Number(slice.From)}))", false, false);
            case NameExpression name when run.Buffers.Any(b => b.Name == name.Name):
            case FieldExpression or IndexExpression:
                return Locate(expression) is (var place, not ScalarLayout) and var (_, type) ? new CBytes(place, type.Size.ToString(CultureInfo.InvariantCulture), false, type is ArrayLayout { IsText: true }) : null;
            case FunctionExpression { Name: "mem", Arguments: [var pointer, var length] }:
                return new CBytes($"(void *)(long)({Number(pointer)})", Number(length), false, false);
            default:
                return null;
        }
    }

    private static string SameBytes(CBytes left, CBytes right) => (left, right) switch
    {
        ({ IsText: true }, { IsLiteral: true }) => $"is_text({left.Pointer}, {left.Length}, {right.Pointer}, {right.Length})",
        ({ IsLiteral: true }, { IsText: true }) => $"is_text({right.Pointer}, {right.Length}, {left.Pointer}, {left.Length})",
        _ => $"(({left.Length}) == ({right.Length}) && memcmp({left.Pointer}, {right.Pointer}, {left.Length}) == 0)",
    };

    private sealed record CBytes(string Pointer, string Length, bool IsLiteral, bool IsText);
}
