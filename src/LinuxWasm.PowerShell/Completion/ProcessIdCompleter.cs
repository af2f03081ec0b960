using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the numbers of the processes that live in the kernel.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.KernelOf(fakeBoundParameters) is { } kernel
            ? Completions.Matching(wordToComplete, kernel.Machine.Kernel.Pids.Groups.Select(group =>
                (group.Pid.ToString(CultureInfo.InvariantCulture), $"{group.Pid} {group.Tasks.FirstOrDefault()?.Comm}")))
            : [];
}
