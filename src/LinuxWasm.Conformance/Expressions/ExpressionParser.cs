namespace LinuxWasm.Conformance.Expressions;

/// <summary>
/// Recursive descent over C's expressions, with one deliberate difference: a comparison binds looser than
/// <c>&amp;</c>, <c>^</c> and <c>|</c>, so that <c>st_mode &amp; 07777 == 0644</c> means what a reader expects.
/// </summary>
internal sealed class ExpressionParser
{
    private static readonly string[][] _levels =
    [
        ["||"], ["&&"], ["==", "!=", "<=", ">=", "<", ">"], ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    private const int ComparisonLevel = 2;

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private ExpressionParser(string source) => _tokens = Lexer.Tokenize(source);

    private Token Current => _tokens[_at];

    public static Expression Parse(string source)
    {
        var parser = new ExpressionParser(source);
        var expression = parser.Expected();
        parser.ExpectEnd("an operator or the end");
        return expression;
    }

    public static (TypeReference Type, Initializer? Value) ParseDeclaration(string source)
    {
        var parser = new ExpressionParser(source);
        var type = parser.Type();
        var value = parser.Current.Is("{") ? parser.Initializer() : null;
        parser.ExpectEnd("'[count]', '{values}' or the end");
        return (type, value);
    }

    public static StepText ParseStep(string source)
    {
        var parser = new ExpressionParser(source);
        var call = parser.Call();
        if (parser.Current.Kind == TokenKind.End)
            return new StepText(call, null, null, false);

        string relation;
        if (parser.Current.Kind == TokenKind.Identifier && parser.Current.Text == "in")
            relation = "in";
        else if (parser.Current.Kind == TokenKind.Punctuation && parser.Current.Text is "=" or "==" or "!=" or "<" or "<=" or ">" or ">=")
            relation = parser.Current.Text == "=" ? "==" : parser.Current.Text;
        else
            throw new ExpressionException(parser.Current.Offset, $"expected '=' and a result after the call, found {parser.Current.Describe()}");
        parser._at++;

        if (parser.Accept("?"))
        {
            parser.ExpectEnd("the end after '= ?'");
            return new StepText(call, relation, null, true);
        }

        parser.SkipStraceMinusOne();
        var expected = parser.Expected();
        parser.ExpectEnd("the end of the step");
        return new StepText(call, relation, expected, false);
    }

    /// <summary><c>= -1 ENOENT</c>, as strace prints it, is the same as <c>= ENOENT</c>.</summary>
    private void SkipStraceMinusOne()
    {
        if (Current.Is("-") && _tokens[_at + 1].Text == "1" && _tokens[_at + 2].Kind is TokenKind.Identifier or TokenKind.Variable)
            _at += 2;
    }

    private CallExpression Call()
    {
        var name = Current;
        if (name.Kind is not (TokenKind.Identifier or TokenKind.Variable))
            throw new ExpressionException(name.Offset, $"expected a system call such as read(3, &buf, 10), found {name.Describe()}");
        _at++;
        Expect("(", "'(' after the name of the call");
        var arguments = Arguments();
        return new CallExpression(name.Kind == TokenKind.Variable ? "$" + name.Text : name.Text, arguments, name.Offset);
    }

    private List<Expression> Arguments()
    {
        var arguments = new List<Expression>();
        if (Accept(")"))
            return arguments;
        do
            arguments.Add(Binary(0));
        while (Accept(","));
        Expect(")", "',' or ')'");
        return arguments;
    }

    /// <summary>An expression, a range or a list.</summary>
    private Expression Expected()
    {
        if (Current.Is("["))
            return List();
        var low = Binary(0);
        return Accept("..") ? new RangeExpression(low, Binary(0), low.Offset) : low;
    }

    private ListExpression List()
    {
        var offset = Current.Offset;
        Expect("[", "'['");
        var items = new List<Expression>();
        do
            items.Add(Expected());
        while (Accept(","));
        Expect("]", "',' or ']'");
        return new ListExpression(items, offset);
    }

    private Expression Binary(int level)
    {
        if (level == _levels.Length)
            return Unary();
        var left = Binary(level + 1);
        while (true)
        {
            if (level == ComparisonLevel && Current.Kind == TokenKind.Identifier && Current.Text == "in")
            {
                _at++;
                left = new BinaryExpression("in", left, InOperand(), left.Offset);
            }
            else if (Current.Kind == TokenKind.Punctuation && _levels[level].Contains(Current.Text))
            {
                var op = Current.Text;
                _at++;
                left = new BinaryExpression(op, left, Binary(level + 1), left.Offset);
            }
            else
                return left;
        }
    }

    private Expression InOperand()
    {
        if (Current.Is("["))
            return List();
        var low = Binary(ComparisonLevel + 1);
        if (Accept(".."))
            return new RangeExpression(low, Binary(ComparisonLevel + 1), low.Offset);
        if (low is VariableExpression)
            return low;
        throw new ExpressionException(Current.Offset, "expected a range low..high or a list [a, b] after 'in'");
    }

    private Expression Unary()
    {
        if (++_depth > 200)
            throw new ExpressionException(Current.Offset, "the expression is nested too deeply");
        try
        {
            var token = Current;
            if (token.Is("-") || token.Is("~") || token.Is("!"))
            {
                _at++;
                return new UnaryExpression(token.Text, Unary(), token.Offset);
            }

            if (token.Is("&"))
            {
                _at++;
                return new AddressExpression(Postfix(), token.Offset);
            }

            return Postfix();
        }
        finally
        {
            _depth--;
        }
    }

    private Expression Postfix()
    {
        var expression = Primary();
        while (true)
        {
            if (Accept("."))
            {
                var field = Current;
                if (field.Kind != TokenKind.Identifier)
                    throw new ExpressionException(field.Offset, $"expected the name of a field after '.', found {field.Describe()}");
                _at++;
                expression = new FieldExpression(expression, field.Text, expression.Offset);
            }
            else if (Accept("["))
            {
                var from = Binary(0);
                expression = Accept("..")
                    ? new SliceExpression(expression, from, Binary(0), expression.Offset)
                    : new IndexExpression(expression, from, expression.Offset);
                Expect("]", "']'");
            }
            else
                return expression;
        }
    }

    private Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return new NumberExpression(token.Number, token.Offset);
            case TokenKind.Text:
                _at++;
                return Concatenated(token);
            case TokenKind.Variable:
                if (StartsInitializer())
                    return Initialized();
                _at++;
                return new VariableExpression(token.Text, token.Offset);
            case TokenKind.Identifier when token.Text == "sizeof":
                return Sizeof();
            case TokenKind.Identifier:
                if (StartsInitializer())
                    return Initialized();
                _at++;
                return Accept("(") ? Function(token) : new NameExpression(token.Text, token.Offset);
            case TokenKind.Punctuation when token.Text == "(":
                _at++;
                var inner = Binary(0);
                Expect(")", "')'");
                return inner;
            default:
                throw new ExpressionException(token.Offset, $"expected a value, found {token.Describe()}");
        }
    }

    /// <summary>Strings that follow each other are one, as in C.</summary>
    private TextExpression Concatenated(Token first)
    {
        var bytes = new List<byte>(first.Bytes!);
        while (Current.Kind == TokenKind.Text)
        {
            bytes.AddRange(Current.Bytes!);
            _at++;
        }

        return new TextExpression([.. bytes], first.Offset);
    }

    private FunctionExpression Function(Token name)
    {
        if (!Functions.Names.Contains(name.Text))
            throw new ExpressionException(name.Offset, $"'{name.Text}' is not a function of expressions ({string.Join(", ", Functions.Names)})");
        return new FunctionExpression(name.Text, Arguments(), name.Offset);
    }

    private SizeofExpression Sizeof()
    {
        var offset = Current.Offset;
        _at++;
        Expect("(", "'(' after sizeof");
        var type = Type();
        Expect(")", "')'");
        return new SizeofExpression(type, offset);
    }

    /// <summary><c>type{</c> or <c>type[count]{</c>: the brace decides.</summary>
    private bool StartsInitializer()
    {
        var at = _at + 1;
        if (_tokens[at].Is("["))
        {
            while (_tokens[at].Kind != TokenKind.End && !_tokens[at].Is("]"))
                at++;
            if (_tokens[at].Kind != TokenKind.End)
                at++;
        }

        return _tokens[at].Is("{");
    }

    private InitializerExpression Initialized()
    {
        var type = Type();
        return new InitializerExpression(type, Initializer(), type.Offset);
    }

    private TypeReference Type()
    {
        var name = Current;
        if (name.Kind is not (TokenKind.Identifier or TokenKind.Variable))
            throw new ExpressionException(name.Offset, $"expected the name of a type, found {name.Describe()}");
        _at++;
        Expression? count = null;
        if (Accept("["))
        {
            count = Binary(0);
            Expect("]", "']'");
        }

        return new TypeReference(name.Kind == TokenKind.Variable ? "$" + name.Text : name.Text, count, name.Offset);
    }

    private Initializer Initializer()
    {
        var offset = Current.Offset;
        if (!Accept("{"))
            return new ScalarInitializer(Binary(0), offset);

        var items = new List<(string?, Initializer)>();
        if (Accept("}"))
            return new ListInitializer(items, offset);
        do
        {
            string? field = null;
            if (Current.Kind == TokenKind.Identifier && _tokens[_at + 1].Is("="))
            {
                field = Current.Text;
                _at += 2;
            }

            items.Add((field, Initializer()));
        }
        while (Accept(","));
        Expect("}", "',' or '}'");
        return new ListInitializer(items, offset);
    }

    private bool Accept(string punctuation)
    {
        if (!Current.Is(punctuation))
            return false;
        _at++;
        return true;
    }

    private void Expect(string punctuation, string expected)
    {
        if (!Accept(punctuation))
            throw new ExpressionException(Current.Offset, $"expected {expected}, found {Current.Describe()}");
    }

    private void ExpectEnd(string expected)
    {
        if (Current.Kind != TokenKind.End)
            throw new ExpressionException(Current.Offset, $"expected {expected}, found {Current.Describe()}");
    }
}
