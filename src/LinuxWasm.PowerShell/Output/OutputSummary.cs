using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace LinuxWasm.PowerShell.Output;

/// <summary>What a call wrote, in a few words for a column of a table.</summary>
internal static class OutputSummary
{
    /// <summary>How much of a text or of bytes is shown.</summary>
    private const int Shown = 32;

    private const string StructPrefix = "LinuxWasm.Struct#";

    public static string Of(PSObject output) =>
        string.Join(", ", output.Properties.Select(property => $"{property.Name}={Value(property.Value)}"));

    private static string Value(object? value) => value switch
    {
        null => "",
        byte[] bytes => Quote(bytes) + (bytes.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $"... ({bytes.Length} bytes)") : ""),
        string text => $"\"{text}\"",
        object[] list when list.Length > 0 && StructName(list[0]) is { } name => string.Create(CultureInfo.InvariantCulture, $"{list.Length} {name}"),
        object[] list => $"[{string.Join(", ", list.Select(Value))}]",
        PSObject structure when StructName(value) is not null => Fields(structure),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>As strace shows a structure; what is zero is left out.</summary>
    private static string Fields(PSObject structure) =>
        $"{{{string.Join(", ", structure.Properties.Where(field => !IsZero(field.Value)).Select(field => $"{field.Name}={(field is { Name: "st_mode", Value: int or long } ? "0" + Convert.ToString(Convert.ToInt64(field.Value, CultureInfo.InvariantCulture), 8) : Value(field.Value))}"))}}}";

    private static bool IsZero(object? value) => value switch
    {
        null or 0 or 0L or 0UL or "" => true,
        byte[] bytes => !bytes.AsSpan().ContainsAnyExcept((byte)0),
        object[] list => list.All(IsZero),
        PSObject structure when StructName(structure) is not null => structure.Properties.All(field => IsZero(field.Value)),
        _ => false,
    };

    private static string? StructName(object value) =>
        value is PSObject { TypeNames: [var first, ..] } && first.StartsWith(StructPrefix, StringComparison.Ordinal) ? first[StructPrefix.Length..] : null;

    private static string Quote(byte[] bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes.AsSpan(0, Math.Min(bytes.Length, Shown)))
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

        return text.Append('"').ToString();
    }
}
