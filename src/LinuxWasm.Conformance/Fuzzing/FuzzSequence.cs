using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>One call of a sequence, by the task that makes it.</summary>
/// <param name="Result">What stands behind the call's <c>=</c>: <c>any</c>, <c>?</c>, or a variable that takes the result.</param>
/// <param name="Child">The task that goes on as the child that this call makes; null otherwise.</param>
/// <param name="MaySleep">It may wait for what another task does. Where false it returns by itself, soon.</param>
internal sealed record FuzzStep(int Task, string Call, string Result = "any", int? Child = null, bool MaySleep = false);

/// <summary>A task of a sequence: <c>main</c> first, the others as threads, forks, processes or children of it.</summary>
internal sealed record FuzzTask(string Name, string Origin);

/// <summary>A random sequence: its steps are made in the order in which they stand, whichever task makes them.</summary>
internal sealed record FuzzSequence
{
    /// <summary>The tree that each sequence begins with, by what a call must name to need the item.</summary>
    public static IReadOnlyList<string> Tree { get; } =
    [
        "file: { path: /t/a, content: hello }", "dir: /t/d", "file: { path: /t/d/a, content: inside, mode: 0600 }", "file: { path: /t/b, content: theirs, owner: 1000, mode: 0640 }",
        "symlink: { path: /t/s, target: d }", "symlink: { path: /t/loop, target: loop }", "symlink: { path: /t/dangling, target: nowhere }", "fifo: /t/fifo",
    ];

    public required GuestAbi Abi { get; init; }

    public required IReadOnlyList<FuzzTask> Tasks { get; init; }

    public required IReadOnlyList<FuzzStep> Steps { get; init; }

    /// <summary>Who makes the calls, as <c>as:</c> has it.</summary>
    public string Identity { get; init; } = "";

    public IReadOnlyList<string> Setup { get; init; } = Tree;

    /// <summary>A step as the case of the sequence counts it.</summary>
    public StepReference ReferenceOf(int at) => new(Tasks[Steps[at].Task].Name, Steps.Take(at + 1).Count(s => s.Task == Steps[at].Task));

    /// <summary>Without one step. Null where nothing would be left, or the first task without a step.</summary>
    public FuzzSequence? Without(int step) => Of(Steps.Where((_, i) => i != step));

    /// <summary>With all steps of one task made by another, and without the call that made the first as its child.</summary>
    public FuzzSequence? Joined(int from, int into) =>
        Of(Steps.Where(s => s.Child != from).Select(s => s.Task == from ? s with { Task = into } : s));

    /// <summary>With one step made by another task.</summary>
    public FuzzSequence? Moved(int step, int into) => Of(Steps.Select((s, i) => i == step ? s with { Task = into } : s));

    /// <summary>The same with these steps; a task that has nothing to do any more is none, and what was to make it makes nothing.</summary>
    private FuzzSequence? Of(IEnumerable<FuzzStep> changed)
    {
        var steps = changed.ToList();
        var used = Tasks.Where((_, i) => i == 0 || steps.Any(s => s.Task == i)).ToList();
        var number = Tasks.Select(t => used.IndexOf(t)).ToList();
        var kept = steps.Where(s => s.Child is not { } child || number[child] >= 0).Select(s => s with { Task = number[s.Task], Child = s.Child is { } child ? number[child] : null }).ToList();
        return kept.All(s => s.Task != 0) ? null : this with { Tasks = used, Steps = kept };
    }

    /// <summary>Only the steps that were made.</summary>
    public FuzzSequence? Made(IReadOnlyList<StepResult> course)
    {
        var made = course.Select(s => s.Step).ToHashSet();
        FuzzSequence? sequence = this;
        for (var i = Steps.Count - 1; i >= 0 && sequence is not null; i--)
        {
            if (!made.Contains(ReferenceOf(i)))
                sequence = sequence.Without(i);
        }

        return sequence;
    }
}
