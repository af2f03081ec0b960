using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Conformance.Running;
using LinuxWasm.PowerShell.Suite;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes tags of the suite's cases; the tool tips say how many carry each.</summary>
public sealed class CaseTagCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SuiteFolder.Find() is { } folder
            ? Completions.Matching(wordToComplete, CaseSuite.Load([folder]).Cases.SelectMany(one => one.Tags).CountBy(tag => tag).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => (tag.Key, $"{tag.Key}: {tag.Value} cases")))
            : [];
}
