using System.Globalization;
using System.Management.Automation;
using LinuxWasm.PowerShell.Calls;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets system calls from the catalogue.</summary>
/// <remarks>
/// <para>The catalogue has every number of Linux's i386, x86-64 and generic tables. It says which calls are implemented, with which parameters, and what of them is not there.</para>
/// </remarks>
/// <example>
/// <summary>Find calls by name.</summary>
/// <code>
/// Get-WasmSyscall open*
/// </code>
/// <para>Shows the numbers in each table and the parameters.</para>
/// </example>
/// <example>
/// <summary>What does 257 mean?</summary>
/// <code>
/// Get-WasmSyscall -Number 257 -Abi x86-64 | Format-List
/// </code>
/// <para>A list view has the manual page and what is not supported.</para>
/// </example>
/// <example>
/// <summary>Count what is implemented.</summary>
/// <code>
/// Get-WasmSyscall | Group-Object Support -NoElement
/// </code>
/// <para>Calls of support None answer ENOSYS.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmSyscall", DefaultParameterSetName = "Name")]
[OutputType(typeof(WasmSyscall))]
public sealed class GetWasmSyscallCommand : PSCmdlet
{
    /// <summary>Only calls with these names. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SyscallNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only calls with these numbers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Number")]
    public int[] Number { get; set; } = [];

    /// <summary>Whose numbers -Number means. By default x86-64.</summary>
    [Parameter(ParameterSetName = "Number")]
    [ValidateSet("i386", "x86-64", "generic")]
    public string Abi { get; set; } = "x86-64";

    /// <summary>Only calls that are supported to this degree.</summary>
    [Parameter]
    public WasmSyscallSupport[] Support { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Number")
        {
            foreach (var number in Number)
                WriteMatching(call => NumberOf(call) == number, number.ToString(CultureInfo.InvariantCulture), isPattern: false);
            return;
        }

        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            WriteMatching(call => pattern.IsMatch(call.Name), name, WildcardPattern.ContainsWildcardCharacters(name));
        }
    }

    private int? NumberOf(WasmSyscall call) => Abi switch
    {
        "i386" => call.I386,
        "generic" => call.Generic,
        _ => call.X64,
    };

    private void WriteMatching(Func<WasmSyscall, bool> wanted, string text, bool isPattern)
    {
        var found = SyscallListing.All.Where(wanted).ToList();
        if (found.Count == 0 && !isPattern)
            WriteError(ErrorRecords.Of("SyscallNotFound", ErrorCategory.ObjectNotFound, $"'{text}' is no system call of Linux.", text));
        WriteObject(found.Where(call => Support.Length == 0 || Support.Contains(call.Support)), enumerateCollection: true);
    }
}
