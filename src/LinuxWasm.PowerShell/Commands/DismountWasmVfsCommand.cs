using System.Management.Automation;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Completion;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Takes file systems out of a kernel's tree.</summary>
/// <remarks>
/// <para>It does what umount(2) does. A file system in which files are open, or which is a working directory, gives EBUSY; with -Lazy it goes from the tree at once, and from memory when its last file is closed.</para>
/// </remarks>
/// <example>
/// <summary>Take a mount away.</summary>
/// <code>
/// Start-WasmKernel
/// Mount-WasmVfs -Type tmpfs -Target /scratch
/// Dismount-WasmVfs /scratch
/// </code>
/// <para>What was in the tmpfs is gone.</para>
/// </example>
/// <example>
/// <summary>Take all host folders away.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmMount -Type host | Dismount-WasmVfs
/// </code>
/// <para>The folders themselves stay as they are.</para>
/// </example>
[Cmdlet(VerbsData.Dismount, "WasmVfs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class DismountWasmVfsCommand : KernelCommand
{
    private const int MntForce = 1;
    private const int MntDetach = 2;

    /// <summary>The places that the file systems cover.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MountTargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>Takes it away though requests are under way, where the file system knows how (MNT_FORCE).</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Takes it away even if it is in use (MNT_DETACH).</summary>
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
