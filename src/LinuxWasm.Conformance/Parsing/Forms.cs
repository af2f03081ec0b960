using System.Text.RegularExpressions;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>The forms of the words that a case makes up itself, as the schema has them too.</summary>
internal static partial class Forms
{
    public const string NameExpected = "a name of letters, digits and '_'";

    /// <summary>What an expression can name: a buffer, a variable of the matrix, a capture.</summary>
    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*$")]
    public static partial Regex Name { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_-]+$")]
    public static partial Regex Task { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+$")]
    public static partial Regex Tag { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_.+-]+\([1-9][a-z]*\)$")]
    public static partial Regex ManualPage { get; }
}
