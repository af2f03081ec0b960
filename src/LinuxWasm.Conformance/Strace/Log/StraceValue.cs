using System.Globalization;

namespace LinuxWasm.Conformance.Strace.Log;

/// <summary>A value as strace prints it: an argument, a field, an element.</summary>
public abstract record StraceValue
{
    /// <summary>The value as a whole number where it is one; 64 bits that are too many for the type wrap.</summary>
    public virtual long? Number => null;
}

/// <summary>A number, or constants and operators: <c>3</c>, <c>0x7f00</c>, <c>O_RDONLY|O_CLOEXEC</c>, <c>8192*1024</c>, <c>NULL</c>.</summary>
/// <param name="Text">The text without comments and spaces.</param>
/// <param name="Other">Another name for the same number, where strace prints <c>A or B</c>.</param>
/// <param name="Decoration">What stands in angle brackets behind a descriptor (-yy): its path or object; null without.</param>
public sealed record StraceWord(string Text, string? Decoration = null, string? Other = null) : StraceValue
{
    public bool IsNull => Text == "NULL";

    public override long? Number
    {
        get
        {
            var text = Text.AsSpan();
            var negative = text.Length > 1 && text[0] == '-';
            if (negative)
                text = text[1..];
            if (Magnitude(text) is not { } value)
                return null;
            return negative ? unchecked(-(long)value) : unchecked((long)value);
        }
    }

    private static ulong? Magnitude(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("0x"))
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (text.Length == 0 || text.IndexOfAnyExceptInRange('0', '9') >= 0)
            return null;
        if (text[0] != '0' || text.Length == 1)
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        ulong octal = 0;
        foreach (var digit in text)
        {
            if (digit > '7' || octal >> 61 != 0)
                return null;
            octal = (octal << 3) + (ulong)(digit - '0');
        }

        return octal;
    }
}

/// <summary>A string in quotes.</summary>
/// <param name="Shortened">It ends in dots: strace was told to print fewer bytes (-s).</param>
public sealed record StraceText(byte[] Bytes, bool Shortened) : StraceValue;

/// <summary><c>{name=value, ...}</c>; a name is null where only the value is printed.</summary>
/// <param name="Shortened">Fields are left out (no -v).</param>
public sealed record StraceStruct(IReadOnlyList<(string? Name, StraceValue Value)> Fields, bool Shortened) : StraceValue
{
    public StraceValue? this[string name] => Fields.FirstOrDefault(f => f.Name == name).Value;
}

/// <summary><c>[a, b]</c>, or a set of bits by name, <c>[INT CHLD]</c> or <c>~[RTMIN]</c>.</summary>
/// <param name="Negated">All but these.</param>
/// <param name="Shortened">Elements are left out.</param>
public sealed record StraceList(IReadOnlyList<StraceValue> Items, bool Negated, bool Shortened) : StraceValue;

/// <summary><c>makedev(0x1, 0x3)</c> and the like.</summary>
public sealed record StraceFunction(string Name, IReadOnlyList<StraceValue> Arguments) : StraceValue;

/// <summary><c>a =&gt; b</c>: before the call, and after it.</summary>
public sealed record StraceChange(StraceValue Before, StraceValue After) : StraceValue;

/// <summary>An argument that is printed with its name: <c>flags=SIGCHLD</c>.</summary>
public sealed record StraceNamed(string Name, StraceValue Value) : StraceValue;
