using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>One call of a sequence, by the task that makes it.</summary>
/// <param name="Result">What stands behind the call's <c>=</c>: <c>any</c>, <c>?</c>, or a variable that takes the result.</param>
/// <param name="Child">The task that goes on as the child that this call makes; null otherwise.</param>
internal sealed record FuzzStep(int Task, string Call, string Result = "any", int? Child = null);

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

    /// <summary>The sequence as a case in YAML: with open results, or with the ones that Linux gave.</summary>
    public string ToYaml(string id, string about, RunResult? answers = null)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"id: {id}");
        Line($"about: \"{about}\"");
        Line($"tags: [fuzz]");
        Line($"requires: {{ abi: {Abi.Name()} }}");
        if (Identity.Length > 0)
            Line($"as: {{ {Identity} }}");
        if (Setup.Count > 0)
            Line($"setup:");
        foreach (var item in Setup)
            Line($"  - {item}");
        WriteBuffers(Line);
        var results = answers?.Steps.ToDictionary(s => s.Step);
        if (Tasks.Count == 1)
        {
            Line($"steps:");
            WriteSteps(0, "  ", results, Line);
            return text.ToString();
        }

        Line($"tasks:");
        for (var i = 0; i < Tasks.Count; i++)
        {
            if (Tasks[i].Origin.Length == 0)
            {
                Line($"  {Tasks[i].Name}:");
                WriteSteps(i, "    ", results, Line);
            }
            else
            {
                Line($"  {Tasks[i].Name}:");
                Line($"    is: {Tasks[i].Origin}");
                Line($"    steps:");
                WriteSteps(i, "      ", results, Line);
            }
        }

        return text.ToString();
    }

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

    private void WriteBuffers(Action<FormattableString> line)
    {
        var used = CallGrammar.Embedded.Buffers.Where(b => Steps.Any(s => Names(s.Call, b.Name))).ToList();
        if (used.Count == 0)
            return;
        line($"buffers:");
        foreach (var (name, type) in used)
            line($"  {name}: {type}");
    }

    private void WriteSteps(int task, string indent, Dictionary<StepReference, StepResult>? results, Action<FormattableString> line)
    {
        var number = 0;
        for (var i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            if (step.Task != task)
                continue;
            number++;
            var result = step.Result;
            var signals = "";
            if (results?.GetValueOrDefault(new StepReference(Tasks[task].Name, number)) is { } answer)
            {
                if (result == "any")
                    result = answer.Result is not { } r ? "?" : r.Error is { } e ? ConstantTable.ErrnoName(e) : IsMachines(step.Call) ? "any" : r.Value.ToString(CultureInfo.InvariantCulture);
                signals = string.Join(", ", answer.Signals);
            }

            var text = $"{step.Call} = {result}";
            var before = i > 0 && Steps[i - 1].Task != task ? Reference(i - 1) : null;
            if (before is null && step.Child is null && signals.Length == 0)
            {
                line($"{indent}- {text}");
                continue;
            }

            line($"{indent}- call: {text}");
            if (before is not null)
                line($"{indent}  after: {before}");
            if (step.Child is { } child)
                line($"{indent}  child: {Tasks[child].Name}");
            if (signals.Length > 0)
                line($"{indent}  signals: [{signals}]");
        }
    }

    private string Reference(int at) => $"{Tasks[Steps[at].Task].Name}.{Steps.Take(at + 1).Count(s => s.Task == Steps[at].Task)}";

    private static bool IsMachines(string call) => Comparison.NormalisationRules.OfResult(call.Split('(')[0]) is not null;

    /// <summary>Whether a call uses a buffer: its address, and no longer name that begins so.</summary>
    private static bool Names(string call, string buffer)
    {
        for (var at = call.IndexOf('&' + buffer, StringComparison.Ordinal); at >= 0; at = call.IndexOf('&' + buffer, at + 1, StringComparison.Ordinal))
        {
            var end = at + 1 + buffer.Length;
            if (end == call.Length || !(char.IsAsciiLetterOrDigit(call[end]) || call[end] == '_'))
                return true;
        }

        return false;
    }
}
