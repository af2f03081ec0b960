using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes open descriptors of the process that the command is about; the files are the tool tips.</summary>
public sealed class FdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Matching(wordToComplete, Descriptors(fakeBoundParameters));

    /// <summary>The open descriptors of the process that the command line names, or of the session's own.</summary>
    public static IEnumerable<(string Text, string ToolTip)> Descriptors(IDictionary bound)
    {
        if (Completions.KernelOf(bound) is not { } kernel)
            return [];
        var pid = LanguagePrimitives.TryConvertTo<int>(bound["ProcessId"], out var given) && given != 0 ? given : kernel.Host.Pid;
        var open = KernelInspection.DescriptorsOf(kernel, pid) ?? [];
        return open.Select(one => (one.Fd.ToString(CultureInfo.InvariantCulture), $"{one.Fd} {one.Access} {one.Path}"));
    }
}
