using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.PowerShell.Completion;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Completes names of running kernels.</summary>
public sealed class KernelCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Matching(wordToComplete, KernelRegistry.Current.Kernels.Select(kernel => (kernel.Name, $"kernel {kernel.Id}, {kernel.HostName}")));
}
