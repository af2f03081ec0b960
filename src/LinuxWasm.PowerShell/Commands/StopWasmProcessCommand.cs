using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Sends processes a signal, which ends them unless they handle it.</summary>
/// <remarks>
/// <para>It is SIGTERM unless -Signal says otherwise; -Force sends SIGKILL, which no process can handle. Wait-WasmProcess waits until they have ended.</para>
/// </remarks>
/// <example>
/// <summary>End a process.</summary>
/// <code>
/// Start-WasmKernel
/// Start-WasmProcess ./loop.wasm | Stop-WasmProcess -PassThru | Wait-WasmProcess -PassThru | ForEach-Object Signal
/// </code>
/// <para>It was ended by SIGTERM.</para>
/// </example>
/// <example>
/// <summary>End processes by number or name.</summary>
/// <code>
/// Start-WasmKernel
/// $process = Start-WasmProcess ./loop.wasm
/// Start-WasmProcess ./loop.wasm
/// Stop-WasmProcess $process.ProcessId
/// Stop-WasmProcess loop* -Force
/// </code>
/// <para>What a wildcard finds never includes the processes named host, with which the session makes its calls.</para>
/// </example>
/// <example>
/// <summary>Stop one for a while.</summary>
/// <code>
/// Start-WasmKernel
/// $process = Start-WasmProcess ./loop.wasm
/// $process | Stop-WasmProcess -Signal SIGSTOP
/// $process | Stop-WasmProcess -Signal SIGCONT
/// $process | Stop-WasmProcess -Force
/// </code>
/// <para>Any signal can be sent, by name or by number.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "WasmProcess", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Process")]
[OutputType(typeof(WasmProcess))]
public sealed class StopWasmProcessCommand : ProcessCommand
{
    /// <summary>The signal, by its name or number. By default SIGTERM.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SignalCompleter))]
    [ValidateNotNullOrEmpty]
    public string Signal { get; set; } = "SIGTERM";

    /// <summary>Sends SIGKILL.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        Signal signal;
        try
        {
            signal = Force ? Abi.Signal.SIGKILL : SignalName.Parse(Signal);
        }
        catch (FormatException unknown)
        {
            ThrowTerminatingError(new ErrorRecord(unknown, "InvalidSignal", ErrorCategory.InvalidArgument, Signal));
            return;
        }

        foreach (var process in Named())
        {
            if (process.State == WasmProcessState.Ended || !ShouldProcess($"{process} in kernel '{process.Kernel.Name}'", $"Send {signal}"))
                continue;
            var error = process.Group.Send(SignalInfo.FromKernel(signal));
            if (error != Errno.None)
                WriteError(ErrorRecords.Of(error, process.ToString(), process));
            if (PassThru)
                WriteObject(process);
        }
    }
}
