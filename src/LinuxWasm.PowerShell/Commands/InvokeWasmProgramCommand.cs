using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Streams;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.Machine.Processes;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Programs;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Runs a WebAssembly program to its end.</summary>
/// <remarks>
/// <para>The program makes Linux system calls, which the kernel answers. What is piped in is its standard input: bytes as they are, everything else as a line of text. Its standard output comes out as lines, as they are written. $LASTEXITCODE has its exit status afterwards; 128 and the signal's number where a signal ended it, which is an error, too.</para>
/// <para>Ctrl-C ends the program, and the kernel can be used on. The host's environment variables are not passed on.</para>
/// </remarks>
/// <example>
/// <summary>Run a program.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmProgram ./hello.wasm
/// $LASTEXITCODE
/// </code>
/// <para>The program is a file of the host here; a path that is there in the guest's tree comes first.</para>
/// </example>
/// <example>
/// <summary>Give it input and arguments.</summary>
/// <code>
/// Start-WasmKernel
/// 'b', 'a' | Invoke-WasmProgram ./cat.wasm
/// Invoke-WasmProgram ./args.wasm one 'two words' -Environment @{ LANG = 'C' }
/// </code>
/// <para>Arguments that begin with '-' are given with -ArgumentList, or in quotes behind it.</para>
/// </example>
/// <example>
/// <summary>Watch its system calls.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmProgram ./hello.wasm -TracePath ./hello.strace
/// Get-Content ./hello.strace
/// </code>
/// <para>The trace has strace's own format.</para>
/// </example>
/// <example>
/// <summary>End it when it takes too long.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmProgram ./loop.wasm -TimeoutSeconds 0.5 -ErrorAction SilentlyContinue
/// $LASTEXITCODE
/// </code>
/// <para>The exit status is 124, as timeout(1) has it.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "WasmProgram", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = "Path")]
[OutputType(typeof(string), typeof(byte))]
public sealed class InvokeWasmProgramCommand : ProgramCommand, IDisposable
{
    /// <summary>What timeout(1) answers when it had to end the program.</summary>
    private const int TimedOutStatus = 124;

    /// <summary>What a shell has for a program that Ctrl-C ended.</summary>
    private const int InterruptedStatus = 130;

    private readonly ProgramStreams _streams = new();
    private readonly LineSplitter _lines = new();
    private readonly LineSplitter _errorLines = new();
    private readonly MemoryStream _whole = new();
    private volatile GuestProcess? _process;
    private DateTime _deadline = DateTime.MaxValue;
    private bool _started;
    private bool _timedOut;

    /// <summary>What the program reads from standard input. Without a pipeline it reads the end of the file at once.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>Where lines go that the program writes to standard error. By default to the error stream.</summary>
    [Parameter]
    public StandardErrorTarget StandardError { get; set; }

    /// <summary>Gives standard output as bytes.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Gives all of standard output at the end as one text, or as one byte array with -AsByteStream.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Ends the program after so many seconds, with exit status 124.</summary>
    [Parameter]
    [ValidateRange(0.001, 1e9)]
    public double TimeoutSeconds { get; set; }

    protected override void ProcessRecord()
    {
        // A kernel that is piped in says where to run; it is no input.
        if (InputObject?.BaseObject is WasmKernel kernel && !_started)
        {
            Kernel = kernel;
            return;
        }

        if (!Start() || InputObject is null || !MyInvocation.ExpectingInput)
            return;
        var bytes = ProgramInput.Encode(InputObject);
        if (bytes.Length == 0)
            return;
        while (!_streams.TryOffer(bytes))
        {
            if (!_streams.Wait(forRoom: true, _deadline))
                return;
            TakeOutput();
            EndIfOverdue();
        }

        TakeOutput();
    }

    protected override void EndProcessing()
    {
        if (!Start())
            return;
        _streams.EndInput();
        while (_streams.Wait(forRoom: false, _deadline))
        {
            TakeOutput();
            EndIfOverdue();
        }

        TakeOutput();
        if (_process?.Wait() is not { } status)
            return;
        if (Stopping)
            SetExitStatus(InterruptedStatus);
        else
            Finish(status);
    }

    protected override void StopProcessing()
    {
        _process?.Kill();
        _streams.Close();
    }

    public void Dispose()
    {
        // Where the pipeline ended early (Select-Object -First 1), the program ends as one whose reader is gone.
        _process?.Kill();
        _streams.Close();
        _whole.Dispose();
    }

    /// <summary>Starts the program with the first input, or with the end of it. False where it does not run.</summary>
    private bool Start()
    {
        if (_started)
            return _process is not null;
        _started = true;
        var kernel = RequireKernel();
        if (!ShouldProcess($"{ProgramPath} in kernel '{kernel.Name}'", "Run program"))
            return false;
        _process = StartProgram(kernel, () => StandardFiles(kernel));
        _ = _process.Completion.ContinueWith(_ => _streams.EndGuest(), TaskScheduler.Default);
        if (TimeoutSeconds > 0)
            _deadline = DateTime.UtcNow + TimeSpan.FromSeconds(TimeoutSeconds);
        // Stopped while it was being loaded: StopProcessing has found nothing to end.
        if (Stopping)
            _process.Kill();
        return true;
    }

    private IReadOnlyList<OpenFile> StandardFiles(WasmKernel kernel)
    {
        var streams = new StreamFileSystem(kernel.Machine.Kernel);
        return
        [
            streams.OpenReader("stdin", _streams.OpenInput(), leaveOpen: false),
            streams.OpenWriter("stdout", _streams.OpenOutput(ProgramOutput.Standard)),
            streams.OpenWriter("stderr", _streams.OpenOutput(ProgramOutput.Error)),
        ];
    }

    private void TakeOutput()
    {
        while (_streams.TryTake(out var from, out var bytes))
        {
            if (from == ProgramOutput.Error)
            {
                foreach (var line in _errorLines.Add(bytes))
                    WriteErrorLine(line);
            }
            else if (Raw)
            {
                _whole.Write(bytes);
            }
            else if (AsByteStream)
            {
                WriteObject(bytes, enumerateCollection: true);
            }
            else
            {
                WriteObject(_lines.Add(bytes), enumerateCollection: true);
            }
        }
    }

    private void WriteErrorLine(string line)
    {
        switch (StandardError)
        {
            case StandardErrorTarget.Error:
                WriteError(ErrorRecords.Of("StandardError", ErrorCategory.FromStdErr, line, _process?.Name));
                break;
            case StandardErrorTarget.Information:
                WriteInformation(line, ["StandardError"]);
                break;
            case StandardErrorTarget.Output:
                WriteObject(line);
                break;
        }
    }

    private void EndIfOverdue()
    {
        if (_timedOut || DateTime.UtcNow < _deadline)
            return;
        _timedOut = true;
        _deadline = DateTime.MaxValue;
        _process!.Kill();
    }

    private void Finish(WaitStatus status)
    {
        if (_lines.Rest() is { } line)
            WriteObject(line);
        if (_errorLines.Rest() is { } errorLine)
            WriteErrorLine(errorLine);
        if (Raw)
            WriteObject(AsByteStream ? _whole.ToArray() : System.Text.Encoding.UTF8.GetString(_whole.ToArray()));
        SetExitStatus(_timedOut ? TimedOutStatus : status.ShellStatus);
        if (_timedOut)
            WriteError(ErrorRecords.Of("Timeout", ErrorCategory.OperationTimeout, $"{_process!.Name}: ended after {TimeoutSeconds} s (-TimeoutSeconds).", _process.Name));
        else if (status.TerminatingSignal != Signal.None)
            WriteError(ErrorRecords.Of(status.TerminatingSignal.ToString(), ErrorCategory.OperationStopped, DescribeEnd(status), _process!.Name));
    }

    private string DescribeEnd(WaitStatus status)
    {
        var faults = string.Join(System.Environment.NewLine, _process!.Faults);
        return faults.Length == 0 ? $"{_process.Name}: killed by {status.TerminatingSignal}." : $"{_process.Name}: {faults}";
    }
}

/// <summary>Where a program's standard error goes.</summary>
public enum StandardErrorTarget
{
    /// <summary>Each line becomes an error record.</summary>
    Error,

    /// <summary>Each line becomes an information record.</summary>
    Information,

    /// <summary>Each line stands between those of standard output.</summary>
    Output,

    /// <summary>It is thrown away.</summary>
    Ignore,
}
