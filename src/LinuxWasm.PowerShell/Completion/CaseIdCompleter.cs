using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Conformance.Running;
using LinuxWasm.PowerShell.Suite;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes ids of the suite's cases; what they are about are the tool tips.</summary>
public sealed class CaseIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SuiteFolder.Find() is { } folder
            ? Completions.Matching(wordToComplete, CaseSuite.Load([folder]).Cases.OrderBy(one => one.Id, StringComparer.Ordinal).Select(one => (one.Id, one.About)))
            : [];
}
