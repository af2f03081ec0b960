using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>Values of a log in the words of a case.</summary>
internal static class Literals
{
    /// <summary>Runs of the same byte that are shorter stand in the string.</summary>
    private const int ShortestRun = 24;

    /// <summary>Names that strace gives to values for which the headers have none, or another.</summary>
    private static readonly Dictionary<string, string> _names = new()
    {
        ["RLIM64_INFINITY"] = "0xffffffffffffffff",
        ["RLIM_INFINITY"] = "0xffffffffffffffff",
        ["UINT64_MAX"] = "0xffffffffffffffff",
        ["LLONG_MAX"] = "0x7fffffffffffffff",
        ["LLONG_MIN"] = "(-0x7fffffffffffffff - 1)",
        ["TIME_UTIME_NOW"] = "UTIME_NOW",
    };

    /// <summary>A string with C's escapes; <c>bytes("..", repeat("\0", 100))</c> where the same byte comes often.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Join(Parts(bytes));

    /// <summary>Strings one after the other, as one.</summary>
    public static string Join(IReadOnlyList<string> parts) => parts.Count == 1 ? parts[0] : $"bytes({string.Join(", ", parts)})";

    /// <summary>The strings and repetitions that bytes are made of; one at least.</summary>
    public static IReadOnlyList<string> Parts(ReadOnlySpan<byte> bytes)
    {
        var parts = new List<string>();
        var start = 0;
        for (var at = 0; at < bytes.Length;)
        {
            var end = at + 1;
            while (end < bytes.Length && bytes[end] == bytes[at])
                end++;
            if (end - at >= ShortestRun)
            {
                if (at > start)
                    parts.Add(Quote(bytes[start..at]));
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"repeat({Quote(bytes.Slice(at, 1))}, {end - at})"));
                start = end;
            }

            at = end;
        }

        if (start < bytes.Length || parts.Count == 0)
            parts.Add(Quote(bytes[start..]));
        return parts;
    }

    /// <summary>Text that is always in one string.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            _ = b switch
            {
                (byte)'\n' => text.Append("\\n"),
                (byte)'\t' => text.Append("\\t"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)b),
                >= 0x20 and < 0x7f => text.Append((char)b),
                // Shortest octal, unless a digit follows.
                _ => text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(i + 1 < bytes.Length && bytes[i + 1] is >= (byte)'0' and <= (byte)'9' ? 3 : 1, '0')),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A number or constants; every name must be one that a case may use.</summary>
    public static string Word(StraceWord word, GuestAbi abi)
    {
        if (word.Other is { } other && ConstantTable.Find(word.Text, abi) is null)
            return Name(other, abi);
        var built = new StringBuilder();
        var text = word.Text;
        for (var at = 0; at < text.Length;)
        {
            if (char.IsAsciiLetter(text[at]) || text[at] == '_')
            {
                var end = at;
                while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                    end++;
                built.Append(Name(text[at..end], abi));
                at = end;
            }
            else if (char.IsAsciiDigit(text[at]))
            {
                var end = at;
                while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                    end++;
                built.Append(text, at, end - at);
                at = end;
            }
            else if (text[at] == '?')
                throw ImportException.NotUnderstood("strace did not know a value and printed '?'");
            else
                built.Append(text[at++]);
        }

        return built.ToString();
    }

    public static string Name(string name, GuestAbi abi)
    {
        // The headers' SIGRTMIN is the C library's; strace's is the kernel's, and the others count from it.
        if (name == "SIGRTMIN")
            return "32";
        if (name.StartsWith("SIGRT_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (32 + number).ToString(CultureInfo.InvariantCulture);
        if (ConstantTable.Find(name, abi) is not null)
            return name;
        return _names.TryGetValue(name, out var known) ? known : throw ImportException.NotUnderstood($"the constant {name} is not known");
    }

    /// <summary>A set of signals, <c>[INT CHLD]</c> or <c>~[RTMIN]</c>, as the number that the kernel takes.</summary>
    public static string SignalSet(StraceList set)
    {
        var bits = set.Items.Count == 0 ? "0" : string.Join('|', set.Items.Select(item => $"sig({Signal(item)})"));
        if (!set.Negated)
            return bits;
        return set.Items.Count == 0 ? "0xffffffffffffffff" : $"0xffffffffffffffff & ~({bits})";
    }

    public static ulong SignalBits(StraceList set)
    {
        var bits = set.Items.Aggregate(0ul, (sum, item) => sum | SignalBit(Signal(item)));
        return set.Negated ? ~bits : bits;
    }

    /// <summary>A signal's bit in a set: by its name, or its number.</summary>
    public static ulong SignalBit(string signal)
    {
        var number = int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : (int?)ConstantTable.Find(signal, GuestAbi.X8664) ?? 0;
        return number is >= 1 and <= 64 ? 1ul << (number - 1) : 0;
    }

    /// <summary>How wait tells that a process ended: <c>WIFEXITED(s) &amp;&amp; WEXITSTATUS(s) == 1</c>.</summary>
    public static string WaitStatus(string text)
    {
        string After(string marker)
        {
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at < 0)
                return "";
            var rest = text[(at + marker.Length)..];
            var end = rest.IndexOf('&', StringComparison.Ordinal);
            return end < 0 ? rest : rest[..end];
        }

        if (After("WEXITSTATUS(s)==") is { Length: > 0 } status)
            return $"{status} << 8";
        if (After("WTERMSIG(s)==") is { Length: > 0 } signal)
            return text.Contains("WCOREDUMP", StringComparison.Ordinal) ? $"{signal}|0x80" : signal;
        if (After("WSTOPSIG(s)==") is { Length: > 0 } stop)
            return $"{stop} << 8|0x7f";
        if (text.StartsWith("WIFCONTINUED", StringComparison.Ordinal))
            return "0xffff";
        throw ImportException.NotUnderstood($"the wait status '{text}' is not known");
    }

    private static string Signal(StraceValue item)
    {
        var name = (item as StraceWord)?.Text ?? throw ImportException.NotUnderstood("a set has something else than a signal in it");
        if (name == "RTMIN")
            return "32";
        if (name.StartsWith("RT_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (32 + number).ToString(CultureInfo.InvariantCulture);
        return char.IsAsciiDigit(name[0]) ? name : ConstantTable.Exists("SIG" + name) ? "SIG" + name : throw ImportException.NotUnderstood($"the signal {name} is not known");
    }
}
