using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Syscalls;
using GuestAbi = LinuxWasm.Conformance.Cases.GuestAbi;

namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>LinuxWasm's own kernel, driven without WebAssembly: a task is a thread of the harness that makes the calls it is told to.</summary>
public sealed class KernelTarget : ICaseTarget
{
    /// <summary>
    /// What a case may require that the kernel does not have yet though it has the calls: the constants and paths that stand for it in a step.
    /// </summary>
    private static readonly Dictionary<string, Func<string, bool>> _missingFeatures = new()
    {
        ["pidfd"] = static word => word is "CLONE_PIDFD" or "P_PIDFD",
    };

    private readonly WorkerPool _workers = new();

    public string Description => "LinuxWasm " + typeof(LinuxWasm.Kernel.LinuxKernel).Assembly.GetName().Version?.ToString(3);

    public string? ReasonToSkip(CaseRun run)
    {
        var missing = run.Calls.Where(call => !CallTable.IsPseudo(call) && SyscallCatalogue.Find(TableOf(run.Abi), call) is null).Order().ToList();
        foreach (var feature in run.Case.Requires.Features.Where(_missingFeatures.ContainsKey))
            missing.AddRange(Uses(run, _missingFeatures[feature]).Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty(feature));
        return missing.Count == 0 ? null : "not implemented: " + string.Join(", ", missing);
    }

    public ICaseSession Begin(CaseRun run) => new KernelSession(run.Abi, _workers);

    public void Dispose() => _workers.Dispose();

    /// <summary>Such as <c>ioctl(TIOCSPGRP)</c> and <c>open(/dev/ptmx)</c>.</summary>
    private static IEnumerable<string> Uses(CaseRun run, Func<string, bool> isMissing) =>
        from step in run.Tasks.SelectMany(task => task.Steps)
        from argument in step.Call.Arguments
        from word in Words(argument)
        where isMissing(word)
        select $"{step.Call.Name}({word})";

    private static IEnumerable<string> Words(Expression argument) => argument switch
    {
        NameExpression name => [name.Name],
        TextExpression text => [System.Text.Encoding.UTF8.GetString(text.Bytes)],
        BinaryExpression binary => Words(binary.Left).Concat(Words(binary.Right)),
        _ => [],
    };

    internal static SyscallTable TableOf(GuestAbi abi) => abi == GuestAbi.I386 ? SyscallTable.I386 : SyscallTable.X64;
}
