using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>What an outcome is called on the page, and in its style.</summary>
internal static class OutcomeNames
{
    public static string Word(this Outcome outcome) => outcome == Outcome.NotImplemented ? "not yet" : outcome.ToString().ToLowerInvariant();

    public static string ClassName(this Outcome outcome) => outcome == Outcome.NotImplemented ? "not-yet" : outcome.ToString().ToLowerInvariant();

    public static Class Class(this Outcome outcome) => new(outcome.ClassName());

    /// <summary>The classes of several, each once, for the page's script to filter by.</summary>
    public static string ClassNames(this IEnumerable<Outcome> outcomes) => string.Join(' ', outcomes.Distinct().Select(ClassName));
}
