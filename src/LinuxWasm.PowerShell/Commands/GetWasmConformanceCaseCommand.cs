using System.Management.Automation;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets cases of the conformance suite.</summary>
/// <remarks>
/// <para>A case is a promise of Linux in YAML: system calls, what they must answer, and what must be so afterwards. Without -Path these are the cases that come with the module. A case that can't be read is an error that says file, line and column; the others are given all the same.</para>
/// </remarks>
/// <example>
/// <summary>List the cases about pipes.</summary>
/// <code>
/// Get-WasmConformanceCase -Tag pipe*
/// </code>
/// <para>Shows id, tags, how many runs the case makes, and what it promises.</para>
/// </example>
/// <example>
/// <summary>Cases that make a certain call.</summary>
/// <code>
/// Get-WasmConformanceCase | Where-Object Calls -contains dup2
/// </code>
/// <para>Calls has the names of all system calls of a case.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmConformanceCase", DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmConformanceCase))]
public sealed class GetWasmConformanceCaseCommand : CaseCommand
{
    protected override void ProcessRecord() => WriteObject(ReadCases(), enumerateCollection: true);
}
