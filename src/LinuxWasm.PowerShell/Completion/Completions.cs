using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>What all completers share.</summary>
internal static class Completions
{
    /// <summary>The entries that begin with the word, or match it where it has wildcards; quoted where PowerShell needs it.</summary>
    public static IEnumerable<CompletionResult> Matching(string? word, IEnumerable<(string Text, string ToolTip)> entries)
    {
        var bare = (word ?? "").Trim('\'', '"');
        var pattern = WildcardPattern.Get(bare + "*", WildcardOptions.IgnoreCase);
        foreach (var (text, toolTip) in entries)
        {
            if (pattern.IsMatch(text))
                yield return new CompletionResult(Quote(text), text, CompletionResultType.ParameterValue, toolTip.Length == 0 ? text : toolTip);
        }
    }

    /// <summary>
    /// The same, or null in place of nothing: where several parameters may stand at one place, PowerShell asks each, and takes an empty answer of one for an entry of its own.
    /// </summary>
    public static IEnumerable<CompletionResult>? MatchingOrNull(string? word, IEnumerable<(string Text, string ToolTip)> entries) =>
        Matching(word, entries).ToList() is { Count: > 0 } found ? found : null;

    /// <summary>The kernel that the command line names so far, or the session's current one; null where there is none.</summary>
    public static WasmKernel? KernelOf(IDictionary bound)
    {
        var named = bound["Kernel"];
        var kernel = named switch
        {
            null => KernelRegistry.Current.Selected,
            PSObject { BaseObject: WasmKernel wrapped } => wrapped,
            WasmKernel plain => plain,
            _ => KernelRegistry.Current.Kernels.FirstOrDefault(one => string.Equals(one.Name, named.ToString(), StringComparison.OrdinalIgnoreCase)),
        };
        return kernel is { State: WasmKernelState.Running } ? kernel : null;
    }

    /// <summary>A value as it is typed: in quotes where it is more than one plain word.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '=')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
