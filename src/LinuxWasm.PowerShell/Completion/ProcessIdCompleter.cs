using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the numbers of the processes that live in the kernel.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult>? CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.MatchingOrNull(wordToComplete, Processes(fakeBoundParameters));

    /// <summary>The processes of the kernel that the command line names, or of the current one.</summary>
    public static IEnumerable<(string Text, string ToolTip)> Processes(IDictionary bound) =>
        Completions.KernelOf(bound)?.Processes.Select(process => (process.ProcessId.ToString(CultureInfo.InvariantCulture), $"{process.ProcessId} {process.Name}")) ?? [];
}
