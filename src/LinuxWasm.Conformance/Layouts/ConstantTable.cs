using System.Globalization;
using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Layouts;

/// <summary>The constants of Linux's headers (constants.tsv, made by conformance/tools/make-constants.sh) and a few of the format's own.</summary>
public static class ConstantTable
{
    /// <summary>An address at which nothing is ever mapped: the last page of 32 bits.</summary>
    public const ulong BadPointer = 0xFFFF_F000;

    /// <summary>Names whose value only the target knows: the handler that notes its signal, and what sa_restorer must point to.</summary>
    public static IReadOnlyList<string> TargetSymbols { get; } = ["HANDLER", "RESTORER", "RT_RESTORER"];

    private static readonly Lazy<Dictionary<string, (Int128? I386, Int128? X8664)>> _constants = new(Load);
    private static readonly Lazy<Dictionary<int, string>> _errnoNames = new(LoadErrnoNames);

    public static IEnumerable<string> Names => _constants.Value.Keys;

    public static Int128? Find(string name, GuestAbi abi) =>
        _constants.Value.TryGetValue(name, out var values) ? (abi == GuestAbi.I386 ? values.I386 : values.X8664) : null;

    /// <summary>Whether any ABI knows the constant.</summary>
    public static bool Exists(string name) => _constants.Value.ContainsKey(name);

    /// <summary>The number of an error by its name, or null when the name is no error's.</summary>
    public static int? FindErrno(string name) =>
        Enum.TryParse<Abi.Errno>(name, out var errno) && errno != Abi.Errno.None && !char.IsAsciiDigit(name[0]) ? (int)errno : null;

    public static string ErrnoName(int number) =>
        _errnoNames.Value.GetValueOrDefault(number) ?? "errno " + number.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<int, string> LoadErrnoNames()
    {
        var names = new Dictionary<int, string>();
        foreach (var name in Enum.GetNames<Abi.Errno>())
            names.TryAdd((int)Enum.Parse<Abi.Errno>(name), name);
        return names;
    }

    private static Dictionary<string, (Int128?, Int128?)> Load()
    {
        var constants = new Dictionary<string, (Int128?, Int128?)>
        {
            ["NULL"] = (0, 0),
            ["BADPTR"] = (BadPointer, BadPointer),
            ["PAGE_SIZE"] = (4096, 4096),
            ["SIG_DFL"] = (0, 0),
            ["SIG_IGN"] = (1, 1),
        };
        using var stream = typeof(ConstantTable).Assembly.GetManifestResourceStream("constants.tsv")
            ?? throw new InvalidOperationException("constants.tsv is not embedded");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var columns = line.Split('\t');
            constants[columns[0]] = (Parse(columns[1]), Parse(columns[2]));
        }

        return constants;
    }

    private static Int128? Parse(string text) =>
        text == "-" ? null
        : text.StartsWith("0x", StringComparison.Ordinal) ? Int128.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : Int128.Parse(text, CultureInfo.InvariantCulture);
}
