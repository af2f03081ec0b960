using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes processes that run a program, where an object, a number or a name may stand: by number first. Names that have begun are completed by <see cref="ProcessNameCompleter"/>.</summary>
public sealed class ProgramProcessCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult>? CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var programs = Completions.KernelOf(fakeBoundParameters)?.Processes.Where(process => !process.IsHost).ToList() ?? [];
        var numbers = programs.Select(process => (process.ProcessId.ToString(CultureInfo.InvariantCulture), $"{process.ProcessId} {process.Name}"));
        var names = string.IsNullOrEmpty(wordToComplete) ? programs.Select(process => process.Name).Distinct().Select(name => (name, name)) : [];
        return Completions.MatchingOrNull(wordToComplete, numbers.Concat(names));
    }
}
