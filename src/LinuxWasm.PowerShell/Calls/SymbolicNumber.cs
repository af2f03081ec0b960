using System.Globalization;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>Numbers as people write them for C: 10, 0x1f, 0644, O_RDWR|O_CREAT (or with commas).</summary>
internal static class SymbolicNumber
{
    private const string Expected = "a number (12, 0x1f, 0644 in octal) or Linux's constants, joined by '|' or ',', is expected";

    /// <summary>The value of a text.</summary>
    /// <exception cref="FormatException">It is neither a number nor made of constants that the ABI knows.</exception>
    public static Int128 Parse(string text, GuestAbi abi)
    {
        var parts = text.Split(['|', ','], StringSplitOptions.TrimEntries);
        if (parts.Length == 1)
            return ParsePart(parts[0], abi);
        Int128 sum = 0;
        foreach (var part in parts)
            sum |= ParsePart(part, abi);
        return sum;
    }

    /// <summary>True where a text is such a number.</summary>
    public static bool TryParse(string text, GuestAbi abi, out Int128 value)
    {
        try
        {
            value = Parse(text, abi);
            return true;
        }
        catch (FormatException)
        {
            value = 0;
            return false;
        }
    }

    private static Int128 ParsePart(string part, GuestAbi abi)
    {
        if (part.Length == 0)
            throw new FormatException(Expected);
        if (char.IsAsciiLetter(part[0]) || part[0] == '_')
        {
            return ConstantTable.Find(part, abi)
                ?? ConstantTable.FindErrno(part)
                ?? throw new FormatException(ConstantTable.Exists(part) ? $"'{part}' is no constant of {abi.Name()}" : $"'{part}' is no constant of Linux; {Expected}");
        }

        var negative = part[0] == '-';
        var digits = negative ? part[1..] : part;
        var magnitude = Magnitude(digits) ?? throw new FormatException($"'{part}': {Expected}");
        return negative ? -magnitude : magnitude;
    }

    private static Int128? Magnitude(string digits)
    {
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (digits.Length > 1 && digits[0] == '0')
            return digits.Length <= 21 && digits.All(c => c is >= '0' and <= '7') ? digits.Aggregate((Int128)0, (sum, c) => (sum * 8) + (c - '0')) : null;
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var plain) ? plain : null;
    }
}
