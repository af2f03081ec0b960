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
/// Start-WasmKernel
/// Start-WasmProcess ./exits.wasm 7 | Wait-WasmProcess -PassThru | ForEach-Object ExitStatus
/// </code>
/// <para>The exit status is 7.</para>
/// </example>
/// <example>
/// <summary>Wait for whatever still runs.</summary>
/// <code>
/// Start-WasmKernel
/// Start-WasmProcess ./exits.wasm 1
/// Start-WasmProcess ./exits.wasm 2
/// Get-WasmProcess | Wait-WasmProcess
/// </code>
/// <para>Processes can be named by their numbers, by their names with wildcards, or piped in.</para>
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
            try
            {
                if (!HasEnded(process, milliseconds))
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

    private bool HasEnded(WasmProcess process, int milliseconds)
    {
        if (process.Guest is { } started)
            return started.Completion.Wait(milliseconds, _stop.Token);
        // A child of a program: only its parent is told of its end, so the host looks every now and then.
        const int Pause = 20;
        var deadline = milliseconds == Timeout.Infinite ? long.MaxValue : Environment.TickCount64 + milliseconds;
        while (process.State != WasmProcessState.Ended)
        {
            if (Environment.TickCount64 >= deadline)
                return false;
            if (_stop.Token.WaitHandle.WaitOne(Pause))
                _stop.Token.ThrowIfCancellationRequested();
        }

        return true;
    }

    protected override void StopProcessing() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();
}
