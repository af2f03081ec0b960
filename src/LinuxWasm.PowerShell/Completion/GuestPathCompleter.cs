using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes paths of the guest's tree.</summary>
public sealed class GuestPathCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.KernelOf(fakeBoundParameters) is { } kernel ? Paths(kernel, wordToComplete) : [];

    /// <summary>The paths that begin so, from the root.</summary>
    public static IEnumerable<CompletionResult> Paths(WasmKernel kernel, string? wordToComplete)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var slash = word.LastIndexOf('/');
        var directory = slash < 0 ? "/" : word[..(slash + 1)];
        IReadOnlyList<GuestEntry> entries = [];
        try
        {
            kernel.Machine.Provision(tree => entries = tree.List(directory));
        }
        catch (GuestTreeException)
        {
            // What can't be listed has nothing to offer.
        }

        foreach (var entry in entries.Where(entry => entry.Name.StartsWith(word[(slash + 1)..], StringComparison.Ordinal)).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            yield return new CompletionResult(
                Completions.Quote(directory + entry.Name + (entry.IsDirectory ? "/" : "")),
                entry.Name,
                entry.IsDirectory ? CompletionResultType.ProviderContainer : CompletionResultType.ProviderItem,
                directory + entry.Name);
        }
    }
}
