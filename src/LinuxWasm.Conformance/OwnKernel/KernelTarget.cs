using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Syscalls;
using GuestAbi = LinuxWasm.Conformance.Cases.GuestAbi;

namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>LinuxWasm's own kernel, driven without WebAssembly: a task is a thread of the harness that makes the calls it is told to.</summary>
public sealed class KernelTarget : ICaseTarget
{
    private readonly WorkerPool _workers = new();

    public string Description => "LinuxWasm " + typeof(LinuxWasm.Kernel.LinuxKernel).Assembly.GetName().Version?.ToString(3);

    public string? ReasonToSkip(CaseRun run)
    {
        var missing = run.Calls.Where(call => !CallTable.IsPseudo(call) && SyscallCatalogue.Find(TableOf(run.Abi), call) is null).Order().ToList();
        return missing.Count == 0 ? null : "not implemented: " + string.Join(", ", missing);
    }

    public ICaseSession Begin(CaseRun run) => new KernelSession(run.Abi, _workers);

    public void Dispose() => _workers.Dispose();

    internal static SyscallTable TableOf(GuestAbi abi) => abi == GuestAbi.I386 ? SyscallTable.I386 : SyscallTable.X64;
}
