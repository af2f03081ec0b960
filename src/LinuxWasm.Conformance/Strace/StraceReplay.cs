using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Conformance.Strace.Import;
using LinuxWasm.Kernel.Syscalls;
using GuestAbi = LinuxWasm.Conformance.Cases.GuestAbi;

namespace LinuxWasm.Conformance.Strace;

/// <summary>The calls of a log after they were made again.</summary>
/// <param name="Calls">Every call of the log, with what became of it now.</param>
public sealed record ReplayedLog(ImportedLog Log, IReadOnlyList<ImportedCall> Calls)
{
    public int Count(Fate fate) => Calls.Count(c => c.Fate == fate);

    /// <summary>Of the calls that could be made at all, how many gave what the log says: 0 to 1.</summary>
    /// <remarks>A call that is not understood counts as one that failed: that it was not made is the importer's fault.</remarks>
    public double Share => Calls.Count(c => c.Fate != Fate.NotImplemented) is var made and > 0 ? (double)Count(Fate.Replayed) / made : 1;
}

/// <summary>Makes the calls of an imported log again.</summary>
public static class StraceReplay
{
    /// <summary>Whether LinuxWasm's kernel has a call.</summary>
    public static bool KernelHas(string call, GuestAbi abi) => SyscallCatalogue.Find(KernelTarget.TableOf(abi), call) is not null;

    public static ReplayedLog Run(ImportedLog log, ICaseTarget target)
    {
        if (log.Yaml is null)
            return new ReplayedLog(log, log.Calls);
        var file = CaseFile.Parse("imported case", log.Yaml);
        if (file.Errors.Count > 0)
            throw file.Errors[0];
        var result = new CaseRunner(target).Run(file.Cases.SelectMany(CaseExpander.Expand).First());
        var steps = result.Steps.ToDictionary(s => s.Step);
        return new ReplayedLog(log, [.. log.Calls.Select(Judge)]);

        ImportedCall Judge(ImportedCall call)
        {
            if (call.Step is not var (task, number))
                return call;
            if (!steps.TryGetValue(new StepReference(task, number), out var step))
                return call with { Fate = Fate.Differs, Reason = "not reached: " + (result.Reason ?? "the run ended before it") };
            return step.Failures.Count == 0 ? call : call with { Fate = Fate.Differs, Reason = string.Join("; ", step.Failures) };
        }
    }
}
