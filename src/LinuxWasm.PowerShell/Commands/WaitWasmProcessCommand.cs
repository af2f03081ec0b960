using System.Management.Automation;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Waits until processes have ended.</summary>
/// <remarks>
/// <para>One that has ended already is not waited for. Ctrl-C ends the waiting, not the processes.</para>
/// </remarks>
/// <example>
/// <summary>Wait for a program and see how it ended.</summary>
/// <code>
/// Start-WasmProcess ./exits.wasm 7 | Wait-WasmProcess -PassThru | ForEach-Object ExitStatus
/// </code>
/// <para>The exit status is 7.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "WasmProcess", DefaultParameterSetName = "Process")]
[OutputType(typeof(WasmProcess))]
public sealed class WaitWasmProcessCommand : ProcessCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Gives up after so many seconds, with an error for each process that still runs.</summary>
    [Parameter]
    [ValidateRange(0.001, 1e9)]
    public double TimeoutSeconds { get; set; } = 1e9;

    protected override void ProcessRecord()
    {
        var milliseconds = TimeoutSeconds >= int.MaxValue / 1000.0 ? Timeout.Infinite : (int)(TimeoutSeconds * 1000);
        foreach (var process in Named())
        {
            if (process.Guest is null)
            {
                WriteError(ErrorRecords.Of("NotStartedHere", ErrorCategory.InvalidOperation, $"{process} was not started from this session, so there is nothing to wait for.", process));
                continue;
            }

            try
            {
                if (!process.Guest.Completion.Wait(milliseconds, _stop.Token))
                    WriteError(ErrorRecords.Of("Timeout", ErrorCategory.OperationTimeout, $"{process} still runs after {TimeoutSeconds} s.", process));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (PassThru)
                WriteObject(process);
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();
}
