using System.Buffers.Binary;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Expressions;

/// <summary>Evaluates expressions against the memory and the captures of a running task.</summary>
public sealed class Evaluator(IEvaluationScope scope)
{
    private readonly LayoutTable _layouts = LayoutTable.For(scope.Abi);

    /// <summary>The value as an argument register: text and initializers become pointers.</summary>
    public ulong Argument(Expression expression)
    {
        if (expression is InitializerExpression initializer)
        {
            var type = Resolve(initializer.Type);
            return scope.Place(Build(type, initializer.Value), 16);
        }

        var value = Evaluate(expression);
        return value.Bytes is { } bytes ? scope.Place([.. bytes, 0], 1) : (ulong)(value.Number & ulong.MaxValue);
    }

    public Int128 Number(Expression expression)
    {
        var value = Evaluate(expression);
        return value.IsBytes ? throw new EvaluationException(expression.Offset, "expected a number, found text") : value.Number;
    }

    public bool IsBuffer(string name) => scope.Buffer(name) is not null;

    public bool Truth(Expression expression) => Number(expression) != 0;

    public Value Evaluate(Expression expression) => expression switch
    {
        NumberExpression number => number.Value,
        TextExpression text => new Value(0, text.Bytes),
        VariableExpression variable => scope.Variable(variable.Name)
            ?? throw new EvaluationException(variable.Offset, $"${variable.Name} has not been captured"),
        NameExpression name when scope.Buffer(name.Name) is null => Constant(name),
        NameExpression or FieldExpression or IndexExpression => Load(Locate(expression), expression.Offset),
        SliceExpression slice => Slice(slice),
        AddressExpression address => (Int128)Locate(address.Place).Address,
        SizeofExpression size => (Int128)Resolve(size.Type).Size,
        UnaryExpression unary => Unary(unary),
        BinaryExpression binary => Binary(binary),
        FunctionExpression function => Call(function),
        InitializerExpression initializer => new Value(0, Build(Resolve(initializer.Type), initializer.Value)),
        _ => throw new EvaluationException(expression.Offset, "a range or a list can only follow 'in'"),
    };

    /// <summary>Whether <paramref name="value"/> is the expected one: equal, in the range, or one of the list.</summary>
    public bool IsExpected(Value value, Expression expected) => expected switch
    {
        RangeExpression range => value.Number >= Number(range.Low) && value.Number <= Number(range.High),
        ListExpression list => list.Items.Any(item => IsExpected(value, item)),
        _ => value.Matches(Evaluate(expected)),
    };

    /// <summary>The bytes of a value of the type with these initial values; what is not named is zero.</summary>
    public byte[] Build(TypeLayout type, Initializer? initializer)
    {
        var bytes = new byte[type.Size];
        if (initializer is not null)
            Fill(type, initializer, bytes);
        return bytes;
    }

    public TypeLayout Resolve(TypeReference reference)
    {
        var type = _layouts.Find(reference.Name) ?? throw new EvaluationException(reference.Offset, $"unknown type '{reference.Name}'{NearNames.Hint(reference.Name, _layouts.Names)}");
        if (reference.Count is null)
            return type;
        var count = Number(reference.Count);
        return count < 0 || count * type.Size > 1 << 24
            ? throw new EvaluationException(reference.Count.Offset, "an array is at most 16 MiB large")
            : new ArrayLayout(type, (int)count);
    }

    private Value Constant(NameExpression name) =>
        ConstantTable.Find(name.Name, scope.Abi)
            ?? (scope.Symbol(name.Name) is { } address ? (Int128?)address : null)
            ?? throw new EvaluationException(name.Offset, $"unknown constant or buffer '{name.Name}'");

    private GuestPlace Locate(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                return scope.Buffer(name.Name) ?? throw new EvaluationException(name.Offset, $"unknown buffer '{name.Name}'");
            case FieldExpression field:
                var target = Locate(field.Target);
                if (target.Type is not StructLayout structure)
                    throw new EvaluationException(field.Offset, $"'{target.Type.Name}' is not a structure");
                var found = structure.Find(field.Field)
                    ?? throw new EvaluationException(field.Offset, $"struct {structure.Name} has no field '{field.Field}' ({string.Join(", ", structure.Fields.Select(f => f.Name))})");
                return new GuestPlace(found.Type, target.Address + (ulong)found.Offset);
            case IndexExpression index:
                var array = Locate(index.Target);
                if (array.Type is not ArrayLayout layout)
                    throw new EvaluationException(index.Offset, $"'{array.Type.Name}' is not an array");
                var at = Number(index.Index);
                if (at < 0 || at >= layout.Count)
                    throw new EvaluationException(index.Offset, $"index {at} is outside {layout.Name}");
                return new GuestPlace(layout.Element, array.Address + ((ulong)at * (ulong)layout.Element.Size));
            default:
                throw new EvaluationException(expression.Offset, "expected a buffer, a field or an element after '&'");
        }
    }

    private Value Load(GuestPlace place, int offset)
    {
        var bytes = scope.Read(place.Address, place.Type.Size)
            ?? throw new EvaluationException(offset, $"the memory at 0x{place.Address:x} can't be read");
        return place.Type switch
        {
            ScalarLayout scalar => Decode(scalar, bytes),
            ArrayLayout { IsText: true } => new Value(0, bytes, IsText: true),
            _ => new Value(0, bytes),
        };
    }

    /// <summary>A scalar from its little-endian bytes.</summary>
    public static Int128 Decode(ScalarLayout scalar, ReadOnlySpan<byte> bytes) => (scalar.Size, scalar.Signed) switch
    {
        (1, false) => bytes[0],
        (1, true) => (sbyte)bytes[0],
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (8, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    private Value Slice(SliceExpression slice)
    {
        var target = Locate(slice.Target);
        if (target.Type is not ArrayLayout layout)
            throw new EvaluationException(slice.Offset, $"'{target.Type.Name}' is not an array");
        var from = Number(slice.From);
        var to = Number(slice.To);
        if (from < 0 || to < from || to > layout.Count)
            throw new EvaluationException(slice.Offset, $"[{from}..{to}] is outside {layout.Name}");
        var size = (ulong)layout.Element.Size;
        return new Value(0, scope.Read(target.Address + ((ulong)from * size), (int)(to - from) * (int)size)
            ?? throw new EvaluationException(slice.Offset, "the memory can't be read"));
    }

    private Value Unary(UnaryExpression unary)
    {
        var operand = Number(unary.Operand);
        return unary.Operator switch
        {
            "-" => -operand,
            "~" => ~operand,
            _ => Value.Of(operand == 0),
        };
    }

    private Value Binary(BinaryExpression binary)
    {
        switch (binary.Operator)
        {
            case "in": return Value.Of(IsExpected(Evaluate(binary.Left), binary.Right));
            case "&&": return Value.Of(Truth(binary.Left) && Truth(binary.Right));
            case "||": return Value.Of(Truth(binary.Left) || Truth(binary.Right));
            case "==": return Value.Of(Evaluate(binary.Left).Matches(Evaluate(binary.Right)));
            case "!=": return Value.Of(!Evaluate(binary.Left).Matches(Evaluate(binary.Right)));
        }

        var left = Number(binary.Left);
        var right = Number(binary.Right);
        return binary.Operator switch
        {
            "<" => Value.Of(left < right),
            "<=" => Value.Of(left <= right),
            ">" => Value.Of(left > right),
            ">=" => Value.Of(left >= right),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "<<" when right >= 0 && right < 64 => left << (int)right,
            ">>" when right >= 0 && right < 64 => left >> (int)right,
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" when right != 0 => left / right,
            "%" when right != 0 => left % right,
            _ => throw new EvaluationException(binary.Offset, $"'{left} {binary.Operator} {right}' has no value"),
        };
    }

    private Value Call(FunctionExpression function)
    {
        Expression Argument(int index) => index < function.Arguments.Count
            ? function.Arguments[index]
            : throw new EvaluationException(function.Offset, $"{function.Name}() needs more arguments");

        switch (function.Name)
        {
            case "repeat":
                var unit = Evaluate(Argument(0)).Bytes ?? throw new EvaluationException(function.Offset, "repeat() takes a string and a count");
                var count = Number(Argument(1));
                if (count < 0 || count * unit.Length > 1 << 22)
                    throw new EvaluationException(function.Offset, "repeat() makes at most 4 MiB");
                return new Value(0, [.. Enumerable.Repeat(unit, (int)count).SelectMany(b => b)]);
            case "bytes":
                return new Value(0, [.. function.Arguments.SelectMany(a => Evaluate(a).Bytes ?? throw new EvaluationException(a.Offset, "bytes() joins strings"))]);
            case "lo":
                return Number(Argument(0)) & uint.MaxValue;
            case "hi":
                return (Number(Argument(0)) >> 32) & uint.MaxValue;
            case "makedev":
                var major = Number(Argument(0));
                var minor = Number(Argument(1));
                return (minor & 0xff) | (major << 8) | ((minor & ~(Int128)0xff) << 12);
            case "mem":
                return new Value(0, ReadMemory(function, (int)Number(Argument(1))));
            case "int32at":
                return (Int128)BinaryPrimitives.ReadInt32LittleEndian(ReadMemory(function, 4));
            case "len":
                return (Int128)(Evaluate(Argument(0)).Bytes?.Length ?? throw new EvaluationException(function.Offset, "len() takes a string"));
            case "cap":
                return Int128.One << (int)(Number(Argument(0)) & 31);
            case "sig":
                return Int128.One << (int)((Number(Argument(0)) - 1) & 63);
            case "entries" or "oldentries":
                return Entries(function, Locate(Argument(0)), (int)Number(Argument(1)));
            default:
                throw new EvaluationException(function.Offset, $"unknown function '{function.Name}'");
        }
    }

    private byte[] ReadMemory(FunctionExpression function, int length)
    {
        var address = (ulong)(Number(function.Arguments[0]) & ulong.MaxValue);
        return scope.Read(address, length) ?? throw new EvaluationException(function.Offset, $"the memory at 0x{address:x} can't be read");
    }

    /// <summary>A file system gives a directory's entries in its own order, so cases compare the sorted names.</summary>
    private Value Entries(FunctionExpression function, GuestPlace place, int length)
    {
        var (reclen, name) = function.Name == "entries" ? (16, 19) : (2 * scope.Abi.WordSize(), (2 * scope.Abi.WordSize()) + 2);
        var bytes = scope.Read(place.Address, Math.Min(length, place.Type.Size)) ?? throw new EvaluationException(function.Offset, "the memory can't be read");
        var names = new List<string>();
        for (var at = 0; at + name < bytes.Length;)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + reclen));
            if (size == 0 || at + size > bytes.Length)
                throw new EvaluationException(function.Offset, $"the entry at byte {at} has the length {size}");
            var text = bytes.AsSpan(at + name, size - name);
            var end = text.IndexOf((byte)0);
            names.Add(Encoding.UTF8.GetString(end < 0 ? text : text[..end]));
            at += size;
        }

        names.Sort(StringComparer.Ordinal);
        return new Value(0, Encoding.UTF8.GetBytes(string.Join(' ', names)));
    }

    /// <summary>A number that the type can hold, read with its sign or without: <c>u32{-1}</c> is all ones.</summary>
    private Int128 Fitting(ScalarLayout scalar, Expression expression)
    {
        var number = Number(expression);
        var bits = scalar.Size * 8;
        return number < -(Int128.One << (bits - 1)) || number >= Int128.One << bits
            ? throw new EvaluationException(expression.Offset, $"{Value.FormatNumber(number)} does not fit into '{scalar.Name}', which has {bits} bits")
            : number;
    }

    private void Fill(TypeLayout type, Initializer initializer, Span<byte> bytes)
    {
        switch (type, initializer)
        {
            case (ScalarLayout, ListInitializer { Items: [(null, { } only)] }):
                Fill(type, only, bytes);
                break;
            case (ScalarLayout scalar, ScalarInitializer value):
                var number = scalar.IsPointer ? Argument(value.Value) : (ulong)(Fitting(scalar, value.Value) & ulong.MaxValue);
                for (var i = 0; i < scalar.Size; i++)
                    bytes[i] = (byte)(number >> (8 * i));
                break;
            case (ArrayLayout array, ScalarInitializer { Value: var source }) when Evaluate(source).Bytes is { } content:
                if (content.Length > array.Size)
                    throw new EvaluationException(source.Offset, $"the string is longer than {array.Name}");
                content.CopyTo(bytes);
                break;
            // As in C, char[6]{"/t/abc"} is the string and not a list of one.
            case (ArrayLayout { IsText: true }, ListInitializer { Items: [(null, ScalarInitializer { Value: TextExpression } text)] }):
                Fill(type, text, bytes);
                break;
            case (ArrayLayout array, ListInitializer list):
                if (list.Items.Count > array.Count)
                    throw new EvaluationException(list.Offset, $"more than {array.Count} values for {array.Name}");
                for (var i = 0; i < list.Items.Count; i++)
                    Fill(array.Element, list.Items[i].Value, bytes.Slice(i * array.Element.Size, array.Element.Size));
                break;
            case (StructLayout structure, ListInitializer list):
                for (var i = 0; i < list.Items.Count; i++)
                {
                    var (name, value) = list.Items[i];
                    var field = name is null ? structure.Fields.ElementAtOrDefault(i) : structure.Find(name);
                    if (field is null)
                        throw new EvaluationException(value.Offset, name is null ? $"struct {structure.Name} has only {structure.Fields.Count} fields" : $"struct {structure.Name} has no field '{name}'");
                    Fill(field.Type, value, bytes.Slice(field.Offset, field.Type.Size));
                }

                break;
            default:
                throw new EvaluationException(initializer.Offset, $"this is no value for '{type.Name}'");
        }
    }
}
