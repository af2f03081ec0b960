using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Running;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Runs conformance cases on LinuxWasm, on real Linux, or on both.</summary>
/// <remarks>
/// <para>Each case is run once for each row of its matrix and for each system call table that has its calls. -Oracle runs them on the Linux beneath, by a confined agent that is built with the system's C compiler; it needs Linux on x86-64 and gcc or clang.</para>
/// <para>A run that fails as the suite's list of known differences says is Listed. -Compare lays what LinuxWasm and Linux stored side by side; where the
/// machine can't ask Linux, what was recorded beside the cases takes its place.</para>
/// <para>What failed says which step answered what, and where the step stands in its file.</para>
/// </remarks>
/// <example>
/// <summary>Run the cases of dup(2).</summary>
/// <code>
/// Invoke-WasmConformance dup/* | Group-Object Outcome -NoElement
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

    /// <summary>Runs them on LinuxWasm and on real Linux, and compares the answers.</summary>
    [Parameter]
    public SwitchParameter Compare { get; set; }

    /// <summary>How many runs are made at once. By default as many as there are processors.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = Math.Max(1, System.Environment.ProcessorCount);

    protected override void ProcessRecord() => _cases.AddRange(ParameterSetName == "Case" ? Case : ReadCases());

    protected override void EndProcessing()
    {
        var sources = _cases.SelectMany(one => one.Runs.Select(run => (Case: one, Run: run))).Where(pair => Abi is null || pair.Run.Abi.Name() == Abi).ToList();
        if (sources.Count == 0)
        {
            if (_cases.Count > 0)
                WriteWarning($"None of these cases has a run with {Abi}'s table.");
            return;
        }

        try
        {
            if (Compare)
                RunBoth(sources);
            else if (Oracle)
                RunOn("Linux", static () => new OracleTarget(), DifferenceList.Empty, sources);
            else
                RunOn("LinuxWasm", static () => new KernelTarget(), Differences(sources), sources);
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

    /// <summary>Where the pipeline ended early (Select-Object -First 1), the runs that have not begun are left out.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <summary>The list of known differences that goes with the cases' files.</summary>
    private DifferenceList Differences(List<(WasmConformanceCase Case, CaseRun Run)> sources)
    {
        try
        {
            return CaseSuite.FindDifferences(sources.Select(pair => pair.Case.Path).Distinct());
        }
        catch (CaseFormatException malformed)
        {
            ThrowTerminatingError(new ErrorRecord(malformed, "MalformedDifferences", ErrorCategory.ParserError, malformed.Position.File));
            throw;
        }
    }

    private void RunBoth(List<(WasmConformanceCase Case, CaseRun Run)> sources)
    {
        IReadOnlyList<CaseRun> runs = [.. sources.Select(pair => pair.Run)];
        var notes = new List<string>();
        var differences = Differences(sources);
        var comparison = SideBySide.AskLinux(runs, ThrottleLimit, notes.Add, cancel: _stop.Token);
        notes.ForEach(WriteWarning);
        var results = comparison.Compare(runs, ThrottleLimit, cancel: _stop.Token);
        WriteObject(results.Select((result, i) => new WasmConformanceResult(sources[i].Case, differences.Judge(result), $"LinuxWasm and {comparison.Name}")), enumerateCollection: true);
    }

    /// <summary>The runs are made on threads of their own; what comes of them is written by the pipeline's.</summary>
    private void RunOn(string name, Func<ICaseTarget> makeTarget, DifferenceList differences, List<(WasmConformanceCase Case, CaseRun Run)> sources)
    {
        var caseOf = sources.ToDictionary(pair => pair.Run, pair => pair.Case);
        var description = name;
        ICaseTarget Make()
        {
            var target = makeTarget();
            description = target.Description;
            return target;
        }

        // Not disposed of: where the pipeline ends early, runs that are under way still add to it.
        var results = new BlockingCollection<RunResult>();
        var work = Task.Run(() =>
        {
            try
            {
                SuiteRunner.Run([.. caseOf.Keys], Make, ThrottleLimit, results.Add, _stop.Token);
            }
            finally
            {
                results.CompleteAdding();
            }
        });
        var progress = new ProgressRecord(0, $"Conformance on {name}", "starting");
        var (done, failed) = (0, 0);
        foreach (var result in results.GetConsumingEnumerable().Select(differences.Judge))
        {
            done++;
            if (result.Outcome == Outcome.Failed)
                failed++;
            progress.PercentComplete = done * 100 / sources.Count;
            progress.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"{done} of {sources.Count} runs, {failed} failed");
            WriteProgress(progress);
            WriteObject(new WasmConformanceResult(caseOf[result.Run], result, description));
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
        work.GetAwaiter().GetResult();
    }
}
