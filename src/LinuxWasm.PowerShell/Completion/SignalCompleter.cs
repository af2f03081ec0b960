using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Abi;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes names of signals; their numbers are the tool tips.</summary>
public sealed class SignalCompleter : IArgumentCompleter
{
    private static readonly (string Text, string ToolTip)[] Signals =
        [.. Enum.GetValues<Signal>().Where(signal => signal != Signal.None).Distinct().Select(signal => (signal.ToString(), string.Create(CultureInfo.InvariantCulture, $"{signal}, {(int)signal}")))];

    /// <summary>With their SIG or without, as the parameter takes them.</summary>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var whole = Completions.Matching(word, Signals).ToList();
        return whole.Count > 0 ? whole : Completions.Matching("SIG" + word, Signals);
    }
}
