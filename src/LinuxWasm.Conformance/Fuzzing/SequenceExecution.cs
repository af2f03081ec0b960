using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>
/// One sequence in one session. Nobody says beforehand which of its calls sleep: each step is begun at its place in the order, and if it
/// is seen to sleep the order goes on without it. After each step everybody comes to rest, so that whoever a step wakes ends before the
/// next one begins. A task that sleeps, is stopped or is gone when its turn comes does not make that step. So the outcome is the same in every run.
/// </summary>
internal sealed class SequenceExecution(CaseRun run, FuzzSequence sequence, TimeSpan patience)
{
    private const int ManyGlances = 500;

    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(2);
    private static readonly HashSet<StepReference> _nothingDone = [];

    private readonly List<StepResult> _steps = [];
    private IReadOnlyList<RunningTask> _tasks = [];

    /// <summary>Ends of steps, and those that began to sleep, as they came.</summary>
    public IReadOnlyList<StepResult> Steps => _steps;

    /// <summary>Why the sequence could not be carried to its end.</summary>
    public string? Stuck { get; private set; }

    /// <summary>How many steps were begun.</summary>
    public int Begun { get; private set; }

    public void Execute(ICaseSession session)
    {
        var stage = new CaseStage(run, session);
        _tasks = stage.Tasks;
        stage.StartTasks(_nothingDone);
        for (var i = 0; i < sequence.Steps.Count && Stuck is null; i++)
        {
            var task = _tasks[sequence.Steps[i].Task];
            if (task.Handle is null || task.IsBlocked || (_tasks.Count > 1 && task.Handle.Activity is TaskActivity.Gone or TaskActivity.Stopped))
                continue;
            task.SkipTo(sequence.ReferenceOf(i).Step);
            Begin(task, sequence.Steps[i].MaySleep, session);
            if (_tasks.Count == 1 || Stuck is not null)
                continue;
            Settle();
            stage.StartTasks(_nothingDone);
        }
    }

    private void Begin(RunningTask task, bool maySleep, ICaseSession session)
    {
        var step = task.Next;
        var child = step.Child is null ? null : _tasks.First(t => t.Spec.Name == step.Child);
        var handle = child is null ? null : session.ExpectChild();
        StepRequest request;
        try
        {
            request = task.Prepare(step, handle);
        }
        catch (EvaluationException)
        {
            // It names a task that was never made, or that never came to say who it is.
            return;
        }

        Begun++;
        var reply = task.Handle!.Execute(request, maySleep || step.NoReturn ? _glance : patience);
        if (reply is null && (maySleep || step.NoReturn))
        {
            if (!ComesToRest(task))
            {
                Stuck = $"{task.NextReference}: {step.Text}: neither sleeps nor returns";
                return;
            }

            reply = task.Handle.Wait(TimeSpan.Zero);
        }

        if (reply is null && task.Handle.Activity != TaskActivity.Gone)
        {
            if (!maySleep)
                Stuck = $"{task.NextReference}: {step.Text}: did not return within {patience.TotalSeconds} s";
            task.IsBlocked = true;
            _steps.Add(Nothing(task) with { Sleeps = true });
            return;
        }

        Finish(task, reply);
        if (child is not null && reply is { Result: > 0 })
            child.Start(handle!, writeImage: false);
    }

    /// <summary>Waits until no task has anything to do any more, ending the steps of those that wake.</summary>
    private void Settle()
    {
        for (var (woke, looks) = (true, 0); woke && Stuck is null; looks++)
        {
            woke = false;
            foreach (var task in _tasks.Where(t => t.Handle is not null))
            {
                if (!ComesToRest(task) || looks > ManyGlances)
                {
                    Stuck = $"{task.NextReference}: {task.Next.Text}: does not come to rest";
                    return;
                }

                if (!task.IsBlocked)
                    continue;
                var reply = task.Handle!.Wait(TimeSpan.Zero);
                if (reply is null && task.Handle.Activity != TaskActivity.Gone)
                    continue;
                Finish(task, reply);
                woke = true;
            }
        }
    }

    /// <summary>Looks twice: a call may come through a short sleep, and what the end of a task sets off follows its end.</summary>
    private bool ComesToRest(RunningTask task)
    {
        var quiet = 0;
        for (var looked = 0; looked < ManyGlances; looked++)
        {
            var resting = task.Handle!.Activity is not (TaskActivity.Running or TaskActivity.Uninterruptible);
            quiet = resting ? quiet + 1 : 0;
            if (quiet > 0 && !task.IsBlocked && task.Handle.Wait(TimeSpan.Zero) is not null)
                return true;
            if (quiet == 2)
                return true;
            // Whoever has no call to make answers at once, though it may have a signal to handle.
            if (task.Handle.Wait(_glance) is not null && !resting)
                Thread.Sleep(1);
        }

        return false;
    }

    /// <param name="reply">Null where the call ended its task, or another task did while it slept.</param>
    private void Finish(RunningTask task, StepReply? reply)
    {
        _steps.Add(reply is null ? Nothing(task) : task.Judge(reply, null));
        task.MoveOn();
    }

    private static StepResult Nothing(RunningTask task) =>
        new(task.NextReference, ExpressionText.Of(task.Next.Call), task.Next.Position, null, [], new Dictionary<string, byte[]>(), []);
}
