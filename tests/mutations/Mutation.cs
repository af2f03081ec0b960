using System.Text.RegularExpressions;

namespace LinuxWasm.Mutations;

/// <summary>One line of kernel.txt: a thing to break in the kernel.</summary>
/// <param name="Line">Its line there, by which it is called.</param>
/// <param name="Call">The system call whose cases are tried first.</param>
/// <param name="File">Below src/LinuxWasm.Kernel.</param>
/// <param name="Find">The text to be found; what is replaced stands between « and », or is all of it.</param>
/// <param name="Replacement">What stands there instead; <c>-</c> for a statement that is left out.</param>
internal sealed partial record Mutation(int Line, string Kind, string Call, string File, string Find, string Replacement)
{
    /// <summary>The mutations of a list. <see cref="FormatException"/> for a line that is none.</summary>
    public static IReadOnlyList<Mutation> ReadAll(string path) =>
        [.. Lines(path).Where(line => line.Text.Length > 0 && line.Text[0] != '#').Select(line => Read(path, line.Text, line.Number))];

    /// <summary>Three groups, of which the middle one is to be replaced. Spaces after a line's end do not matter.</summary>
    public Regex Pattern
    {
        get
        {
            var parts = Find.Contains('«', StringComparison.Ordinal) ? Find.Split('«', '»') : ["", Find, ""];
            return new Regex(string.Concat(parts.Select(part => $"({Regex.Escape(part).Replace(@"\\n", @"\r?\n\s*", StringComparison.Ordinal)})")));
        }
    }

    /// <summary>The source with both for each mutation: the replacement where it is switched on, else what stood there.</summary>
    public static string Apply(IEnumerable<Mutation> mutations, string source)
    {
        // All places are looked for first, and then filled from the end on: so they stay what they were.
        foreach (var (mutation, place) in mutations.Select(m => (Mutation: m, Place: m.Pattern.Match(source).Groups[2])).OrderByDescending(m => m.Place.Index).ToList())
            source = source.Remove(place.Index, place.Length).Insert(place.Index, mutation.Switch(place.Value));
        return source;
    }

    private string Switch(string original)
    {
        var on = $"LinuxWasm.Kernel.Mutant.Is({Line})";
        return original.EndsWith(';')
            ? $"if ({on}) {{ {(Replacement == "-" ? "" : Replacement)} }} else {{ {original} }}"
            : $"({on} ? ({Replacement}) : ({original}))";
    }

    private static Mutation Read(string path, string text, int line)
    {
        // \| is a bar that belongs to the text.
        var columns = Bar().Split(text).Select(column => column.Replace(@"\|", "|", StringComparison.Ordinal)).ToArray();
        return columns.Length == 5 && columns.All(c => c.Length > 0)
            ? new Mutation(line, columns[0], columns[1], columns[2], columns[3], columns[4])
            : throw new FormatException($"{path}:{line}: expected KIND | CALL | FILE | TEXT | REPLACEMENT");
    }

    private static IEnumerable<(string Text, int Number)> Lines(string path) => System.IO.File.ReadLines(path).Select((text, i) => (text.TrimEnd(), i + 1));

    [GeneratedRegex(@"(?<!\\) \| ")]
    private static partial Regex Bar();
}
