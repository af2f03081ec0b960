using System.Globalization;
using System.Text;

namespace LinuxWasm.Conformance.Expressions;

/// <summary>What an expression is worth: a number, or bytes.</summary>
/// <param name="IsText">The bytes are an array of char: compared with a string they end at their first NUL.</param>
public readonly record struct Value(Int128 Number, byte[]? Bytes, bool IsText = false)
{
    public bool IsBytes => Bytes is not null;

    public static implicit operator Value(Int128 number) => new(number, null);

    public static Value Of(bool truth) => new(truth ? 1 : 0, null);

    public bool Matches(Value other)
    {
        if (IsBytes != other.IsBytes)
            return false;
        if (!IsBytes)
            return Number == other.Number;
        return IsText == other.IsText
            ? Bytes.AsSpan().SequenceEqual(other.Bytes)
            : AsText(this).SequenceEqual(AsText(other));
    }

    public override string ToString() => IsBytes ? Quote(IsText ? AsText(this) : Bytes) : FormatNumber(Number);

    /// <summary>Bytes as a string in quotes with C's escapes; what is longer than 80 bytes ends in dots.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 80;
        var text = new StringBuilder("\"");
        foreach (var b in bytes[..Math.Min(bytes.Length, Shown)])
        {
            _ = b switch
            {
                (byte)'\n' => text.Append("\\n"),
                (byte)'\t' => text.Append("\\t"),
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)b),
                >= 0x20 and < 0x7f => text.Append((char)b),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
            };
        }

        text.Append('"');
        if (bytes.Length > Shown)
            text.Append(CultureInfo.InvariantCulture, $"... ({bytes.Length} bytes)");
        return text.ToString();
    }

    public static string FormatNumber(Int128 number) =>
        number > -65536 && number < 65536
            ? number.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{number} (0x{(ulong)(number & ulong.MaxValue):x})");

    private static ReadOnlySpan<byte> AsText(Value value)
    {
        var bytes = value.Bytes.AsSpan();
        if (!value.IsText)
            return bytes;
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }
}
