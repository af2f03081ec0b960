using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>A sequence as a case in YAML: with open results, or with the course that it took on Linux.</summary>
internal sealed class SequenceText
{
    // Ends whoever still sleeps when all is done, and takes no part in anything before.
    private const string Ender = "ender";

    private readonly FuzzSequence _sequence;
    private readonly IReadOnlyList<StepResult> _course;
    private readonly StringBuilder _text = new();

    private SequenceText(FuzzSequence sequence, IReadOnlyList<StepResult> course) => (_sequence, _course) = (sequence, course);

    /// <param name="course">Empty for open results; else that of a run in which each step was made.</param>
    public static string Write(FuzzSequence sequence, string id, string about, IReadOnlyList<StepResult> course)
    {
        var text = new SequenceText(sequence, course);
        text.WriteHead(id, about);
        text.WriteBuffers();
        text.WriteTasks();
        return text._text.ToString();
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void WriteHead(string id, string about)
    {
        Line($"id: {id}");
        Line($"about: \"{about}\"");
        Line($"tags: [fuzz]");
        Line($"requires: {{ abi: {_sequence.Abi.Name()} }}");
        if (_sequence.Identity.Length > 0)
            Line($"as: {{ {_sequence.Identity} }}");
        if (_sequence.Setup.Count > 0)
            Line($"setup:");
        foreach (var item in _sequence.Setup)
            Line($"  - {item}");
    }

    private void WriteBuffers()
    {
        var used = CallGrammar.Embedded.Buffers.Where(b => _sequence.Steps.Any(s => Names(s.Call, b.Name))).ToList();
        if (used.Count == 0)
            return;
        Line($"buffers:");
        foreach (var (name, type) in used)
            Line($"  {name}: {type}");
    }

    private void WriteTasks()
    {
        var sleepers = _course.Where(s => s.Sleeps && End(s.Step) is null).ToList();
        if (_sequence.Tasks.Count == 1 && sleepers.Count == 0)
        {
            Line($"steps:");
            WriteSteps(0, "  ");
            return;
        }

        Line($"tasks:");
        for (var i = 0; i < _sequence.Tasks.Count; i++)
        {
            var (name, origin) = _sequence.Tasks[i];
            Line($"  {name}:");
            if (origin.Length > 0)
            {
                Line($"    is: {origin}");
                Line($"    steps:");
            }

            WriteSteps(i, origin.Length > 0 ? "      " : "    ");
        }

        if (sleepers.Count == 0)
            return;
        Line($"  {Ender}:");
        Line($"    is: process");
        Line($"    as: {{ uid: 0 }}");
        Line($"    steps:");
        Line($"      - call: kill(-1, SIGKILL) = 0");
        Line($"        after: {_course[^1].Step}");
    }

    private void WriteSteps(int task, string indent)
    {
        for (var i = 0; i < _sequence.Steps.Count; i++)
        {
            if (_sequence.Steps[i].Task == task)
                WriteStep(i, indent);
        }
    }

    private void WriteStep(int at, string indent)
    {
        var step = _sequence.Steps[at];
        var reference = _sequence.ReferenceOf(at);
        var end = End(reference);
        var result = step.Result != "any" || _course.Count == 0 ? step.Result : end?.Result is not { } given ? "?"
            : given.Error is { } error ? ConstantTable.ErrnoName(error) : IsMachines(step.Call) ? "any" : given.Value.ToString(CultureInfo.InvariantCulture);
        List<string> more = [];
        if (Before(at, reference) is { } before)
            more.Add($"after: {before}");
        if (step.Child is { } child)
            more.Add($"child: {_sequence.Tasks[child].Name}");
        if (_course.Any(s => s.Sleeps && s.Step == reference))
            more.Add(Until(reference) is { } until ? $"blocks: {{ until: {until} }}" : "blocks: true");
        if (end?.Signals is { Count: > 0 } signals)
            more.Add($"signals: [{string.Join(", ", signals)}]");
        Line($"{indent}- {(more.Count == 0 ? "" : "call: ")}{step.Call} = {result}");
        foreach (var line in more)
            Line($"{indent}  {line}");
    }

    private StepResult? End(StepReference step) => _course.FirstOrDefault(s => s.Step == step && !s.Sleeps);

    /// <summary>What happened last before a step was begun, where another task did it.</summary>
    private StepReference? Before(int at, StepReference step)
    {
        var first = Index(s => s.Step == step);
        var before = first > 0 ? _course[first - 1].Step : first < 0 && at > 0 ? _sequence.ReferenceOf(at - 1) : null;
        return before is not null && before.Task != step.Task ? before : null;
    }

    /// <summary>The step that let a sleeper go. Null where that one sleeps itself.</summary>
    private string? Until(StepReference sleeper)
    {
        var end = Index(s => s.Step == sleeper && !s.Sleeps);
        if (end < 0)
            return Ender + ".1";
        // What was begun last before: the others that end here were let go by it too.
        for (var i = end - 1; i >= 0; i--)
        {
            var step = _course[i];
            if (step.Step == sleeper || Index(s => s.Step == step.Step) != i)
                continue;
            return step.Sleeps ? null : step.Step.ToString();
        }

        return null;
    }

    private int Index(Func<StepResult, bool> condition)
    {
        for (var i = 0; i < _course.Count; i++)
        {
            if (condition(_course[i]))
                return i;
        }

        return -1;
    }

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
