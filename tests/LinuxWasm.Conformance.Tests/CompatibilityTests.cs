using LinuxWasm.Abi;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Reports;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Tests;

public sealed class CompatibilityTests
{
    [Fact]
    public void Each_call_of_the_kernel_stands_in_one_family()
    {
        var calls = CompatibilityDocument.Families.SelectMany(f => f.Calls).ToList();
        Assert.Empty(calls.GroupBy(c => c).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(calls, c => Assert.NotNull(SyscallNumbers.Find(c)));
        Assert.Empty(SyscallCatalogue.Entries.Select(e => e.Name).Distinct().Except(calls));
    }

    [Fact]
    public void The_document_says_what_is_there_what_is_missing_and_what_differs()
    {
        using var target = new KernelTarget();
        var runner = new CaseRunner(target);
        var results = RunnerTests.Runs("id: a/b\nabout: x\nsteps:\n  - open(\"/t\", O_RDONLY|O_DIRECTORY) = 3\n  - getpid() > 0\n  - sync() = any\n").Select(runner.Run).ToList();
        var text = CompatibilityDocument.Create(results, new DifferenceList([new ListedDifference("a/b", "because", [], results[0].Run.Case.Position)]), _ => null);
        Assert.Contains("| [getpid](https://man7.org/linux/man-pages/man2/getpid.2.html) | yes | yes | 1 | 2 | 2 | 0 | 0 |  |", text, StringComparison.Ordinal);
        Assert.Contains("| [waitpid](https://man7.org/linux/man-pages/man2/wait.2.html) | yes |  | 0 |", text, StringComparison.Ordinal);
        Assert.Contains("| [sync](https://man7.org/linux/man-pages/man2/sync.2.html) | yes | yes | 0 | 0 | 0 | 0 | 0 |  |", text, StringComparison.Ordinal);
        Assert.Contains("`O_DIRECTORY` 2", text, StringComparison.Ordinal);
        Assert.Contains("- `a/b`: because", text, StringComparison.Ordinal);
        Assert.Contains("`kexec_load`", text, StringComparison.Ordinal);
        Assert.Equal(text, CompatibilityDocument.Create(results, new DifferenceList([new ListedDifference("a/b", "because", [], results[0].Run.Case.Position)]), _ => null));
    }
}
