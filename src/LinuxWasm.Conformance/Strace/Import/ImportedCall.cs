namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>What became of a call of the log.</summary>
public enum Fate
{
    /// <summary>It is a step of the case; replayed, it gave what the log says.</summary>
    Replayed,

    /// <summary>Replayed, it gave something else.</summary>
    Differs,

    /// <summary>The kernel, or the case format, has no such call, or the call needs what such a call made.</summary>
    NotImplemented,

    /// <summary>The importer can't tell what the log says.</summary>
    NotUnderstood,
}

/// <summary>One call of a log and its fate.</summary>
/// <param name="Name">The call; <c>?</c> for a line that is not to be read.</param>
/// <param name="Line">The line of the log.</param>
/// <param name="Step">The task that makes it in the case, and the number of the step; null where it is none.</param>
/// <param name="Reason">Why it is not replayed, or how it differs.</param>
public sealed record ImportedCall(string Name, int Line, (string Task, int Step)? Step, Fate Fate, string? Reason);
