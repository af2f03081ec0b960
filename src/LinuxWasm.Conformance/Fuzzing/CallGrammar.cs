using System.Globalization;
using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>What a call gives that later calls can use.</summary>
internal enum Gives
{
    Nothing,
    Descriptor,
    TwoDescriptors,
}

/// <summary>A call with places, such as <c>read({fd}, {out}, {length})</c>.</summary>
/// <param name="Only">The ABI in which the call takes these arguments; null for any that has it.</param>
/// <param name="ReturnsSoon">By itself, after a short sleep at most, though its call is one that may sleep for as long as others let it.</param>
internal sealed record CallTemplate(string Text, Gives Gives, int Weight, bool ReturnsSoon = false, GuestAbi? Only = null)
{
    public string Call => Text[..Text.IndexOf('(', StringComparison.Ordinal)];
}

/// <summary>The calls of calls.txt, their kinds of arguments, and the buffers that they use.</summary>
internal sealed class CallGrammar
{
    private static readonly Lazy<CallGrammar> _embedded = new(Read);

    private readonly Dictionary<string, string[]> _kinds = [];
    private readonly List<CallTemplate> _templates = [];
    private readonly Dictionary<string, string> _never = [];
    private readonly HashSet<string> _sleeping = [];
    private readonly Dictionary<string, HashSet<string>> _themes = [];
    private readonly List<CallTemplate> _common = [];
    private readonly List<(string Name, string Type)> _buffers = [];

    private CallGrammar()
    {
    }

    public static CallGrammar Embedded => _embedded.Value;

    public IReadOnlyDictionary<string, string[]> Kinds => _kinds;

    public IReadOnlyList<CallTemplate> Templates => _templates;

    /// <summary>The calls that are never made, each with its reason.</summary>
    public IReadOnlyDictionary<string, string> Never => _never;

    /// <summary>Whether a call made from the template may wait for what another task does.</summary>
    public bool MaySleep(CallTemplate template) => !template.ReturnsSoon && _sleeping.Contains(template.Call);

    /// <summary>Calls that have to do with each other, by name.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Themes => _themes;

    /// <summary>What the first task may open before it forks.</summary>
    public IReadOnlyList<CallTemplate> Common => _common;

    /// <summary>In the order in which they lie in memory.</summary>
    public IReadOnlyList<(string Name, string Type)> Buffers => _buffers;

    /// <summary>The templates of the calls that an ABI has, each as often as its weight says.</summary>
    public CallTemplate[] For(GuestAbi abi) =>
        [.. _templates.Where(t => CallTable.Exists(t.Call, abi) && (t.Only ?? abi) == abi).SelectMany(t => Enumerable.Repeat(t, t.Weight))];

    private static CallGrammar Read()
    {
        using var stream = typeof(CallGrammar).Assembly.GetManifestResourceStream("fuzzing/calls.txt")
            ?? throw new InvalidOperationException("fuzzing/calls.txt is not embedded");
        using var reader = new StreamReader(stream);
        var grammar = new CallGrammar();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                grammar.Add(line);
        }

        return grammar;
    }

    private void Add(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (word, rest) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
        switch (word)
        {
            case "kind":
                var (name, values) = Split(rest, " = ");
                _kinds.Add(name, values.Split(" ; ", StringSplitOptions.TrimEntries));
                break;
            case "buffer":
                _buffers.Add(Split(rest, " = "));
                break;
            case "never":
                var (call, reason) = Split(rest, ": ");
                _never.Add(call, reason);
                break;
            case "theme":
                var (theme, calls) = Split(rest, " = ");
                _themes.Add(theme, [.. calls.Split(' ')]);
                break;
            case "common":
                _common.Add(Template(rest, 1));
                break;
            case "sleep":
                _sleeping.UnionWith(rest.Split(' '));
                break;
            default:
                var counted = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var weight);
                _templates.Add(Template(counted ? rest : line, counted ? weight : 1));
                break;
        }
    }

    private static CallTemplate Template(string text, int weight)
    {
        var arrow = text.IndexOf(" -> ", StringComparison.Ordinal);
        if (arrow < 0)
            return new CallTemplate(text, Gives.Nothing, weight);
        var (call, word) = (text[..arrow], text[(arrow + 4)..]);
        return word switch
        {
            "fd" => new CallTemplate(call, Gives.Descriptor, weight),
            "fds" => new CallTemplate(call, Gives.TwoDescriptors, weight),
            "i386" => new CallTemplate(call, Gives.Nothing, weight, Only: GuestAbi.I386),
            "x86-64" => new CallTemplate(call, Gives.Nothing, weight, Only: GuestAbi.X8664),
            "soon" => new CallTemplate(call, Gives.Nothing, weight, ReturnsSoon: true),
            _ => throw new InvalidOperationException($"calls.txt: '{word}' in '{text}'"),
        };
    }

    private static (string, string) Split(string text, string separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? throw new InvalidOperationException($"calls.txt: no '{separator}' in '{text}'") : (text[..at], text[(at + separator.Length)..]);
    }
}
