using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes names of system calls; their signatures are the tool tips.</summary>
public sealed class SyscallNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Matching(wordToComplete, SyscallNumbers.All.OrderBy(number => number.Name, StringComparer.Ordinal).Select(number => (number.Name, Signature(number.Name))));

    private static string Signature(string name)
    {
        var entry = SyscallCatalogue.Find(SyscallTable.X64, name) ?? SyscallCatalogue.Find(SyscallTable.I386, name);
        return entry is null ? $"{name}: not implemented (ENOSYS)" : $"{name}({string.Join(", ", entry.Parameters.Select(parameter => parameter.Name))})";
    }
}
