namespace LinuxWasm.Conformance;

/// <summary>What somebody may have meant by a name that is not there.</summary>
public static class NearNames
{
    private const int Most = 3;

    /// <summary>The known names that are a few slips away from <paramref name="word"/> or have it in them, the nearest first: at most three.</summary>
    public static IReadOnlyList<string> Of(string word, IEnumerable<string> known)
    {
        // One slip in four letters: with more, short names resemble everything.
        var tolerance = Math.Clamp((word.Length + 2) / 4, 1, 4);
        return
        [
            .. known.Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Slips: Slips(word, name, tolerance)))
                .Where(candidate => candidate.Slips <= tolerance)
                .OrderBy(candidate => candidate.Slips)
                .ThenBy(candidate => Math.Abs(candidate.Name.Length - word.Length))
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(candidate => candidate.Name),
        ];
    }

    /// <summary>The end of a message: <c>; did you mean 'a' or 'b'?</c>, or nothing where no name is near.</summary>
    public static string Hint(string word, IEnumerable<string> known)
    {
        var near = Of(word, known).Select(name => $"'{name}'").ToList();
        return near.Count switch
        {
            0 => "",
            1 => $"; did you mean {near[0]}?",
            _ => $"; did you mean {string.Join(", ", near[..^1])} or {near[^1]}?",
        };
    }

    private static int Slips(string word, string name, int tolerance)
    {
        if (word.Length >= 3 && name.Contains(word, StringComparison.OrdinalIgnoreCase))
            return tolerance;
        return Math.Abs(word.Length - name.Length) > tolerance ? int.MaxValue : Distance(word.ToUpperInvariant(), name.ToUpperInvariant());
    }

    /// <summary>Letters that are missing, too many, other ones, or two that changed places: the optimal string alignment distance.</summary>
    private static int Distance(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var other = table[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(other, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[from.Length, to.Length];
    }
}
