using System.Globalization;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Hosting;

namespace LinuxWasm.Cli.Commands;

/// <summary>What <c>linuxwasm run</c> was asked for, checked.</summary>
internal sealed record RunRequest
{
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    public IReadOnlyList<string> Environment { get; init; } = [];

    public GuestAbi? Abi { get; init; }

    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Null: no trace. Empty: standard error. Else a file of the host.</summary>
    public string? Trace { get; init; }

    /// <summary>Bytes of a string that the trace shows.</summary>
    public int TraceStrings { get; init; } = ShortStrings;

    /// <summary>What strace shows of a string unless it is told otherwise.</summary>
    public const int ShortStrings = 32;

    public required MachineOptions Machine { get; init; }

    /// <summary>Environment variables, later ones in place of earlier ones of the same name.</summary>
    /// <exception cref="FormatException">An entry is not KEY=VALUE.</exception>
    public static IReadOnlyList<string> MergeEnvironment(IEnumerable<string> entries)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new FormatException($"environment variable '{entry}': KEY=VALUE is expected");
            merged[entry[..equals]] = entry;
        }

        return [.. merged.Values];
    }

    /// <summary>The entries of an environment file: one KEY=VALUE a line, empty lines and lines that begin with '#' passed over.</summary>
    /// <exception cref="FormatException">A line is something else; the message names file and line.</exception>
    /// <exception cref="IOException">The file can't be read; the message names the option.</exception>
    public static IEnumerable<string> ReadEnvironmentFile(string path)
    {
        var number = 0;
        foreach (var line in HostFiles.Use("--env-file", path, "a file of KEY=VALUE lines", File.ReadAllLines))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                continue;
            if (line.Contains('\0', StringComparison.Ordinal) || line.Contains('\uFFFD', StringComparison.Ordinal))
                throw new FormatException($"{path}:{number}: KEY=VALUE lines of UTF-8 are expected, and this is no text");
            var name = line.Split('=')[0];
            if (name.Length == 0 || name.Length == line.Length)
                throw new FormatException($"{path}:{number}: KEY=VALUE is expected, not '{Printable(line)}'");
            if (name.Any(char.IsWhiteSpace))
                throw new FormatException($"{path}:{number}: '{Printable(name)}' is no variable's name, since it has a blank in it");
            yield return line;
        }
    }

    /// <summary>The beginning of a line, with nothing in it that a terminal would carry out.</summary>
    private static string Printable(string line)
    {
        const int Shown = 40;
        var text = string.Concat(line.Take(Shown).Select(c => char.IsControl(c) ? '?' : c));
        return line.Length > Shown ? text + "..." : text;
    }

    /// <summary>A number of seconds, perhaps with a fraction.</summary>
    /// <exception cref="FormatException">It is none, or not above 0 and at most a billion.</exception>
    public static TimeSpan ParseTimeLimit(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"--timeout '{text}': a positive number of seconds, at most 1000000000, is expected, such as 10 or 0.5");

    /// <summary>A seed: any number of 64 bits.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ulong ParseSeed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new FormatException($"--seed '{text}': a number from 0 to {ulong.MaxValue} is expected");

    /// <summary>What --memory takes.</summary>
    /// <exception cref="FormatException">It is no size, or not between 64K and 4G.</exception>
    public static ulong ParseMemory(string text) => ParseSize("--memory", text, least: 64 << 10, most: 4UL << 30);

    /// <summary>What --stack takes.</summary>
    /// <exception cref="FormatException">It is no size, or not between 1M and 1G.</exception>
    public static ulong ParseStack(string text) => ParseSize("--stack", text, MachineOptions.SmallestStack, MachineOptions.LargestStack);

    /// <summary>A size in bytes: a number, perhaps with K, M or G.</summary>
    private static ulong ParseSize(string option, string text, ulong least, ulong most)
    {
        var shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        var digits = shift == 0 ? text : text[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > most >> shift || number << shift < least)
            throw new FormatException($"{option} '{text}': a number of bytes from {Shown(least)} to {Shown(most)} is expected, such as {most >> 6}, {most >> 26}M or {Shown(most)}");
        return number << shift;
    }

    private static string Shown(ulong bytes) => bytes >= 1 << 30 ? $"{bytes >> 30}G" : bytes >= 1 << 20 ? $"{bytes >> 20}M" : $"{bytes >> 10}K";
}
