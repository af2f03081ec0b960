using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the names of the programs that run in the kernel; their numbers are the tool tips.</summary>
public sealed class ProcessNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult>? CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.KernelOf(fakeBoundParameters) is { } kernel
            ? Completions.MatchingOrNull(wordToComplete, kernel.Processes.Where(process => !process.IsHost).GroupBy(process => process.Name, StringComparer.Ordinal).Select(group =>
                (group.Key, $"{group.Key} {string.Join(", ", group.Select(process => process.ProcessId.ToString(CultureInfo.InvariantCulture)))}")))
            : null;
}
