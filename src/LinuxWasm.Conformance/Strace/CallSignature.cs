namespace LinuxWasm.Conformance.Strace;

/// <summary>What an argument of a call is: see calls.txt.</summary>
/// <param name="Kind">The word before the colon.</param>
/// <param name="Type">The structure of in, out and io.</param>
/// <param name="IsArray">A number of them.</param>
/// <param name="Rule">The normalisation rule by which it is not compared.</param>
internal sealed record ArgumentKind(string Kind, string? Type = null, bool IsArray = false, string? Rule = null);

/// <summary>What a call takes and gives.</summary>
internal sealed record CallSignature(string Name, IReadOnlyList<ArgumentKind> Arguments, ArgumentKind Result)
{
    private static readonly Lazy<Dictionary<string, CallSignature>> _known = new(Load);

    public static CallSignature? Find(string name) => _known.Value.GetValueOrDefault(name);

    public static IEnumerable<string> Names => _known.Value.Keys;

    private static Dictionary<string, CallSignature> Load()
    {
        using var stream = typeof(CallSignature).Assembly.GetManifestResourceStream("strace-calls.txt")
            ?? throw new InvalidOperationException("strace-calls.txt is not embedded");
        using var reader = new StreamReader(stream);
        var known = new Dictionary<string, CallSignature>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0] == "#")
                continue;
            foreach (var name in words[0].Split(','))
                known[name] = new CallSignature(name, [.. words[1..^2].Select(Parse)], Parse(words[^1]));
        }

        return known;
    }

    private static ArgumentKind Parse(string word)
    {
        var tilde = word.IndexOf('~');
        var rule = tilde < 0 ? null : word[(tilde + 1)..];
        var kind = tilde < 0 ? word : word[..tilde];
        var colon = kind.IndexOf(':');
        if (colon < 0)
            return new ArgumentKind(kind, Rule: rule);
        var type = kind[(colon + 1)..];
        return type.EndsWith("[]", StringComparison.Ordinal)
            ? new ArgumentKind(kind[..colon], type[..^2], IsArray: true, rule)
            : new ArgumentKind(kind[..colon], type, IsArray: false, rule);
    }
}
