using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Coverage;

/// <summary>How the suite covers one call that the kernel implements.</summary>
/// <param name="Cases">How many cases say what the call gives.</param>
/// <param name="Errors">In how many of them it gives an error.</param>
public sealed record CallCoverage(string Call, int Cases, int Errors)
{
    /// <summary>Fewer cases say too little about a call.</summary>
    public const int EnoughCases = 3;

    /// <summary>
    /// Calls without an error of their own: their manual pages say that they are always successful, they do not return, or (brk) the kernel's
    /// call says by its value alone that it did nothing.
    /// </summary>
    private static readonly HashSet<string> _infallible =
    [
        "alarm", "brk", "exit", "exit_group", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getpgrp", "getpid", "getppid",
        "gettid", "getuid", "getuid32", "munlockall", "personality", "rt_sigreturn", "sched_yield", "set_tid_address", "setfsgid", "setfsgid32", "setfsuid",
        "setfsuid32", "sgetmask", "sigreturn", "ssetmask", "sync", "umask",
    ];

    /// <summary>Calls that take their arguments from the frame of a signal's handler, which only a handler's end can make rightly.</summary>
    private static readonly HashSet<string> _unspoken = ["rt_sigreturn", "sigreturn"];

    public bool CanFail => !_infallible.Contains(Call);

    public bool IsEnough => _unspoken.Contains(Call) || (Cases >= EnoughCases && (Errors > 0 || !CanFail));

    /// <summary>The calls of the generated catalogue that a table which cases are run for has, with the cases about them.</summary>
    public static IReadOnlyList<CallCoverage> Of(IEnumerable<ConformanceCase> cases)
    {
        var said = new Dictionary<string, (int Cases, int Errors)>();
        foreach (var one in cases)
        {
            var steps = CaseExpander.Expand(one).SelectMany(run => run.Tasks).SelectMany(task => task.Steps).Where(step => !step.AnyResult).ToList();
            foreach (var call in steps.GroupBy(step => step.Call.Name))
            {
                var (count, errors) = said.GetValueOrDefault(call.Key);
                said[call.Key] = (count + 1, errors + (call.Any(GivesError) ? 1 : 0));
            }
        }

        return
        [
            .. SyscallCatalogue.Entries
                .Where(entry => (entry.Tables & (SyscallTable.I386 | SyscallTable.X64)) != 0)
                .Select(entry => entry.Name).Distinct().Order(StringComparer.Ordinal)
                .Select(name => new CallCoverage(name, said.GetValueOrDefault(name).Cases, said.GetValueOrDefault(name).Errors)),
        ];
    }

    private static bool GivesError(StepSpec step) => step.Expected is { } expected && step.Relation is "==" or "in" && IsError(step.Expected!);

    private static bool IsError(Expression expected) => expected switch
    {
        NameExpression name => ConstantTable.FindErrno(name.Name) is not null,
        ListExpression list => list.Items.All(IsError),
        _ => false,
    };
}
