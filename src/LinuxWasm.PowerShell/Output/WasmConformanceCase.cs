using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.PowerShell.Output;

/// <summary>A case of the conformance suite: a promise of Linux, with the calls that check it.</summary>
public sealed class WasmConformanceCase
{
    internal WasmConformanceCase(ConformanceCase source)
    {
        Source = source;
        Runs = [.. CaseExpander.Expand(source)];
    }

    /// <summary>Family and promise: pipe/write-to-full-pipe.</summary>
    public string Id => Source.Id;

    /// <summary>The folder of its file: what the case is about in the widest sense.</summary>
    public string Family => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))) ?? "";

    /// <summary>What Linux promises.</summary>
    public string About => Source.About;

    public string[] Tags => [.. Source.Tags];

    /// <summary>The manual pages that say so.</summary>
    public string[] ManPage => [.. Source.Man];

    /// <summary>The system calls that it makes, by name.</summary>
    public string[] Calls => [.. Runs.SelectMany(run => run.Calls).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What is run: each row of the case's matrix, in each ABI that has its calls.</summary>
    public string[] RunIds => [.. Runs.Select(run => run.Id)];

    public int RunCount => Runs.Count;

    /// <summary>The file that it stands in.</summary>
    public string Path => Source.Position.File;

    /// <summary>Its line there, from 1.</summary>
    public int Line => Source.Position.Line;

    internal ConformanceCase Source { get; }

    internal IReadOnlyList<CaseRun> Runs { get; }

    public override string ToString() => Id;
}
