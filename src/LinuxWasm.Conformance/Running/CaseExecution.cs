using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>
/// One run in one session. Tasks take turns: the first one in the case's order that can go on makes its next step. A step that
/// must block is begun, seen to sleep, and finished when the step that it waits for is done. So the order of all steps is the
/// same in every run, on every target.
/// </summary>
internal sealed class CaseExecution(CaseRun run, TimeSpan patience)
{
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(2);

    private readonly HashSet<StepReference> _done = [];
    private readonly List<StepResult> _steps = [];
    private readonly List<string> _endFailures = [];
    private IReadOnlyList<RunningTask> _tasks = [];

    public IReadOnlyList<StepResult> Steps => _steps;

    public IReadOnlyList<string> EndFailures => _endFailures;

    /// <summary>Why not all steps ran, when the harness gave up.</summary>
    public string? Stuck { get; private set; }

    /// <summary>The step that is under way, or at which the harness gave up; null before the first and behind the last.</summary>
    public SourcePosition? At { get; private set; }

    public void Execute(ICaseSession session)
    {
        var stage = new CaseStage(run, session);
        _tasks = stage.Tasks;
        stage.StartTasks(_done);
        while (Stuck is null && NextTask() is { } task)
        {
            At = task.Next.Position;
            Advance(task, session);
            At = Stuck is null ? null : At;
            stage.StartTasks(_done);
        }

        if (Stuck is null && _tasks.FirstOrDefault(t => !t.IsFinished) is { } waiting)
        {
            Stuck = $"{waiting.NextReference} never had its turn: what it waits for did not happen";
            At = waiting.Next.Position;
        }

        if (Stuck is not null)
            return;

        var evaluator = _tasks[0].Evaluator;
        var end = new EndStateChecker(run, stage.Init, evaluator);
        foreach (var task in _tasks.Where(t => t.Handle is { Activity: not TaskActivity.Gone } && run.End.Descriptors.Any(d => d.Task == t.Spec.Name)))
            _endFailures.AddRange(end.CheckDescriptors(task.Spec.Name, stage.CallsOf(task.Handle!)));
        _endFailures.AddRange(end.CheckFiles());
    }

    /// <summary>A sleeper that has been let go comes before whoever would begin something: else the two would race for what it was woken for.</summary>
    private RunningTask? NextTask() =>
        _tasks.FirstOrDefault(t => t.IsBlocked && CanGoOn(t, othersStuck: false))
        ?? _tasks.FirstOrDefault(t => !t.IsFinished && CanGoOn(t, othersStuck: false))
        ?? _tasks.FirstOrDefault(t => !t.IsFinished && CanGoOn(t, othersStuck: true));

    private bool CanGoOn(RunningTask task, bool othersStuck)
    {
        if (task.Handle is null)
            return false;
        if (task.IsBlocked)
            return task.Next.Until is { } until ? _done.Contains(until) : othersStuck;
        return task.IsFinished || task.Next.After is not { } after || _done.Contains(after) || IsBlockedAt(after);
    }

    private bool IsBlockedAt(StepReference step) => _tasks.Any(t => t.IsBlocked && t.NextReference == step);

    private void Advance(RunningTask task, ICaseSession session)
    {
        if (task.IsBlocked && task.Next.NoReturn)
            AwaitEnd(task, task.Handle!.Wait(_glance));
        else if (task.IsBlocked)
            Finish(task, task.Handle!.Wait(patience), $"still sleeps, {patience.TotalSeconds} s after what it waited for");
        else
            Begin(task, session);
    }

    private void Begin(RunningTask task, ICaseSession session)
    {
        var step = task.Next;
        var child = step.Child is null ? null : _tasks.First(t => t.Spec.Name == step.Child);
        var handle = child is null ? null : session.ExpectChild();
        StepRequest request;
        try
        {
            request = task.Prepare(step, handle);
        }
        catch (EvaluationException error)
        {
            // An earlier step did not give what this one needs. It fails alone; those that need nothing of it still tell something.
            Add(task, new StepResult(task.NextReference, ExpressionText.Of(step.Call), step.Position, null, [], new Dictionary<string, byte[]>(), [error.Message]));
            return;
        }

        if (step.Blocks)
            Block(task, request);
        else if (step.NoReturn)
            AwaitEnd(task, task.Handle!.Execute(request, _glance));
        else
            Finish(task, task.Handle!.Execute(request, patience), $"did not return within {patience.TotalSeconds} s");
        if (handle is not null && Stuck is null && (task.IsBlocked || _steps[^1].Result is { Error: null }))
            child!.Start(handle, writeImage: false);
    }

    /// <summary>A call that its task does not come back from.</summary>
    private void AwaitEnd(RunningTask task, StepReply? reply)
    {
        for (var waited = 0; reply is null && waited < 200; waited++)
        {
            if (task.Handle!.Activity == TaskActivity.Gone)
            {
                Add(task, new StepResult(task.NextReference, ExpressionText.Of(task.Next.Call), task.Next.Position, null, [], new Dictionary<string, byte[]>(), []));
                // Whatever it would have done later it can't.
                return;
            }

            reply = task.Handle.Wait(_glance * 5);
        }

        Finish(task, reply, "neither returned nor ended its task");
    }

    private void Block(RunningTask task, StepRequest request)
    {
        var reply = task.Handle!.Execute(request, _glance);
        for (var waited = 0; reply is null; waited++)
        {
            if (Sleeps(task))
            {
                // Once more, so that a call on its way through a short sleep is not taken for one that waits.
                reply = task.Handle.Wait(_glance);
                if (reply is null && Sleeps(task))
                {
                    task.IsBlocked = true;
                    return;
                }
            }
            else if (waited > 500)
            {
                Stuck = $"{task.NextReference}: {task.Next.Text}: neither sleeps nor returns";
                return;
            }
            else
                reply = task.Handle.Wait(_glance);
        }

        Finish(task, reply, "", "returned at once, expected it to block");
    }

    private static bool Sleeps(RunningTask task) => task.Handle!.Activity is TaskActivity.Sleeping or TaskActivity.Uninterruptible or TaskActivity.Stopped;

    private void Finish(RunningTask task, StepReply? reply, string whenMissing, string? failure = null)
    {
        if (reply is null)
        {
            Stuck = $"{task.NextReference}: {task.Next.Text}: " + (task.Handle!.Activity == TaskActivity.Gone ? Death(task) : whenMissing);
            return;
        }

        Add(task, task.Judge(reply, failure));
    }

    private static string Death(RunningTask task)
    {
        var status = task.Handle!.WaitForEnd(TimeSpan.FromMilliseconds(100));
        return status is { } ended && (ended & 0x7f) != 0 ? $"its task died of {((Signal)(ended & 0x7f)).Name()}" : "its task is gone";
    }

    private void Add(RunningTask task, StepResult result)
    {
        _steps.Add(result);
        _done.Add(result.Step);
        task.MoveOn();
    }
}
