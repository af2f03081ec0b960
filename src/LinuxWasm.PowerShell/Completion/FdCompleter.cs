using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes open descriptors of the process that the command is about; the files are the tool tips.</summary>
public sealed class FdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if (Completions.KernelOf(fakeBoundParameters) is not { } kernel)
            return [];
        var pid = LanguagePrimitives.TryConvertTo<int>(fakeBoundParameters["ProcessId"], out var given) && given != 0 ? given : kernel.Host.Pid;
        var open = KernelInspection.DescriptorsOf(kernel, pid) ?? [];
        return Completions.Matching(wordToComplete, open.Select(one => (one.Fd.ToString(CultureInfo.InvariantCulture), $"{one.Fd} {one.Access} {one.Path}")));
    }
}
