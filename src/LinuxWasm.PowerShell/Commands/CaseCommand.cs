using System.Management.Automation;
using LinuxWasm.Conformance;
using LinuxWasm.Conformance.Running;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;
using LinuxWasm.PowerShell.Suite;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What the commands share that choose cases from files.</summary>
public abstract class CaseCommand : PSCmdlet
{
    /// <summary>Only cases with these ids. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path")]
    [Parameter(Position = 0, ParameterSetName = "LiteralPath")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CaseIdCompleter))]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Case files, and folders of them. Wildcards are permitted. By default the suite that comes with the module.</summary>
    [Parameter(ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Case files, and folders of them, by their exact names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Only cases that carry one of these tags. Wildcards are permitted.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CaseTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Only the Ith of N parts of the cases, as 2/8: for machines that share the work. Every case is in one part.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public string? Shard { get; set; }

    /// <summary>The cases that were asked for; what is wrong with others is written as errors.</summary>
    private protected IReadOnlyList<WasmConformanceCase> ReadCases()
    {
        CaseSuite suite;
        try
        {
            suite = CaseSuite.Load(Files());
        }
        catch (IOException missing)
        {
            ThrowTerminatingError(new ErrorRecord(missing, "PathNotFound", ErrorCategory.ObjectNotFound, Path ?? LiteralPath));
            return [];
        }

        foreach (var error in suite.Errors)
            WriteError(new ErrorRecord(error, "MalformedCase", ErrorCategory.ParserError, error.Position.File));
        if (suite is { Cases.Count: 0, Errors.Count: 0 })
            WriteWarning("There is no case in these files.");
        var ids = Patterns(Id, "whose id is", suite.Cases.Select(one => one.Id).ToList());
        var tags = Patterns(Tag, "with the tag", suite.Cases.SelectMany(one => one.Tags).Distinct().ToList());
        var chosen = suite.Cases
            .Where(one => ids.Exists(id => id.IsMatch(one.Id)) && (tags.Count == 0 || one.Tags.Any(tag => tags.Exists(pattern => pattern.IsMatch(tag)))))
            .ToList();
        if (chosen.Count == 0 && tags.Count > 0 && suite.Cases.Any(one => ids.Exists(id => id.IsMatch(one.Id))) && suite.Cases.Any(one => one.Tags.Any(tag => tags.Exists(pattern => pattern.IsMatch(tag)))))
            WriteWarning("None of the cases with these ids has one of these tags.");
        var part = Part();
        return [.. chosen
            .Where((_, i) => i % part.Count == part.Index - 1)
            .Select(one => new WasmConformanceCase(one))];
    }

    /// <summary>What matches nothing is an error, as Get-Item has it; where it holds wildcards, a warning.</summary>
    private List<WildcardPattern> Patterns(string[] texts, string what, List<string> names)
    {
        var patterns = texts.Select(text => WildcardPattern.Get(text, WildcardOptions.IgnoreCase)).ToList();
        if (names.Count == 0)
            return patterns;
        foreach (var (text, pattern) in texts.Zip(patterns).Where(pair => !names.Exists(pair.Second.IsMatch)))
        {
            if (WildcardPattern.ContainsWildcardCharacters(text))
                WriteWarning($"There is no case {what} like '{text}'.");
            else
                WriteError(ErrorRecords.Of("CaseNotFound", ErrorCategory.ObjectNotFound, $"There is no case {what} '{text}'{(NearNames.Hint(text, names) is { Length: > 0 } hint ? hint : ".")}", text));
        }

        return patterns;
    }

    private (int Index, int Count) Part()
    {
        if (string.IsNullOrEmpty(Shard))
            return (1, 1);
        if (CaseSuite.ParseShard(Shard) is { } part)
            return part;
        ThrowTerminatingError(ErrorRecords.Of("InvalidShard", ErrorCategory.InvalidArgument, $"'{Shard}' is no part: I/N is expected, such as 2/8.", Shard));
        return (1, 1);
    }

    private IEnumerable<string> Files()
    {
        if (ParameterSetName == "LiteralPath")
            return LiteralPath.Select(path => HostPaths.One(this, path, literal: true));
        return Path?.SelectMany(path => HostPaths.Several(this, path)) ?? [SuiteFolder.Find(this)];
    }
}
