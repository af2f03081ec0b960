using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the places where something is mounted.</summary>
public sealed class MountTargetCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.KernelOf(fakeBoundParameters) is { } kernel
            ? Completions.Matching(wordToComplete, KernelInspection.MountsOf(kernel).Select(mount => (mount.Target, $"{mount.Type} {mount.Source} ({mount.Options})")))
            : [];
}
