using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>A step of the case that is made.</summary>
internal sealed class ImportedStep
{
    public required string Task { get; init; }

    /// <summary>Call and result.</summary>
    public required string Line { get; init; }

    /// <summary>The call of the log; null for a step that only makes what the log takes for granted.</summary>
    public StraceCall? Call { get; init; }

    public List<string> Checks { get; } = [];

    public List<(string Name, string Value)> Captures { get; } = [];

    public List<string> Signals { get; } = [];

    public string? Rule { get; init; }

    public string? Child { get; set; }

    public string? About { get; init; }

    public string? After { get; set; }

    /// <summary>The step of another task that wakes it; null where it does not sleep.</summary>
    public string? Until { get; set; }

    /// <summary>The signals that its process blocks after it.</summary>
    public ulong Mask { get; set; }

    /// <summary>Its number in its task, from 1.</summary>
    public int Number { get; set; }
}
