using System.Management.Automation;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What all commands share that work on a kernel.</summary>
public abstract class KernelCommand : PSCmdlet
{
    /// <summary>The kernel to work on: an object from Start-WasmKernel or Get-WasmKernel, an id or a name. Without it, the session's current kernel, which is the one that was started last.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public virtual WasmKernel? Kernel { get; set; }

    /// <summary>The kernel that was named, or the session's current one; ends the command where there is none.</summary>
    private protected WasmKernel RequireKernel()
    {
        var kernel = Kernel ?? KernelRegistry.Current.Selected;
        if (kernel is null)
        {
            var none = ErrorRecords.Of("NoKernel", ErrorCategory.ObjectNotFound, "No kernel runs in this session. Start-WasmKernel starts one.");
            none.ErrorDetails = new ErrorDetails(none.Exception.Message) { RecommendedAction = "Start-WasmKernel" };
            ThrowTerminatingError(none);
        }

        if (kernel!.State == WasmKernelState.Stopped)
            ThrowTerminatingError(ErrorRecords.Of("KernelStopped", ErrorCategory.ObjectNotFound, $"The kernel '{kernel.Name}' has been stopped. Get-WasmKernel lists those that run.", kernel));
        return kernel;
    }
}
