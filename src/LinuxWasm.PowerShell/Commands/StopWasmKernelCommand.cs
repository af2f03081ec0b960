using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Stops kernels: their processes end, their files are gone.</summary>
/// <remarks>
/// <para>Folders of the host that were mounted stay as they are. Commands that wait for something in the kernel come back.</para>
/// </remarks>
/// <example>
/// <summary>Stop the current kernel.</summary>
/// <code>
/// Start-WasmKernel
/// Stop-WasmKernel
/// </code>
/// <para>The kernel that was started before it, if it still runs, is the current one again.</para>
/// </example>
/// <example>
/// <summary>Stop all kernels.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmKernel | Stop-WasmKernel
/// </code>
/// <para>Without kernels this does nothing.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "WasmKernel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(WasmKernel))]
public sealed class StopWasmKernelCommand : KernelCommand
{
    /// <summary>The kernel to stop: an object, an id or a name. By default the session's current kernel.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    /// <summary>Gives the stopped kernel.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        if (!ShouldProcess($"kernel '{kernel.Name}' with {kernel.ProcessCount} processes", "Stop"))
            return;
        kernel.Stop();
        if (PassThru)
            WriteObject(kernel);
    }
}
