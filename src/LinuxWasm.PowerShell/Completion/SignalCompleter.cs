using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Abi;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes names of signals; their numbers are the tool tips.</summary>
public sealed class SignalCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Matching(wordToComplete, Enum.GetValues<Signal>().Where(signal => signal != Signal.None).Distinct().Select(signal =>
            (signal.ToString(), string.Create(CultureInfo.InvariantCulture, $"{signal}, {(int)signal}"))));
}
