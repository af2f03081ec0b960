using System.Diagnostics;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>Carries out runs on a target and judges them.</summary>
public sealed class CaseRunner(ICaseTarget target)
{
    /// <summary>How long a call that should return may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public ICaseTarget Target => target;

    public RunResult Run(CaseRun run)
    {
        var watch = Stopwatch.StartNew();
        if (target.ReasonToSkip(run) is { } reason)
        {
            return new RunResult
            {
                Run = run,
                Outcome = reason.StartsWith("not implemented", StringComparison.Ordinal) ? Outcome.NotImplemented : Outcome.Skipped,
                Reason = reason,
            };
        }

        var execution = new CaseExecution(run, Patience);
        string? broken = null;
        try
        {
            using var session = target.Begin(run);
            execution.Execute(session);
        }
        catch (TargetException error)
        {
            broken = error.Message;
        }
        catch (EvaluationException error)
        {
            broken = error.Message;
        }

        // A step that did not run is a failure, whatever else went well; and a run without a step has shown nothing.
        if (broken is null && execution.Steps.Count != run.StepCount)
            broken = execution.Stuck ?? $"{execution.Steps.Count} of {run.StepCount} steps ran";
        else if (broken is null && run.StepCount == 0)
            broken = "no step ran";
        var failed = broken is not null || execution.EndFailures.Count > 0 || execution.Steps.Any(s => s.Failures.Count > 0);
        return new RunResult
        {
            Run = run,
            Outcome = failed ? Outcome.Failed : Outcome.Passed,
            Reason = broken,
            ReasonPosition = broken is null ? null : execution.At,
            Steps = execution.Steps,
            EndFailures = execution.EndFailures,
            Duration = watch.Elapsed,
        };
    }
}
