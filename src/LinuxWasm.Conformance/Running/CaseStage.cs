using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>What a run needs before its first step and between its steps: the tree, the memory, and the tasks as their time comes.</summary>
internal sealed class CaseStage
{
    private readonly CaseRun _run;
    private readonly ICaseSession _session;
    private readonly ulong _scratch;

    public CaseStage(CaseRun run, ICaseSession session)
    {
        _run = run;
        _session = session;
        _scratch = session.MemoryBase + 0x100000;
        var plan = new MemoryPlan(run, session);
        Init = new HarnessCalls(session.Init, GuestAbi.X8664, _scratch);
        new TreeBuilder(run, Init).Build();
        var captures = new Dictionary<string, Value>();
        Tasks = [.. run.Tasks.Select((task, i) => new RunningTask(run, task, i, plan, session, captures))];
    }

    /// <summary>The calls of the first process, which may do everything.</summary>
    public HarnessCalls Init { get; }

    /// <summary>In the case's order.</summary>
    public IReadOnlyList<RunningTask> Tasks { get; }

    public HarnessCalls CallsOf(ICaseTask task) => new(task, _run.Abi, _scratch);

    /// <summary>Makes the tasks whose time has come, before anybody takes a turn: threads and forks come out of a first task that is at rest.</summary>
    public void StartTasks(IReadOnlySet<StepReference> done)
    {
        foreach (var task in Tasks.Where(t => t.Handle is null && t.Spec.Origin != TaskOrigin.Child && (t.Spec.After is not { } after || done.Contains(after))))
        {
            if (task.Spec.Origin != TaskOrigin.Process && (Tasks[0].Handle is null || Tasks[0].IsBlocked))
                continue;
            var handle = task.Spec.Origin switch
            {
                TaskOrigin.Thread => _session.CreateThread(Tasks[0].Handle!),
                TaskOrigin.Fork => _session.Fork(Tasks[0].Handle!),
                _ => _session.CreateProcess(),
            };
            var identity = task.Spec.Identity ?? (task.Spec.Origin == TaskOrigin.Process ? _run.Identity : null);
            if (identity is not null)
                new IdentityCalls(_run, CallsOf(handle)).Apply(identity);
            task.Start(handle, writeImage: task.Spec.Origin == TaskOrigin.Process);
        }
    }
}
