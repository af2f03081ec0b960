using System.Management.Automation;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Completion;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Takes file systems out of a kernel's tree.</para>
/// </summary>
[Cmdlet(VerbsData.Dismount, "WasmVfs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class DismountWasmVfsCommand : KernelCommand
{
    private const int MntForce = 1;
    private const int MntDetach = 2;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MountTargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Lazy { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        foreach (var target in Target)
        {
            if (!ShouldProcess($"{target} in kernel '{kernel.Name}'", "Dismount"))
                continue;
            try
            {
                kernel.Machine.Provision(tree => tree.Unmount(target, (Force ? MntForce : 0) | (Lazy ? MntDetach : 0)));
            }
            catch (GuestTreeException refused)
            {
                WriteError(ErrorRecords.Of(refused, target));
            }
        }
    }
}
