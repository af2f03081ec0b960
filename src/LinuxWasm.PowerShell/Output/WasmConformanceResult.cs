using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.PowerShell.Output;

/// <summary>What came of one run of a case.</summary>
public sealed class WasmConformanceResult
{
    internal WasmConformanceResult(WasmConformanceCase source, RunResult result, string target)
    {
        Case = source;
        Id = result.Run.Id;
        Abi = result.Run.Abi.Name();
        Target = target;
        Outcome = Enum.Parse<WasmConformanceOutcome>(result.Outcome.ToString());
        Reason = result.Reason;
        Failures = [.. result.Failures];
        Steps = [.. result.Steps.Select(step => new WasmConformanceStep(step))];
        Duration = result.Duration;
    }

    /// <summary>The case with its row of the matrix and its ABI: open/missing[flags=O_RDWR]@i386.</summary>
    public string Id { get; }

    public WasmConformanceOutcome Outcome { get; }

    /// <summary>Who answered: LinuxWasm or Linux, with the version.</summary>
    public string Target { get; }

    public string Abi { get; }

    /// <summary>Why it was not carried out; null where it was.</summary>
    public string? Reason { get; }

    /// <summary>What is not as the case says, each with its place in the file.</summary>
    public string[] Failures { get; }

    /// <summary>The reason, or the first failure without its place.</summary>
    public string Summary => Reason ?? Steps.Where(step => step.Failures.Length > 0).Select(step => $"{step.Step}: {step.Failures[0]}").Concat(Failures).FirstOrDefault() ?? "";

    /// <summary>The steps in the order in which they ended.</summary>
    public WasmConformanceStep[] Steps { get; }

    public TimeSpan Duration { get; }

    public WasmConformanceCase Case { get; }

    public override string ToString() => $"{Outcome} {Id}";
}

/// <summary>One call of a run.</summary>
public sealed class WasmConformanceStep
{
    internal WasmConformanceStep(StepResult step)
    {
        Step = step.Step.ToString();
        Call = step.Call;
        Result = step.Result?.ToString();
        Failures = [.. step.Failures];
        Position = step.Position.ToString();
    }

    /// <summary>Task and number: main.2.</summary>
    public string Step { get; }

    /// <summary>The call as the case has it.</summary>
    public string Call { get; }

    /// <summary>What it answered; null where it did not return.</summary>
    public string? Result { get; }

    public string[] Failures { get; }

    /// <summary>File, line and column.</summary>
    public string Position { get; }

    public override string ToString() => $"{Step}: {Call} = {Result ?? "?"}";
}

/// <summary>How a run ended.</summary>
public enum WasmConformanceOutcome
{
    Passed,
    Failed,

    /// <summary>Failed as the suite's list of known differences says.</summary>
    Listed,

    /// <summary>Not carried out, for a reason that lies with the machine or the case.</summary>
    Skipped,

    /// <summary>Not carried out, because LinuxWasm does not have one of the calls.</summary>
    NotImplemented,
}
