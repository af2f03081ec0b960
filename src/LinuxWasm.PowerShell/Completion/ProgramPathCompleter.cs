using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes what a program can be: paths of the guest's tree, and files of the host behind them.</summary>
public sealed class ProgramPathCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // A word that does not begin at the root can only be the host's.
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var ofGuest = word.Length == 0 || word[0] == '/' ? Completions.KernelOf(fakeBoundParameters) : null;
        return (ofGuest is null ? [] : GuestPathCompleter.Paths(ofGuest, word)).Concat(CompletionCompleters.CompleteFilename(wordToComplete ?? ""));
    }
}
