using System.Management.Automation;
using LinuxWasm.Machine.Processes;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;
using LinuxWasm.PowerShell.Programs;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Shows the system calls of a process as it makes them.</summary>
/// <remarks>
/// <para>The process is one that was started before, from Start-WasmProcess or Get-WasmProcess. The command goes on until the process ends; Ctrl-C ends the tracing, and
/// the process goes on. Calls that it made before are not seen: Invoke-WasmProgram and Start-WasmProcess have -TracePath for those.</para>
/// </remarks>
/// <example>
/// <summary>The first calls of a process from now on.</summary>
/// <code>
/// Start-WasmKernel
/// $process = Start-WasmProcess ./cat.wasm /dev/zero
/// $process | Trace-WasmSyscall | Select-Object -First 3
/// $process | Stop-WasmProcess -Force
/// </code>
/// <para>Records have name, value, error and the line that strace would print.</para>
/// </example>
/// <example>
/// <summary>As strace's own text, and only some calls.</summary>
/// <code>
/// Start-WasmKernel
/// $process = Start-WasmProcess ./cat.wasm /dev/zero
/// $process | Trace-WasmSyscall -Name write -AsText | Select-Object -First 3
/// $process | Stop-WasmProcess -Force
/// </code>
/// <para>Names are those of the table that the program uses.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Trace, "WasmSyscall")]
[OutputType(typeof(WasmSyscallTrace), typeof(string))]
public sealed class TraceWasmSyscallCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The process, as Start-WasmProcess and Get-WasmProcess give it, or its number in the session's current kernel.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [WasmProcessTransformation]
    [ArgumentCompleter(typeof(ProgramProcessCompleter))]
    [ValidateNotNull]
    public WasmProcess Process { get; set; } = null!;

    /// <summary>Only calls with these names. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SyscallNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Gives strace's lines in place of records.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    protected override void ProcessRecord()
    {
        if (Process.Guest is not { } guest)
        {
            WriteError(ErrorRecords.Of("NotStartedHere", ErrorCategory.InvalidOperation, $"{Process} was not started from this session, so it can't be traced.", Process));
            return;
        }

        var patterns = Name.Select(name => WildcardPattern.Get(name, WildcardOptions.None)).ToList();
        var tracer = new RecordingTracer(_stop.Token);
        _ = guest.Completion.ContinueWith(_ => tracer.Complete(), TaskScheduler.Default);
        Attach(guest, tracer);
        try
        {
            foreach (var record in tracer.Records.Where(record => patterns.Exists(pattern => pattern.IsMatch(record.Name))))
                WriteObject(AsText ? record.Text : record);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
        finally
        {
            Attach(guest, null);
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Where the pipeline ended early, a guest that waits for it goes on.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static void Attach(GuestProcess guest, RecordingTracer? tracer)
    {
        foreach (var task in guest.MainTask.Group.Tasks)
            task.Tracer = tracer;
    }
}
