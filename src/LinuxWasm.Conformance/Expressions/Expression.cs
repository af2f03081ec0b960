namespace LinuxWasm.Conformance.Expressions;

/// <summary>A node of an expression; <see cref="Offset"/> is where it begins in its scalar, for messages.</summary>
public abstract record Expression(int Offset);

public sealed record NumberExpression(Int128 Value, int Offset) : Expression(Offset);

/// <summary>A string in quotes. As an argument it is a pointer to its bytes and a NUL.</summary>
public sealed record TextExpression(byte[] Bytes, int Offset) : Expression(Offset);

/// <summary>A constant of Linux's headers, or a buffer of the case.</summary>
public sealed record NameExpression(string Name, int Offset) : Expression(Offset);

/// <summary><c>$name</c>: a matrix variable or a captured value.</summary>
public sealed record VariableExpression(string Name, int Offset) : Expression(Offset);

/// <summary><c>&amp;place</c>: the guest address of a buffer, a field or an element.</summary>
public sealed record AddressExpression(Expression Place, int Offset) : Expression(Offset);

public sealed record FieldExpression(Expression Target, string Field, int Offset) : Expression(Offset);

public sealed record IndexExpression(Expression Target, Expression Index, int Offset) : Expression(Offset);

/// <summary><c>buffer[from..to]</c>: the bytes from <c>from</c> up to, not including, <c>to</c>.</summary>
public sealed record SliceExpression(Expression Target, Expression From, Expression To, int Offset) : Expression(Offset);

public sealed record UnaryExpression(string Operator, Expression Operand, int Offset) : Expression(Offset);

public sealed record BinaryExpression(string Operator, Expression Left, Expression Right, int Offset) : Expression(Offset);

/// <summary><c>low..high</c>, both included; only after <c>in</c> and in expected results.</summary>
public sealed record RangeExpression(Expression Low, Expression High, int Offset) : Expression(Offset);

/// <summary><c>[a, b]</c>: one of; only after <c>in</c> and in expected results.</summary>
public sealed record ListExpression(IReadOnlyList<Expression> Items, int Offset) : Expression(Offset);

/// <summary><c>type{...}</c>: as an argument a pointer to a structure or an array with these values, the rest zero.</summary>
public sealed record InitializerExpression(TypeReference Type, Initializer Value, int Offset) : Expression(Offset);

/// <summary><c>sizeof(type)</c>, in the ABI of the run.</summary>
public sealed record SizeofExpression(TypeReference Type, int Offset) : Expression(Offset);

/// <summary>One of the functions of <see cref="Functions"/>, such as <c>repeat("a", 4096)</c>.</summary>
public sealed record FunctionExpression(string Name, IReadOnlyList<Expression> Arguments, int Offset) : Expression(Offset);

/// <summary>A type by name, perhaps an array. A name that begins with <c>$</c> is a matrix variable's value.</summary>
/// <param name="Count">Null when it is not an array.</param>
public sealed record TypeReference(string Name, Expression? Count, int Offset)
{
    public override string ToString() => Count is null ? Name : Name + "[...]";
}

/// <summary>What stands between the braces of an initializer: named fields, or values in order, or one value.</summary>
public abstract record Initializer(int Offset);

public sealed record ScalarInitializer(Expression Value, int Offset) : Initializer(Offset);

public sealed record ListInitializer(IReadOnlyList<(string? Field, Initializer Value)> Items, int Offset) : Initializer(Offset);

/// <summary>A system call as a case writes it: <c>openat(AT_FDCWD, "/t/a", O_RDONLY)</c>.</summary>
/// <param name="Name">A name of the system call tables, or <c>$variable</c> that a matrix gives one.</param>
public sealed record CallExpression(string Name, IReadOnlyList<Expression> Arguments, int Offset)
{
    /// <summary>A matrix gave the name: the arguments serve all of its calls, of which some take fewer.</summary>
    public bool IsOneOfSeveral { get; init; }
}

/// <summary>A call and what it gives: <c>read($fd, &amp;buf, 10) = 5</c>. Relation is null where no result is written.</summary>
public sealed record StepText(CallExpression Call, string? Relation, Expression? Expected, bool NoReturn);
