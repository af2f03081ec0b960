using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Stops kernels: their processes end, their files are gone.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "WasmKernel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(WasmKernel))]
public sealed class StopWasmKernelCommand : KernelCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

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
