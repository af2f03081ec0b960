using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>A task of a run: where it is in its steps, and what its memory held when it was last read.</summary>
internal sealed class RunningTask
{
    private readonly CaseRun _run;
    private readonly MemoryPlan _plan;
    private readonly Dictionary<string, Value> _captures;
    private readonly RunScope _scope;
    private readonly StepJudge _judge;
    private readonly bool _sharesMemory;
    private int _next;
    private MemoryImage? _before;

    public RunningTask(CaseRun run, TaskSpec spec, int index, MemoryPlan plan, ICaseSession session, Dictionary<string, Value> captures)
    {
        _run = run;
        _plan = plan;
        _captures = captures;
        Spec = spec;
        _sharesMemory = run.Tasks.Any(t => t.Origin is TaskOrigin.Thread or TaskOrigin.Child);
        _scope = new RunScope(run.Abi, captures, plan, session, () => IsBlocked ? null : Handle, plan.ArgumentsOf(index, run.Tasks.Count));
        Evaluator = new Evaluator(_scope);
        _judge = new StepJudge(Evaluator, captures, run.Abi);
    }

    public TaskSpec Spec { get; }

    /// <summary>Null until it starts.</summary>
    public ICaseTask? Handle { get; private set; }

    public Evaluator Evaluator { get; }

    /// <summary>Its next step has begun, and sleeps.</summary>
    public bool IsBlocked { get; set; }

    public bool IsFinished => _next >= Spec.Steps.Count;

    public StepSpec Next => Spec.Steps[_next];

    public StepReference NextReference => new(Spec.Name, _next + 1);

    /// <summary>Makes ready for the first step: the buffers' first bytes, where the memory is not a copy of another's that has them.</summary>
    public void Start(ICaseTask handle, bool writeImage)
    {
        Handle = handle;
        var writes = new List<MemoryWrite>();
        if (writeImage)
        {
            writes = _plan.Image(_run, Evaluator);
            writes.AddRange(_scope.TakeWrites());
        }

        ReadMemory(writes);
    }

    public StepRequest Prepare(StepSpec step, ICaseTask? child)
    {
        var writes = new List<MemoryWrite>();
        if (step.Call.Name == CallTable.Poke)
        {
            var address = (ulong)(Evaluator.Number(step.Call.Arguments[0]) & ulong.MaxValue);
            var bytes = Evaluator.Evaluate(step.Call.Arguments[1]).Bytes ?? throw new EvaluationException(step.Call.Offset, "poke takes an address and a string");
            writes.Add(new MemoryWrite(address, bytes));
            return Request(null, [], writes, child);
        }

        var registers = new List<ulong>();
        for (var i = 0; i < step.Call.Arguments.Count; i++)
        {
            var value = Evaluator.Argument(step.Call.Arguments[i]);
            if (CallTable.IsPair(step.Call.Name, i, _run.Abi))
            {
                registers.Add((uint)value);
                registers.Add(value >> 32);
            }
            else
                registers.Add(_run.Abi == GuestAbi.I386 ? (uint)value : value);
        }

        int number;
        if (step.Call.Name == CallTable.ByNumber)
        {
            number = (int)registers[0];
            registers.RemoveAt(0);
        }
        else
            number = CallTable.Find(step.Call.Name, _run.Abi)!.Value;
        writes.AddRange(_scope.TakeWrites());
        return Request(number, registers, writes, child);
    }

    public StepResult Judge(StepReply reply, string? failure)
    {
        var step = Next;
        var after = new MemoryImage(_plan.Ranges, reply.Memory);
        _scope.Image = after;
        var result = CallResult.From(reply.Result, _run.Abi);
        var failures = new List<string>();
        if (failure is not null)
            failures.Add(failure);
        if (_judge.JudgeResult(step, result) is { } wrong)
            failures.Add(wrong);
        if (_judge.JudgeSignals(step, reply.Signals) is { } signals)
            failures.Add(signals);

        var changed = new Dictionary<string, byte[]>();
        if (_before is not null)
        {
            foreach (var name in _plan.Places.Keys.Where(name => !_plan.BytesOf(name, _before).SequenceEqual(_plan.BytesOf(name, after))))
                changed[name] = _plan.BytesOf(name, after).ToArray();
            failures.AddRange(step.Untouched.Where(changed.ContainsKey).Select(name => $"wrote to {name}, expected it untouched"));
            if (_plan.FindOverrun(_before, after) is { } overrun)
                failures.Add($"wrote outside of {overrun}");
        }

        // What a failed call left cannot be captured or checked usefully.
        if (failures.Count == 0)
            CaptureAndCheck(step, failures);
        return new StepResult(NextReference, ExpressionText.Of(step.Call), step.Position, result, reply.Signals, changed, failures);
    }

    public void MoveOn()
    {
        IsBlocked = false;
        _next++;
    }

    /// <summary>Leaves out what stands before a step, which is counted from 1.</summary>
    public void SkipTo(int step) => _next = step - 1;

    private void CaptureAndCheck(StepSpec step, List<string> failures)
    {
        try
        {
            foreach (var (name, value) in step.Captures)
                _captures[name] = Evaluator.Evaluate(value);
            foreach (var (text, condition) in step.Checks)
            {
                if (!Evaluator.Truth(condition))
                    failures.Add($"not so: {(condition is BinaryExpression ? ExpressionText.Of(condition) : text)}{Explain(condition)}");
            }
        }
        catch (EvaluationException error)
        {
            failures.Add(error.Message);
        }
    }

    /// <summary>The value that a comparison found.</summary>
    private string Explain(Expression condition)
    {
        if (condition is not BinaryExpression { Operator: "==" or "!=" or "<" or "<=" or ">" or ">=" or "in" } comparison)
            return "";
        return $" (it is {Evaluator.Evaluate(comparison.Left)})";
    }

    private StepRequest Request(int? number, List<ulong> registers, List<MemoryWrite> writes, ICaseTask? child)
    {
        // Where another task shares the memory it may have changed since it was read.
        if (_sharesMemory)
            ReadMemory([]);
        _before = _scope.Image;
        return new StepRequest { Abi = _run.Abi, Number = number, Arguments = registers, Writes = writes, Reads = _plan.Ranges, Child = child };
    }

    private void ReadMemory(IReadOnlyList<MemoryWrite> writes)
    {
        var reply = Handle!.Execute(new StepRequest { Abi = _run.Abi, Writes = writes, Reads = _plan.Ranges }, TimeSpan.FromSeconds(5))
            ?? throw new TargetException("the task does not answer");
        _scope.Image = new MemoryImage(_plan.Ranges, reply.Memory);
    }
}
