using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Explaining;

/// <summary>What happens in one turn of a run that goes as its case says.</summary>
internal enum TurnKind
{
    /// <summary>A step from its call to its result.</summary>
    Step,

    /// <summary>A call that will sleep is begun.</summary>
    Begin,

    /// <summary>A call that slept returns.</summary>
    Finish,

    /// <summary>A task that slept has been ended by another.</summary>
    Gone,

    /// <summary>A declared task is made.</summary>
    Start,
}

/// <param name="Task">Whose turn it is, or the task that is made.</param>
/// <param name="Step">Counted from 0.</param>
/// <param name="AfterSleep">A call that sleeps, or ends its task, was begun in the turn before.</param>
internal sealed record Turn(int Number, TurnKind Kind, TaskSpec Task, int Step, bool AfterSleep);

/// <summary>The order of all turns, as <see cref="Running.CaseExecution"/> finds it while it runs, for who has to know it beforehand.</summary>
internal static class TurnPlan
{
    public static IReadOnlyList<Turn> Of(CaseRun run)
    {
        var turns = new List<Turn>();
        var next = run.Tasks.ToDictionary(t => t.Name, _ => 0);
        var started = new HashSet<string>();
        var blocked = new HashSet<string>();
        var done = new HashSet<StepReference>();
        var restless = false;

        void Add(TurnKind kind, TaskSpec task, int step)
        {
            turns.Add(new Turn(turns.Count, kind, task, step, restless));
            restless = kind == TurnKind.Begin || (kind == TurnKind.Step && task.Steps[step].NoReturn);
        }

        void StartTasks()
        {
            var first = run.Tasks[0];
            foreach (var task in run.Tasks.Where(t => t.Origin != TaskOrigin.Child && !started.Contains(t.Name) && (t.After is null || done.Contains(t.After))))
            {
                if (task.Origin != TaskOrigin.Process && (!started.Contains(first.Name) || blocked.Contains(first.Name)))
                    continue;
                Add(TurnKind.Start, task, 0);
                started.Add(task.Name);
            }
        }

        bool CanGoOn(TaskSpec task, bool othersStuck)
        {
            if (!started.Contains(task.Name) || next[task.Name] >= task.Steps.Count)
                return false;
            var step = task.Steps[next[task.Name]];
            if (blocked.Contains(task.Name))
                return step.Until is { } until ? done.Contains(until) : othersStuck;
            return step.After is not { } after || done.Contains(after) || blocked.Contains(after.Task) && next[after.Task] + 1 == after.Step;
        }

        StartTasks();
        while ((run.Tasks.FirstOrDefault(t => blocked.Contains(t.Name) && CanGoOn(t, othersStuck: false))
            ?? run.Tasks.FirstOrDefault(t => CanGoOn(t, othersStuck: false))
            ?? run.Tasks.FirstOrDefault(t => CanGoOn(t, othersStuck: true))) is { } task)
        {
            var at = next[task.Name];
            var step = task.Steps[at];
            if (step.Blocks && blocked.Add(task.Name))
            {
                Add(TurnKind.Begin, task, at);
            }
            else
            {
                Add(!step.Blocks ? TurnKind.Step : step.NoReturn ? TurnKind.Gone : TurnKind.Finish, task, at);
                blocked.Remove(task.Name);
                done.Add(new StepReference(task.Name, at + 1));
                next[task.Name] = at + 1;
            }

            if (step.Child is { } child)
                started.Add(child);
            StartTasks();
        }

        return turns;
    }
}
