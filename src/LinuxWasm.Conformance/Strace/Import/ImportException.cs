namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>Why a call of the log does not become a step.</summary>
internal sealed class ImportException(Fate fate, string reason) : Exception(reason)
{
    public Fate Fate => fate;

    public static ImportException NotUnderstood(string reason) => new(Fate.NotUnderstood, reason);

    public static ImportException NotImplemented(string reason) => new(Fate.NotImplemented, reason);
}
