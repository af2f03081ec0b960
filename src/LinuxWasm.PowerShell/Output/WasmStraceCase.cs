using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Strace;
using LinuxWasm.Conformance.Strace.Import;

namespace LinuxWasm.PowerShell.Output;

/// <summary>A log of strace as a conformance case.</summary>
public sealed class WasmStraceCase
{
    internal WasmStraceCase(string id, string log, ImportedLog imported, IReadOnlyList<ImportedCall> calls, bool replayed)
    {
        Id = id;
        Log = log;
        Yaml = imported.Yaml;
        Calls = [.. calls.Select(c => new WasmStraceCall(c, replayed))];
        Case = imported.Yaml is null ? null : CaseFile.Parse(log, imported.Yaml).Cases.Select(c => new WasmConformanceCase(c)).FirstOrDefault();
    }

    /// <summary>The case's family and name.</summary>
    public string Id { get; }

    /// <summary>The log that it was made of.</summary>
    public string Log { get; }

    /// <summary>The case as a file of the suite has it; null where no call of the log became a step.</summary>
    public string? Yaml { get; }

    /// <summary>The case as Invoke-WasmConformance takes it.</summary>
    public WasmConformanceCase? Case { get; }

    /// <summary>Every call of the log.</summary>
    public WasmStraceCall[] Calls { get; }

    /// <summary>How many calls became steps and, replayed, agree.</summary>
    public int Agree => Count("Imported") + Count("Replayed");

    /// <summary>How many gave something else than the log says.</summary>
    public int Differ => Count("Differs");

    /// <summary>How many need what the kernel does not have.</summary>
    public int NotImplemented => Count("NotImplemented");

    /// <summary>How many the importer can't read.</summary>
    public int NotUnderstood => Count("NotUnderstood");

    public override string ToString() => Id;

    private int Count(string outcome) => Calls.Count(c => c.Outcome == outcome);
}

/// <summary>A call of a log and what became of it.</summary>
public sealed class WasmStraceCall
{
    internal WasmStraceCall(ImportedCall call, bool replayed)
    {
        Name = call.Name;
        Line = call.Line;
        Step = call.Step is var (task, number) ? $"{task}.{number}" : null;
        Reason = call.Reason;
        // As text: PowerShell looks at the fields of all types before the module's own load context, where the enum is, is there.
        Outcome = call.Fate == Fate.Replayed && !replayed ? "Imported" : call.Fate.ToString();
    }

    public string Name { get; }

    /// <summary>Its line in the log, from 1.</summary>
    public int Line { get; }

    /// <summary>The step of the case; null where it is none.</summary>
    public string? Step { get; }

    /// <summary>Imported, Replayed, Differs, NotImplemented or NotUnderstood.</summary>
    public string Outcome { get; }

    /// <summary>Why it was not replayed, or how it differs.</summary>
    public string? Reason { get; }

    public override string ToString() => $"{Name}: {Outcome}";
}
