using System.Globalization;
using System.Management.Automation;
using LinuxWasm.PowerShell.Calls;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Gets system calls from the catalogue: numbers, parameters and what of them is supported.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "WasmSyscall", DefaultParameterSetName = "Name")]
[OutputType(typeof(WasmSyscall))]
public sealed class GetWasmSyscallCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SyscallNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = "Number")]
    public int[] Number { get; set; } = [];

    [Parameter(ParameterSetName = "Number")]
    [ValidateSet("i386", "x86-64", "generic")]
    public string Abi { get; set; } = "x86-64";

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
