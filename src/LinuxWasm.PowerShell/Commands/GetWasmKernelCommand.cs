using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Gets the kernels that run in this session.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "WasmKernel", DefaultParameterSetName = "Name")]
[OutputType(typeof(WasmKernel))]
public sealed class GetWasmKernelCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    public int[] Id { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "Current")]
    public SwitchParameter Current { get; set; }

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Current":
                if (KernelRegistry.Current.Selected is { } selected)
                    WriteObject(selected);
                break;
            case "Id":
                foreach (var id in Id)
                    WriteOrMiss(kernel => kernel.Id == id, $"No kernel with the id {id} runs in this session.", id);
                break;
            default:
                foreach (var name in Name)
                    WriteMatching(name);
                break;
        }
    }

    private void WriteMatching(string name)
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        if (WildcardPattern.ContainsWildcardCharacters(name))
            WriteObject(KernelRegistry.Current.Kernels.Where(kernel => pattern.IsMatch(kernel.Name)), enumerateCollection: true);
        else
            WriteOrMiss(kernel => pattern.IsMatch(kernel.Name), $"No kernel named '{name}' runs in this session.", name);
    }

    private void WriteOrMiss(Func<WasmKernel, bool> wanted, string message, object target)
    {
        var found = KernelRegistry.Current.Kernels.Where(wanted).ToList();
        if (found.Count == 0)
            WriteError(ErrorRecords.Of("KernelNotFound", ErrorCategory.ObjectNotFound, message, target));
        WriteObject(found, enumerateCollection: true);
    }
}
