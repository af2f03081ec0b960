using System.Collections;
using System.Globalization;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>A hashtable as a program's environment.</summary>
internal static class EnvironmentVariables
{
    /// <summary>KEY=VALUE each; null values are left out.</summary>
    /// <exception cref="FormatException">A name is empty, or has a '=' or a NUL in it.</exception>
    public static IReadOnlyList<string> From(IDictionary variables)
    {
        var entries = new List<string>();
        foreach (DictionaryEntry variable in variables)
        {
            var name = Convert.ToString(variable.Key, CultureInfo.InvariantCulture) ?? "";
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw new FormatException($"environment variable '{name}': a name without '=' is expected");
            if (variable.Value is not null)
                entries.Add($"{name}={Convert.ToString(variable.Value, CultureInfo.InvariantCulture)}");
        }

        return entries;
    }
}
