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
internal sealed record CallTemplate(string Text, Gives Gives, int Weight)
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
    private readonly List<(string Name, string Type)> _buffers = [];

    private CallGrammar()
    {
    }

    public static CallGrammar Embedded => _embedded.Value;

    public IReadOnlyDictionary<string, string[]> Kinds => _kinds;

    public IReadOnlyList<CallTemplate> Templates => _templates;

    /// <summary>The calls that are never made, each with its reason.</summary>
    public IReadOnlyDictionary<string, string> Never => _never;

    /// <summary>In the order in which they lie in memory.</summary>
    public IReadOnlyList<(string Name, string Type)> Buffers => _buffers;

    /// <summary>The templates of the calls that an ABI has, each as often as its weight says.</summary>
    public CallTemplate[] For(GuestAbi abi) =>
        [.. _templates.Where(t => CallTable.Exists(t.Call, abi)).SelectMany(t => Enumerable.Repeat(t, t.Weight))];

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
        return new CallTemplate(text[..arrow], text.EndsWith("fds", StringComparison.Ordinal) ? Gives.TwoDescriptors : Gives.Descriptor, weight);
    }

    private static (string, string) Split(string text, string separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? throw new InvalidOperationException($"calls.txt: no '{separator}' in '{text}'") : (text[..at], text[(at + separator.Length)..]);
    }
}
