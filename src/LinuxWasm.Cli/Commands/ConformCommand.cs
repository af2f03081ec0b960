using System.CommandLine;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm conform</c>: the conformance suite, on LinuxWasm, on Linux, or on both.</summary>
internal static class ConformCommand
{
    private static readonly Argument<string[]> Paths = new("PATH")
    {
        Description = "Files or folders of cases. By default the folder 'conformance' here or above.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Oracle = new("--oracle")
    {
        Description = "Runs the cases on this machine's Linux, confined, instead of on LinuxWasm.",
    };

    private static readonly Option<bool> Compare = new("--compare")
    {
        Description = "Runs the cases on both and shows the first step that differs. Without an oracle, what was recorded stands for Linux.",
    };

    private static readonly Option<bool> Record = new("--record")
    {
        Description = "With --oracle: writes what Linux answered beside the cases.",
    };

    private static readonly Option<string[]> Filters = new("--filter")
    {
        Description = "Only cases that carry the tag, or whose id begins so. May be given several times.",
        HelpName = "TAG",
    };

    private static readonly Option<string?> Shard = new("--shard")
    {
        Description = "Only the Ith of N parts of the runs.",
        HelpName = "I/N",
    };

    private static readonly Option<int> Workers = NumberOption.Create(
        "--workers", "How many cases run at once. By default as many as there are processors.", Environment.ProcessorCount, least: 1, most: 256);

    private static readonly Option<string?> NUnit = new("--nunit")
    {
        Description = "Writes the results for a CI system, as NUnit 3 does.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Writes the results as one page that needs nothing else.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> History = new("--history")
    {
        Description = "With --html: where earlier runs are kept, for the page to show. By default beside the page.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Compatibility = new("--compatibility")
    {
        Description = "Writes which calls there are, as docs/compatibility.md has it. The whole suite is needed for that.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Names every run with its steps, those that passed too.",
    };

    private static readonly Option<string?> Explain = new("--explain")
    {
        Description = "Prints a case, or one of its runs (ID@x86-64), as the calls that it makes, and runs nothing.",
        HelpName = "ID",
    };

    private static readonly Option<bool> AsC = new("--c")
    {
        Description = "With --explain: prints a C program for any Linux that makes these calls and judges what they give, and nothing else. Of several runs the first.",
    };

    private static readonly Option<string?> Programs = new("--programs")
    {
        Description = "Writes each run as a C program into a folder, as --explain --c prints one, and runs nothing.",
        HelpName = "FOLDER",
    };

    private static readonly Option<bool> Coverage = new("--coverage")
    {
        Description = "Lists how many cases each implemented call has, and which have too few, and runs nothing.",
    };

    public static Command Create()
    {
        var command = new Command("conform", "Runs conformance cases. The status is 0 where all that ran agree, 1 where one does not, 2 where a case is malformed.")
        {
            Paths, Oracle, Compare, Record, Filters, Shard, Workers, NUnit, Html, History, Compatibility, Verbose, Explain, AsC, Programs, Coverage,
        };
        command.SetAction(static parsed => ConformRunner.Run(Read(parsed)));
        return command;
    }

    private static ConformRequest Read(ParseResult parsed)
    {
        var request = new ConformRequest
        {
            Paths = parsed.GetValue(Paths) is { Length: > 0 } paths ? paths : [FindSuite()],
            Mode = parsed.GetValue(Compare) ? ConformMode.Compare : parsed.GetValue(Oracle) ? ConformMode.Oracle : ConformMode.Own,
            Record = parsed.GetValue(Record),
            Filters = parsed.GetValue(Filters) ?? [],
            Workers = parsed.GetValue(Workers),
            NUnit = parsed.GetValue(NUnit),
            Html = parsed.GetValue(Html),
            History = parsed.GetValue(History),
            Compatibility = parsed.GetValue(Compatibility),
            Verbose = parsed.GetValue(Verbose),
            Explain = parsed.GetValue(Explain),
            AsC = parsed.GetValue(AsC),
            Programs = parsed.GetValue(Programs),
            Coverage = parsed.GetValue(Coverage),
            Shard = parsed.GetValue(Shard) is not { } shard ? null
                : CaseSuite.ParseShard(shard) ?? throw new FormatException($"--shard {shard}: I/N is expected, such as 2/8"),
        };
        if (request.Record && request.Mode != ConformMode.Oracle)
            throw new FormatException("--record: what Linux answers is recorded, so --oracle is expected with it");
        if (request.History is not null && request.Html is null)
            throw new FormatException("--history: it belongs to a page, so --html is expected with it");
        // A run takes a while: what its end would fail on is said before.
        foreach (var (option, file) in new[] { ("--html", request.Html), ("--nunit", request.NUnit), ("--history", request.History), ("--compatibility", request.Compatibility) })
        {
            if (file is not null && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
                throw new FormatException($"{option} {file}: there is no folder '{folder}'");
        }

        if (request.Compatibility is not null && (request.Mode != ConformMode.Own || request.Filters.Count > 0 || request.Shard is not null))
            throw new FormatException("--compatibility: it tells of the whole suite on LinuxWasm, so neither --oracle, --compare, --filter nor --shard go with it");
        if (request.AsC && request.Explain is null)
            throw new FormatException("--c: it says how to explain a case, so --explain is expected with it");
        return request;
    }

    private static string FindSuite()
    {
        for (var folder = Environment.CurrentDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var suite = Path.Combine(folder, "conformance");
            if (File.Exists(Path.Combine(suite, "case.schema.json")))
                return Path.GetRelativePath(Environment.CurrentDirectory, suite);
        }

        throw new FileNotFoundException("no folder 'conformance' with cases here or above; name one");
    }
}

internal enum ConformMode
{
    Own,
    Oracle,
    Compare,
}

/// <summary>What the command line asks for.</summary>
internal sealed record ConformRequest
{
    public required IReadOnlyList<string> Paths { get; init; }

    public required ConformMode Mode { get; init; }

    public bool Record { get; init; }

    public IReadOnlyList<string> Filters { get; init; } = [];

    public int Workers { get; init; } = 1;

    public string? NUnit { get; init; }

    public string? Html { get; init; }

    public string? History { get; init; }

    public string? Compatibility { get; init; }

    public bool Verbose { get; init; }

    public string? Explain { get; init; }

    /// <summary>As a C program, and not in words.</summary>
    public bool AsC { get; init; }

    public string? Programs { get; init; }

    public bool Coverage { get; init; }

    public (int Index, int Count)? Shard { get; init; }

    /// <summary>Which runs of which cases: two that agree in it can be compared.</summary>
    public string Scope
    {
        get
        {
            var scope = string.Join(' ', Paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetRelativePath(Environment.CurrentDirectory, path))));
            if (Filters.Count > 0)
                scope += $", filtered by {string.Join(", ", Filters)}";
            return Shard is var (index, count) ? scope + $", part {index} of {count}" : scope;
        }
    }
}
