using System.Collections.Frozen;
using System.Globalization;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>What a pointer parameter of a call points to, beyond what its declaration says.</summary>
/// <param name="Name">A type of the conformance suite's layouts, <c>text</c> for characters, or <c>int32</c> and its like.</param>
/// <param name="Count">Elements; 1 for one, 0 where the caller says how many.</param>
/// <param name="Records">Records of several lengths, one behind the other, as getdents64(2) gives them.</param>
internal sealed record GuestType(string Name, int Count = 1, bool Records = false)
{
    public bool IsText => Name == "text";

    public bool IsVector => Name == "iovec";
}

/// <summary>The types behind pointers by call and parameter (types.tsv).</summary>
internal static class GuestTypeTable
{
    private static readonly Lazy<FrozenDictionary<(string Call, string Parameter), GuestType>> Types = new(Load);

    public static GuestType? Find(string call, string parameter) => Types.Value.GetValueOrDefault((call, parameter));

    /// <summary>All rows, so that a test can hold them against the catalogue.</summary>
    public static IEnumerable<(string Call, string Parameter, GuestType Type)> Rows => Types.Value.Select(row => (row.Key.Call, row.Key.Parameter, row.Value));

    private static FrozenDictionary<(string, string), GuestType> Load()
    {
        using var stream = typeof(GuestTypeTable).Assembly.GetManifestResourceStream("types.tsv")!;
        using var reader = new StreamReader(stream);
        var types = new Dictionary<(string, string), GuestType>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var cells = line.Split('\t');
            foreach (var call in cells[0].Split(' '))
                types.Add((call, cells[1]), Parse(cells[2]));
        }

        return types.ToFrozenDictionary();
    }

    private static GuestType Parse(string text)
    {
        if (text.StartsWith("records ", StringComparison.Ordinal))
            return new GuestType(text["records ".Length..], 0, Records: true);
        var bracket = text.IndexOf('[');
        if (bracket < 0)
            return new GuestType(text);
        var count = text[(bracket + 1)..^1];
        return new GuestType(text[..bracket], count.Length == 0 ? 0 : int.Parse(count, CultureInfo.InvariantCulture));
    }
}
