using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Running;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Runs conformance cases on LinuxWasm, on real Linux, or on both.</summary>
/// <remarks>
/// <para>Each case is run once for each row of its matrix and for each system call table that has its calls. -Oracle runs them on the Linux beneath, by a confined agent that is built with the system's C compiler; it needs Linux on x86-64 and gcc or clang.</para>
/// <para>What failed says which step answered what, and where the step stands in its file.</para>
/// </remarks>
/// <example>
/// <summary>Run the cases about descriptors.</summary>
/// <code>
/// Invoke-WasmConformance descriptors/* | Group-Object Outcome -NoElement
/// </code>
/// <para>Cases of calls that are not there yet are NotImplemented, not failed.</para>
/// </example>
/// <example>
/// <summary>See why something failed.</summary>
/// <code>
/// Get-WasmConformanceCase -Tag pipe* | Invoke-WasmConformance | Where-Object Outcome -eq Failed | Format-List
/// </code>
/// <para>Failures has each difference with file, line and column.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "WasmConformance", DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmConformanceResult))]
public sealed class InvokeWasmConformanceCommand : CaseCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<WasmConformanceCase> _cases = [];

    /// <summary>Cases from Get-WasmConformanceCase.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Case", ValueFromPipeline = true)]
    [ValidateNotNull]
    public WasmConformanceCase[] Case { get; set; } = [];

    /// <summary>Only runs with this table.</summary>
    [Parameter]
    [ValidateSet("i386", "x86-64")]
    public string? Abi { get; set; }

    /// <summary>Runs them on real Linux.</summary>
    [Parameter]
    public SwitchParameter Oracle { get; set; }

    /// <summary>Runs them on LinuxWasm and on real Linux.</summary>
    [Parameter]
    public SwitchParameter Compare { get; set; }

    /// <summary>How many runs are made at once. By default as many as there are processors.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = Math.Max(1, System.Environment.ProcessorCount);

    protected override void ProcessRecord() => _cases.AddRange(ParameterSetName == "Case" ? Case : ReadCases());

    protected override void EndProcessing()
    {
        try
        {
            if (!Oracle)
                Run("LinuxWasm", static () => new KernelTarget());
            if (Oracle || Compare)
                Run("Linux", static () => new OracleTarget());
        }
        catch (TargetException unusable)
        {
            ThrowTerminatingError(new ErrorRecord(unusable, "OracleUnavailable", ErrorCategory.ResourceUnavailable, targetObject: null));
        }
        catch (OperationCanceledException)
        {
            // Stopped: what was there has been written.
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    /// <summary>The runs are made on threads of their own; what comes of them is written by the pipeline's.</summary>
    private void Run(string name, Func<ICaseTarget> makeTarget)
    {
        var sources = _cases.SelectMany(one => one.Runs.Select(run => (one, run))).Where(pair => Abi is null || pair.run.Abi.Name() == Abi).ToList();
        var bySource = sources.ToDictionary(pair => pair.run, pair => pair.one);
        if (sources.Count == 0)
            return;
        var description = name;
        ICaseTarget Make()
        {
            var target = makeTarget();
            description = target.Description;
            return target;
        }

        using var results = new BlockingCollection<RunResult>();
        var work = Task.Run(() =>
        {
            try
            {
                SuiteRunner.Run([.. sources.Select(pair => pair.run)], Make, ThrottleLimit, results.Add, _stop.Token);
            }
            finally
            {
                results.CompleteAdding();
            }
        });
        var progress = new ProgressRecord(0, $"Conformance on {name}", "starting");
        var (done, failed) = (0, 0);
        foreach (var result in results.GetConsumingEnumerable(_stop.Token))
        {
            done++;
            if (result.Outcome == Outcome.Failed)
                failed++;
            progress.PercentComplete = done * 100 / sources.Count;
            progress.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"{done} of {sources.Count} runs, {failed} failed");
            WriteProgress(progress);
            WriteObject(new WasmConformanceResult(bySource[result.Run], result, description));
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
        work.GetAwaiter().GetResult();
    }
}
