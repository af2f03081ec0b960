using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets the kernels that run in this session.</summary>
/// <remarks>
/// <para>Without parameters it gets all of them. The current one, which commands without -Kernel use, has a star in the table.</para>
/// </remarks>
/// <example>
/// <summary>List the kernels.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmKernel
/// </code>
/// <para>Shows id, name, clock, limits and how many processes and mounts each has.</para>
/// </example>
/// <example>
/// <summary>Get the current kernel.</summary>
/// <code>
/// Start-WasmKernel
/// (Get-WasmKernel -Current).HostName
/// </code>
/// <para>The current kernel is the one that was started last.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmKernel", DefaultParameterSetName = "Name")]
[OutputType(typeof(WasmKernel))]
public sealed class GetWasmKernelCommand : PSCmdlet
{
    /// <summary>Only kernels with these names. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only kernels with these ids.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    public int[] Id { get; set; } = [];

    /// <summary>Only the session's current kernel; nothing where none runs.</summary>
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
