using System.Management.Automation;
using LinuxWasm.Machine.Hosting;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Runs a guest's shell, or another program, in the terminal that PowerShell stands in.</summary>
/// <remarks>
/// <para>The program has the terminal for its own until it ends: it edits lines, and Ctrl-C and Ctrl-Z go to the guest, whose shell has job control. It learns of the
/// window's size, and TERM is set as it is outside. Afterwards the terminal is PowerShell's again, and $LASTEXITCODE has the exit status.</para>
/// <para>It needs a terminal of Linux or macOS: where standard input or output is redirected, and on Windows, use Invoke-WasmProgram.</para>
/// </remarks>
/// <example>
/// <summary>Work in a guest's shell.</summary>
/// <code>
/// Start-WasmKernel
/// Mount-WasmVfs -Type host -Source ./programs -Target /bin -ReadOnly
/// Enter-WasmShell /bin/bash -Environment @{ PATH = '/bin' }
/// </code>
/// <para>Programs that the shell is to find need execute permission.</para>
/// </example>
[Cmdlet(VerbsCommon.Enter, "WasmShell", DefaultParameterSetName = "Path")]
public sealed class EnterWasmShellCommand : ProgramCommand
{
    private volatile GuestProcess? _process;

    protected override void EndProcessing()
    {
        var kernel = RequireKernel();
        if (!Environment.Contains("TERM") && System.Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } type)
            Environment = new System.Collections.Hashtable(Environment) { ["TERM"] = type };
        using (var terminal = ConsoleTerminal.TryTake(kernel.Machine))
        {
            if (terminal is null)
            {
                ThrowTerminatingError(ErrorRecords.Of(
                    "NoTerminal",
                    ErrorCategory.DeviceError,
                    "Enter-WasmShell needs a terminal of Linux or macOS for standard input and output; Invoke-WasmProgram does without one.",
                    ProgramPath));
                return;
            }

            _process = StartProgram(kernel, terminal.OpenStandardFiles, terminal.Guest);
            terminal.Start();
            if (Stopping)
                _process.Kill();
            _process.Wait();
        }

        if (_process.Wait() is { } status)
            SetExitStatus(status.ShellStatus);
        foreach (var fault in _process.Faults)
            WriteError(ErrorRecords.Of("Fault", ErrorCategory.OperationStopped, $"{_process.Name}: {fault}", _process.Name));
    }

    protected override void StopProcessing() => _process?.Kill();
}
