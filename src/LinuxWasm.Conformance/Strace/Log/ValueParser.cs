using System.Globalization;
using System.Text;

namespace LinuxWasm.Conformance.Strace.Log;

/// <summary>Reads a call's arguments and its result.</summary>
internal sealed class ValueParser(string text)
{
    private const int DeepestNesting = 64;

    private int _at;
    private int _depth;

    public int Offset => _at;

    /// <summary><c>name(arguments) = result</c>.</summary>
    public (string Name, List<StraceValue> Arguments, StraceResult Result) Call()
    {
        var name = Name("the name of a system call");
        Expect('(');
        var arguments = Arguments(')');
        SkipSpace();
        if (!Accept("="))
            throw Error("expected '= result' after the call");
        var result = Result();
        SkipSpace();
        return _at == text.Length ? (name, arguments, result) : throw Error($"expected the end of the line, found '{Rest()}'");
    }

    /// <summary>A value with nothing behind it.</summary>
    public StraceValue Whole()
    {
        var value = Value();
        SkipSpace();
        return _at == text.Length ? value : throw Error($"expected the end, found '{Rest()}'");
    }

    private List<StraceValue> Arguments(char close)
    {
        var arguments = new List<StraceValue>();
        SkipSpace();
        if (Accept(close))
            return arguments;
        while (true)
        {
            arguments.Add(Argument());
            SkipSpace();
            if (Accept(close))
                return arguments;
            if (!Accept(','))
                throw Error($"expected ',' or '{close}', found '{Rest()}'");
        }
    }

    /// <summary>A value, perhaps with its name in front.</summary>
    private StraceValue Argument()
    {
        SkipSpace();
        var start = _at;
        if (_at < text.Length && IsNameStart(text[_at]))
        {
            var name = Word();
            if (_at < text.Length && text[_at] == '=' && !Ahead("=>") && !Ahead("=="))
            {
                _at++;
                return new StraceNamed(name, Value());
            }

            _at = start;
        }

        return Value();
    }

    private StraceValue Value()
    {
        if (++_depth > DeepestNesting)
            throw Error("the value is nested too deeply");
        var value = Operand();
        SkipSpace();
        // TCGETS or SNDCTL_TMR_TIMEBASE: requests that share a number.
        while (Accept("or "))
        {
            var other = Operand();
            if (value is StraceWord word && other is StraceWord name)
                value = word with { Other = name.Text };
            SkipSpace();
        }

        if (Accept("=>"))
            value = new StraceChange(value, Value());
        _depth--;
        return value;
    }

    private StraceValue Operand()
    {
        SkipSpace();
        if (_at >= text.Length)
            throw Error("expected a value, found the end of the line");
        switch (text[_at])
        {
            case '"':
                return String();
            case '{':
                _at++;
                return Structure();
            case '[':
                _at++;
                return List(negated: false);
            case '~' when Ahead("~["):
                _at += 2;
                return List(negated: true);
            // strace's own guess that a value is not there to be read.
            case '<' when Ahead("<unavailable>"):
                _at += "<unavailable>".Length;
                return new StraceWord("?");
            default:
                return Words();
        }
    }

    /// <summary>Numbers and names with C's operators between them; functions such as makedev only alone or in a comparison.</summary>
    private StraceValue Words()
    {
        var start = _at;
        var built = new StringBuilder();
        string? decoration = null;
        while (true)
        {
            SkipSpace();
            while (_at < text.Length && text[_at] is '~' or '-' or '!' or '&' && !Ahead("=>"))
                built.Append(text[_at++]);
            if (_at < text.Length && text[_at] == '?')
            {
                _at++;
                built.Append('?');
            }
            else if (_at < text.Length && text[_at] == '(')
            {
                _at++;
                var inner = Arguments(')');
                built.Append('(').Append(string.Join(',', inner.OfType<StraceWord>().Select(w => w.Text))).Append(')');
            }
            else
            {
                var word = Word();
                if (word.Length == 0)
                    throw Error(_at >= text.Length ? "expected a value, found the end of the line" : $"expected a value, found '{Rest()}'");
                if (_at < text.Length && text[_at] == '(')
                {
                    _at++;
                    var function = new StraceFunction(word, Arguments(')'));
                    if (built.Length == 0 && !OperatorFollows())
                        return function;
                    built.Append(word).Append('(').Append(string.Join(',', function.Arguments.OfType<StraceWord>().Select(w => w.Text))).Append(')');
                }
                else
                    built.Append(word);
            }

            if (_at < text.Length && text[_at] == '<' && !Ahead("<<"))
                decoration = Decoration();
            SkipSpace();
            if (!OperatorFollows())
                break;
            built.Append(Operator());
        }

        return built.Length > 0 ? new StraceWord(built.ToString(), decoration) : throw new StraceSyntaxException(start, "expected a value");
    }

    private bool OperatorFollows()
    {
        SkipSpace();
        return Ahead("<<") || Ahead("==") || Ahead("&&") || Ahead("||") || (_at < text.Length && text[_at] is '|' or '*' or '+' or '^' or '&')
            || (_at + 1 < text.Length && text[_at] == '-' && text[_at + 1] != '-' && _at > 0 && text[_at - 1] != ' ');
    }

    private string Operator()
    {
        foreach (var two in (string[])["<<", "==", "&&", "||"])
        {
            if (Accept(two))
                return two;
        }

        return text[_at++].ToString();
    }

    /// <summary>The text between angle brackets: <c>/dev/null&lt;char 1:3&gt;</c> nests, and <c>-&gt;</c> between a socket's ends closes nothing.</summary>
    private string Decoration()
    {
        var start = ++_at;
        for (var depth = 1; _at < text.Length; _at++)
        {
            if (text[_at] == '<')
                depth++;
            else if (text[_at] == '>' && text[_at - 1] != '-' && --depth == 0)
                return Unescape(text[start.._at++]);
        }

        throw new StraceSyntaxException(start, "the '<' behind a descriptor is never closed");
    }

    private static string Unescape(string decoration) =>
        decoration.Contains('\\', StringComparison.Ordinal) ? Encoding.UTF8.GetString(new ValueParser($"\"{decoration}\"").String().Bytes) : decoration;

    private StraceStruct Structure()
    {
        var fields = new List<(string?, StraceValue)>();
        var shortened = false;
        SkipSpace();
        while (!Accept('}'))
        {
            if (Accept("..."))
                shortened = true;
            else
            {
                var value = Argument();
                fields.Add(value is StraceNamed named ? (named.Name, named.Value) : (null, value));
            }

            SkipSpace();
            if (_at < text.Length && text[_at] == '}')
                continue;
            if (!Accept(','))
                throw Error($"expected ',' or '}}', found '{Rest()}'");
            SkipSpace();
        }

        return new StraceStruct(fields, shortened);
    }

    private StraceList List(bool negated)
    {
        var items = new List<StraceValue>();
        var shortened = false;
        SkipSpace();
        while (!Accept(']'))
        {
            if (Accept("..."))
                shortened = true;
            else
                items.Add(Argument());
            // Sets are printed with spaces, arrays with commas.
            SkipSpace();
            if (!Accept(',') && _at >= text.Length)
                throw Error("expected ']'");
            SkipSpace();
        }

        return new StraceList(items, negated, shortened);
    }

    private StraceText String()
    {
        var start = _at++;
        var bytes = new List<byte>();
        while (_at < text.Length && text[_at] != '"')
        {
            if (text[_at] == '\\')
                bytes.Add(Escape());
            else
            {
                Rune.DecodeFromUtf16(text.AsSpan(_at), out var rune, out var length);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                _at += length;
            }
        }

        if (_at >= text.Length)
            throw new StraceSyntaxException(start, "the string is never closed");
        _at++;
        return new StraceText([.. bytes], Accept("..."));
    }

    private byte Escape()
    {
        var start = _at++;
        var c = _at < text.Length ? text[_at++] : '\0';
        switch (c)
        {
            case 'n': return (byte)'\n';
            case 't': return (byte)'\t';
            case 'r': return (byte)'\r';
            case 'v': return 11;
            case 'f': return 12;
            case 'a': return 7;
            case 'b': return 8;
            case '\\' or '"' or '\'' or '<' or '>': return (byte)c;
            case 'x' when _at + 2 <= text.Length && byte.TryParse(text.AsSpan(_at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex):
                _at += 2;
                return hex;
            case >= '0' and <= '7':
                var value = c - '0';
                for (var n = 1; n < 3 && _at < text.Length && text[_at] is >= '0' and <= '7'; n++)
                    value = (value * 8) + (text[_at++] - '0');
                return value <= 255 ? (byte)value : throw new StraceSyntaxException(start, "an octal escape is at most \\377");
            default:
                throw new StraceSyntaxException(start, $"unknown escape '\\{c}'");
        }
    }

    private StraceResult Result()
    {
        SkipSpace();
        if (Accept('?'))
        {
            SkipSpace();
            var restart = _at < text.Length && IsNameStart(text[_at]) ? Word() : null;
            SkipRemark();
            return new StraceResult(null, restart, null);
        }

        var value = Words() as StraceWord ?? throw Error("expected a number after '='");
        SkipSpace();
        string? error = null;
        if (value.Text == "-1" && _at < text.Length && text[_at] == 'E')
            error = Word();
        SkipSpace();
        StraceValue? note = null;
        if (error is not null)
            SkipRemark();
        else if (Accept('('))
            note = Note();
        SkipTime();
        return new StraceResult(value, error, note);
    }

    /// <summary><c>(Timeout)</c>, <c>(flags O_RDWR)</c>, <c>([{fd=3, revents=POLLIN}])</c>, <c>(left {...})</c>.</summary>
    private StraceValue? Note()
    {
        SkipSpace();
        if (_at < text.Length && IsNameStart(text[_at]))
            Word();
        SkipSpace();
        StraceValue? note = null;
        if (_at < text.Length && text[_at] != ')')
            note = Argument();
        while (Accept(','))
        {
            SkipSpace();
            if (IsNameStart(text[_at]))
                Word();
            Argument();
        }

        SkipSpace();
        return Accept(')') ? note : throw Error("expected ')' after the result's remark");
    }

    private void SkipRemark()
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == '(')
        {
            var close = text.LastIndexOf(')');
            _at = close >= _at ? close + 1 : text.Length;
        }

        SkipTime();
    }

    /// <summary>strace -T: how long the call took.</summary>
    private void SkipTime()
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == '<' && text.EndsWith('>') && text.AsSpan(_at + 1, text.Length - _at - 2).IndexOfAnyExcept("0123456789.") < 0)
            _at = text.Length;
    }

    private string Name(string expected)
    {
        SkipSpace();
        return _at < text.Length && IsNameStart(text[_at]) ? Word() : throw Error($"expected {expected}, found '{Rest()}'");
    }

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
        {
            if (text[_at] == '.' && (Ahead("..") || !char.IsAsciiDigit(text[Math.Max(_at - 1, 0)])))
                break;
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>Spaces and comments.</summary>
    private void SkipSpace()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t')
                _at++;
            else if (Ahead("/*"))
            {
                var end = text.IndexOf("*/", _at, StringComparison.Ordinal);
                _at = end >= 0 ? end + 2 : throw Error("the comment is never closed");
            }
            else
                return;
        }
    }

    private bool Accept(char c)
    {
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private bool Accept(string token)
    {
        if (!Ahead(token))
            return false;
        _at += token.Length;
        return true;
    }

    private void Expect(char c)
    {
        if (!Accept(c))
            throw Error($"expected '{c}', found '{Rest()}'");
    }

    private bool Ahead(string token) => string.CompareOrdinal(text, _at, token, 0, token.Length) == 0;

    private string Rest() => _at >= text.Length ? "the end of the line" : text.Length - _at > 20 ? text[_at..(_at + 20)] + "..." : text[_at..];

    private StraceSyntaxException Error(string message) => new(_at, message);

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';
}
