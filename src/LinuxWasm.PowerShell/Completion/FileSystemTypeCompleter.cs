using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the kinds of file system that the kernel can mount.</summary>
public sealed class FileSystemTypeCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.KernelOf(fakeBoundParameters) is { } kernel
            ? Completions.Matching(wordToComplete, kernel.Machine.Kernel.FileSystems.All.Select(type => (type.Name, type.Name)))
            : [];
}
