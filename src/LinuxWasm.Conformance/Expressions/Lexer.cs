using System.Globalization;
using System.Text;

namespace LinuxWasm.Conformance.Expressions;

/// <summary>Splits the text of a call or an expression into tokens: C's numbers, strings and operators, plus <c>$name</c>.</summary>
internal sealed class Lexer(string source)
{
    private static readonly string[] _operators =
        ["..", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "=", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "(", ")", "[", "]", "{", "}", ",", ".", "?", ":"];

    private int _at;

    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(source);
        var tokens = new List<Token>();
        Token token;
        do
        {
            token = lexer.Next();
            tokens.Add(token);
        }
        while (token.Kind != TokenKind.End);
        return tokens;
    }

    private Token Next()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
            _at++;
        var start = _at;
        if (_at >= source.Length)
            return new Token(TokenKind.End, "", 0, null, start);

        var c = source[_at];
        if (char.IsAsciiDigit(c))
            return Number();
        if (IsNameStart(c))
            return new Token(TokenKind.Identifier, Name(), 0, null, start);
        if (c == '$')
        {
            _at++;
            if (_at >= source.Length || !IsNameStart(source[_at]))
                throw new ExpressionException(start, "expected a name after '$'");
            return new Token(TokenKind.Variable, Name(), 0, null, start);
        }

        if (c == '"')
            return new Token(TokenKind.Text, "", 0, Quoted('"'), start);
        if (c == '\'')
        {
            var bytes = Quoted('\'');
            if (bytes.Length != 1)
                throw new ExpressionException(start, "expected one character between single quotes");
            return new Token(TokenKind.Number, source[start.._at], bytes[0], null, start);
        }

        foreach (var op in _operators)
        {
            if (string.CompareOrdinal(source, _at, op, 0, op.Length) != 0)
                continue;
            _at += op.Length;
            return new Token(TokenKind.Punctuation, op, 0, null, start);
        }

        throw new ExpressionException(start, $"unexpected character '{c}'");
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private string Name()
    {
        var start = _at;
        while (_at < source.Length && (IsNameStart(source[_at]) || char.IsAsciiDigit(source[_at])))
            _at++;
        return source[start.._at];
    }

    /// <summary>Decimal, 0x hexadecimal or 0 octal, as in C.</summary>
    private Token Number()
    {
        var start = _at;
        while (_at < source.Length && char.IsAsciiLetterOrDigit(source[_at]))
            _at++;
        var text = source[start.._at];
        if (!TryParseNumber(text, out var value))
            throw new ExpressionException(start, $"'{text}' is not a number (decimal, 0x hexadecimal or 0 octal)");
        return new Token(TokenKind.Number, text, value, null, start);
    }

    private static bool TryParseNumber(string text, out Int128 value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return Int128.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && text.Length is > 2 and <= 18;
        if (text.Length > 1 && text[0] == '0')
        {
            value = 0;
            foreach (var digit in text)
            {
                if (digit is < '0' or > '7' || text.Length > 24)
                    return false;
                value = (value * 8) + (digit - '0');
            }

            return true;
        }

        return Int128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && text.Length <= 20;
    }

    private byte[] Quoted(char quote)
    {
        var start = _at++;
        var bytes = new List<byte>();
        while (_at < source.Length && source[_at] != quote)
        {
            if (source[_at] == '\\')
                bytes.Add(Escape());
            else
            {
                Rune.DecodeFromUtf16(source.AsSpan(_at), out var rune, out var length);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                _at += length;
            }
        }

        if (_at >= source.Length)
            throw new ExpressionException(start, $"expected a closing {quote}");
        _at++;
        return [.. bytes];
    }

    private byte Escape()
    {
        var start = _at++;
        if (_at >= source.Length)
            throw new ExpressionException(start, "expected a character after '\\'");
        var c = source[_at++];
        switch (c)
        {
            case 'n': return (byte)'\n';
            case 't': return (byte)'\t';
            case 'r': return (byte)'\r';
            case 'a': return 7;
            case 'b': return 8;
            case 'f': return 12;
            case 'v': return 11;
            case '\\' or '"' or '\'': return (byte)c;
            case 'x':
                var digits = _at;
                while (_at < source.Length && _at < digits + 2 && char.IsAsciiHexDigit(source[_at]))
                    _at++;
                if (_at == digits)
                    throw new ExpressionException(start, "expected hexadecimal digits after '\\x'");
                return byte.Parse(source.AsSpan(digits, _at - digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            case >= '0' and <= '7':
                var value = c - '0';
                for (var n = 1; n < 3 && _at < source.Length && source[_at] is >= '0' and <= '7'; n++)
                    value = (value * 8) + (source[_at++] - '0');
                if (value > 255)
                    throw new ExpressionException(start, "an octal escape is at most \\377");
                return (byte)value;
            default:
                throw new ExpressionException(start, $"unknown escape '\\{c}'");
        }
    }
}
