using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Explaining;

/// <summary>
/// A run as a C program for anybody who wants to see for himself: it goes into namespaces of its own, makes the tree, makes the calls by
/// syscall(2) in as many processes and threads as the case has, prints what they give and says where that is not what the case expects.
/// Built with -m32 it makes i386's calls. Its status is 0 where all was as expected.
/// </summary>
public sealed class CProgram
{
    private static readonly Lazy<string> _prelude = new(ReadPrelude);

    private readonly CaseRun _run;
    private readonly IReadOnlyList<Turn> _turns;
    private readonly Dictionary<string, int> _kept = [];
    private readonly HashSet<StepSpec> _keeps = new(ReferenceEqualityComparer.Instance);
    private readonly CExpressions _c;
    private readonly StringBuilder _text = new();

    private CProgram(CaseRun run)
    {
        _run = run;
        _turns = TurnPlan.Of(run);
        _c = new CExpressions(run, _kept);
        // The first step that says `= $name` keeps the value, and later ones compare with it.
        foreach (var turn in _turns.Where(t => t.Kind is TurnKind.Step or TurnKind.Finish))
        {
            var step = turn.Task.Steps[turn.Step];
            if (step.Expected is VariableExpression variable && step.Relation == "==" && _kept.TryAdd(variable.Name, _kept.Count))
                _keeps.Add(step);
            foreach (var (name, _) in step.Captures)
                _kept.TryAdd(name, _kept.Count);
        }
    }

    public static string Write(CaseRun run) => new CProgram(run).Write();

    private static string ReadPrelude()
    {
        using var reader = new StreamReader(typeof(CProgram).Assembly.GetManifestResourceStream("prelude.c")!);
        return reader.ReadToEnd();
    }

    private static string Call(CallExpression call) => CExpressions.Quote(ExpressionText.Of(call));

    private static string Function(TaskSpec task) => "task_" + new string([.. task.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);

    private void Line(FormattableString line) => _text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private string Write()
    {
        Line($"/* {CExpressions.Comment(_run.Id)}: {CExpressions.Comment(_run.Case.About)}");
        if (_run.Case.Man.Count > 0)
            Line($"   {string.Join(", ", _run.Case.Man)}");
        Line($"   cc{(_run.Abi == GuestAbi.I386 ? " -m32" : "")} -pthread -o case case.c && ./case */");
        _text.Append(_prelude.Value);
        Buffers();
        foreach (var task in _run.Tasks)
            Line($"static void {Function(task)}(void);");
        foreach (var task in _run.Tasks.Skip(1).Where(t => t.Origin is TaskOrigin.Thread or TaskOrigin.Child))
            Line($"static {(task.Origin == TaskOrigin.Thread ? "void *" : "int ")}enter_{Function(task)}(void *unused) {{ (void)unused; {Function(task)}(); stay(); return 0; }}");
        foreach (var task in _run.Tasks)
            Task(task);
        Main();
        return _text.ToString();
    }

    private void Buffers()
    {
        if (_run.Buffers.Count == 0)
            return;
        Line($"static struct {{");
        foreach (var buffer in _run.Buffers)
        {
            var size = Math.Max(1, _c.Resolve(buffer.Type).Size);
            if (buffer.AtEnd)
                Line($"    unsigned char *{CExpressions.Member(buffer.Name)};  /* {size} bytes, {CExpressions.Comment(ExpressionText.Of(buffer.Type))} */");
            else
                Line($"    unsigned char {CExpressions.Member(buffer.Name)}[{size}] __attribute__((aligned(16)));  /* {CExpressions.Comment(ExpressionText.Of(buffer.Type))} */");
        }

        Line($"}} m;");
        Line($"");
    }

    private void Task(TaskSpec task)
    {
        Line($"");
        Line($"static void {Function(task)}(void)");
        Line($"{{");
        var first = task == _run.Tasks[0];
        foreach (var turn in _turns.Where(t => MakesTurn(t, task, first)))
        {
            Line($"    turn({turn.Number});{(turn.AfterSleep ? " let_sleep();" : "")}");
            if (turn.Kind == TurnKind.Start)
                Start(turn.Task, turn.Number);
            else
                Step(turn);
        }

        Line($"}}");
    }

    /// <summary>The first task makes its threads and copies of itself; the program's own first process everything else that is declared.</summary>
    private bool MakesTurn(Turn turn, TaskSpec task, bool first) => turn.Kind switch
    {
        TurnKind.Start => first && turn.Task != task && turn.Task.Origin != TaskOrigin.Process,
        TurnKind.Step or TurnKind.Begin => turn.Task == task,
        _ => false,
    };

    private void Start(TaskSpec task, int turn)
    {
        switch (task.Origin)
        {
            case TaskOrigin.Thread:
                Line($"    {{ pthread_t thread; must(pthread_create(&thread, NULL, enter_{Function(task)}, NULL), \"pthread_create\"); }}");
                break;
            default:
                Line($"    if (fork() == 0) {{");
                if (task.Origin == TaskOrigin.Process)
                    Line($"        begin();");
                Become(task.Identity ?? (task.Origin == TaskOrigin.Process ? _run.Identity : null));
                Line($"        {Function(task)}();");
                Line($"        stay();");
                Line($"    }}");
                break;
        }

        Line($"    next({turn});");
    }

    private void Become(Identity? identity)
    {
        if (identity is null)
            return;
        string Number(Expression? expression, string otherwise) => expression is null ? otherwise : _c.Number(expression);
        if (identity.Directory is not null)
            Line($"        must(chdir({Text(identity.Directory)}), \"chdir\");");
        foreach (var limit in identity.Limits)
            Line($"        limit({_c.Number(limit.Resource)}, {Limit(limit.Soft)}, {Limit(limit.Hard)});");
        if (identity.Umask is not null)
            Line($"        umask({_c.Number(identity.Umask)});");
        var uid = Number(identity.Uid, "0");
        var gid = Number(identity.Gid, uid);
        if (identity.Groups is { } groups)
            Line($"        {{ unsigned groups[] = {{ {string.Join(", ", groups.Select(_c.Number).DefaultIfEmpty("0"))} }}; must(syscall(SYS_SETGROUPS, {groups.Count}, groups), \"setgroups\"); }}");
        if (identity.Capabilities is not null)
            Line($"        prctl(PR_SET_KEEPCAPS, 1);");
        Line($"        become({uid}, {gid});");
        if (identity.Capabilities is { } capabilities)
        {
            Line($"        capabilities({string.Join(" | ", capabilities.Select(c => $"1ull << {_c.Number(c)}").DefaultIfEmpty("0"))});");
            Line($"        prctl(PR_SET_KEEPCAPS, 0);");
        }
    }

    private string Limit(Expression expression) =>
        _c.Number(expression) == _c.Number(new NameExpression("RLIM_INFINITY", 0)) ? "~0ull" : _c.Number(expression);

    private void Step(Turn turn)
    {
        var step = turn.Task.Steps[turn.Step];
        var finish = turn.Kind == TurnKind.Begin ? _turns.FirstOrDefault(t => t.Kind == TurnKind.Finish && t.Task == turn.Task && t.Step == turn.Step) : null;
        Line($"    {{");
        var before = new StringBuilder();
        var call = step.Call.Name == CallTable.Poke ? Poke(step) : Call(step, before);
        _text.Append(before);
        foreach (var buffer in Untouched(step))
            Line($"        static unsigned char {buffer}_before[sizeof m.{CExpressions.Member(buffer)}]; memcpy({buffer}_before, m.{CExpressions.Member(buffer)}, sizeof {buffer}_before);");
        if (step.NoReturn)
            Line($"        leaves({Call(step.Call)});");
        if (step.NoReturn || turn.Kind == TurnKind.Begin)
            Line($"        next({turn.Number});");
        Line($"        long result = {call};");
        if (step.Child is { } child)
            Line($"        if (result == 0) {{ {Function(_run.Tasks.First(t => t.Name == child))}(); stay(); }}");
        if (step.NoReturn)
        {
            Line($"        wrong(\"it returned\"); (void)result;");
            Line($"    }}");
            return;
        }

        if (finish is not null)
            Line($"        turn({finish.Number});{(finish.AfterSleep ? " let_sleep();" : "")}");
        Judge(step);
        Line($"        next({finish?.Number ?? turn.Number});");
        Line($"    }}");
    }

    private IEnumerable<string> Untouched(StepSpec step) => step.Untouched.Where(name => _run.Buffers.Any(b => b.Name == name && !b.AtEnd));

    private void Judge(StepSpec step)
    {
        if (_keeps.Contains(step))
            Line($"        shared->kept[{_kept[((VariableExpression)step.Expected!).Name]}] = {Wide("result")};");
        Line($"        told({Call(step.Call)}, result, {Right(step)}, {CExpressions.Quote("expected " + Expected(step))});");
        var signals = step.Signals ?? [];
        if (step.Call.Name != CallTable.Poke)
            Line($"        handlers_ran({signals.Count}, {(signals.Count == 0 ? "NULL" : $"(int[]){{ {string.Join(", ", signals.Select(_c.Number))} }}")});");
        foreach (var buffer in Untouched(step))
            Line($"        check(memcmp({buffer}_before, m.{CExpressions.Member(buffer)}, sizeof {buffer}_before) == 0, \"it wrote to {buffer}\");");
        foreach (var (name, value) in step.Captures)
            Line($"        shared->kept[{_kept[name]}] = {_c.Number(value)};");
        foreach (var (text, condition) in step.Checks)
            Check(text, condition);
    }

    private void Check(string text, Expression condition)
    {
        try
        {
            Line($"        check({_c.Number(condition)}, {CExpressions.Quote(text)});");
        }
        catch (EvaluationException)
        {
            Line($"        /* and then, which this program does not look at: {CExpressions.Comment(text)} */");
        }
    }

    private static string Expected(StepSpec step) =>
        step.AnyResult ? "anything" : step.Expected is null ? "no error" : (step.Relation is "==" or "in" ? "" : step.Relation + " ") + ExpressionText.Of(step.Expected);

    /// <summary>A register of i386 has 32 bits, and an address in it no sign.</summary>
    private string Wide(string result) => _run.Abi == GuestAbi.I386 ? $"(unsigned long){result}" : result;

    private string Right(StepSpec step)
    {
        if (step.AnyResult)
            return "1";
        if (step.Expected is null || _keeps.Contains(step))
            return "!failed(result)";
        return Right(step.Expected, step.Relation);
    }

    private string Right(Expression expected, string relation)
    {
        if (expected is ListExpression list)
            return "(" + string.Join(" || ", list.Items.Select(item => Right(item, "=="))) + ")";
        if (expected is NameExpression error && Layouts.ConstantTable.FindErrno(error.Name) is { } number && !_run.Buffers.Any(b => b.Name == error.Name))
            return $"result {(relation == "!=" ? "!=" : "==")} -{number} /* {error.Name} */";
        if (expected is RangeExpression)
            return $"(!failed(result) && {_c.Within(Wide("result"), expected)})";
        return relation is "==" or "in"
            ? $"((unsigned long)result == (unsigned long)({_c.Number(expected)}))"
            : $"(!failed(result) && {Wide("result")} {relation} {_c.Number(expected)})";
    }

    private string Poke(StepSpec step) => $"poke({_c.Number(step.Call.Arguments[0])}, {_c.PointerAndLength(step.Call.Arguments[1])})";

    private string Call(StepSpec step, StringBuilder before)
    {
        var call = step.Call;
        var arguments = new List<string>();
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            var argument = _c.Argument(call.Arguments[i], before);
            if (CallTable.IsPair(call.Name, i, _run.Abi))
                arguments.AddRange([$"(long)(uint32_t)({argument})", $"(long)((unsigned long long)({argument}) >> 32)"]);
            else
                arguments.Add($"(long)({argument})");
        }

        string number;
        if (call.Name == CallTable.ByNumber)
        {
            number = arguments[0];
            arguments.RemoveAt(0);
        }
        else
            number = $"{CallTable.Find(call.Name, _run.Abi)} /* {call.Name} */";
        while (arguments.Count < 6)
            arguments.Add("0");
        if (call.Name == "vfork")
            return "vfork() /* by libc, which keeps the way back for both */; if (result == -1) result = -errno";
        if (call.Name == "clone" && step.Child is { } child && _c.Constant(call.Arguments[0]) is { } flags && ((ulong)flags.Number & 0x100) != 0)
        {
            before.AppendLine("        static char stack[65536] __attribute__((aligned(16)));");
            var (tls, childId) = _run.Abi == GuestAbi.I386 ? (3, 4) : (4, 3);
            return $"clone(enter_{Function(_run.Tasks.First(t => t.Name == child))}, stack + sizeof stack, {arguments[0]}, NULL, {arguments[2]}, {arguments[tls]}, {arguments[childId]}); if (result == -1) result = -errno";
        }

        return $"call({number}, {string.Join(", ", arguments.Take(6))})";
    }

    private void Main()
    {
        Line($"");
        Line($"int main(void)");
        Line($"{{");
        if (_run.Case.Documented is { } source)
            Line($"    printf(\"%s\\n\", {CExpressions.Quote("this is documented by " + source + "; it may not be tried everywhere")});");
        Line($"    go_apart();");
        Setup();
        foreach (var buffer in _run.Buffers)
            Buffer(buffer);
        foreach (var turn in _turns)
        {
            if (turn.Kind == TurnKind.Gone)
                Line($"    turn({turn.Number}); let_sleep(); next({turn.Number});");
            else if (turn.Kind == TurnKind.Start && turn.Task.Origin == TaskOrigin.Process)
            {
                Line($"    turn({turn.Number});{(turn.AfterSleep ? " let_sleep();" : "")}");
                Start(turn.Task, turn.Number);
            }
        }

        Line($"    turn({_turns.Count});");
        foreach (var file in _run.End.Files)
            End(file);
        Line($"    if (shared->steps != {_run.StepCount}) wrong(\"not all steps were made\");");
        Line($"    printf(\"%d of {_run.StepCount} steps, %d wrong\\n\", shared->steps, shared->wrong);");
        Line($"    return shared->wrong != 0;");
        Line($"}}");
    }

    private void Buffer(BufferSpec buffer)
    {
        var name = CExpressions.Name(buffer);
        var type = _c.Resolve(buffer.Type);
        if (buffer.AtEnd)
            Line($"    {name} = at_end_of_memory({type.Size});");
        if (buffer.Value is null)
        {
            Line($"    memset({name}, {(buffer.Fill is null ? "0xa5" : _c.Number(buffer.Fill))}, {type.Size});");
            return;
        }

        Line($"    memset({name}, 0, {type.Size});");
        var text = new StringBuilder();
        _c.Fill(type, buffer.Value, name, 0, text);
        _text.Append("    {\n").Append(text).Append("    }\n");
    }

    private string Text(Expression expression) => CExpressions.Quote(_c.Constant(expression)?.Bytes ?? throw new EvaluationException(expression.Offset, "expected text"));

    private void Setup()
    {
        Line($"    umask(022);");
        var uid = _run.Identity.Uid is null ? "0" : _c.Number(_run.Identity.Uid);
        var gid = _run.Identity.Gid is null ? uid : _c.Number(_run.Identity.Gid);
        Line($"    must(chown(\"/t\", {uid}, {gid}), \"/t\");");
        foreach (var item in _run.Setup)
            Make(item);
        foreach (var item in _run.Setup.Where(i => i.Time is not null))
            Line($"    times({Text(item.Path)}, {_c.Number(item.Time!)});");
    }

    private void Make(SetupItem item)
    {
        var path = Text(item.Path);
        string Mode(string otherwise) => item.Mode is null ? otherwise : _c.Number(item.Mode);
        switch (item)
        {
            case SetupFile file:
                var content = file.Content is null ? [] : _c.Constant(file.Content)?.Bytes ?? [];
                Line($"    file({path}, {CExpressions.Quote(content)}, {content.Length}, {(file.Size is null ? "-1" : _c.Number(file.Size))});");
                break;
            case SetupDirectory:
                Line($"    must(mkdir({path}, {Mode("0755")}), {path});");
                break;
            case SetupSymlink link:
                Line($"    must(symlink({Text(link.Target)}, {path}), {path});");
                break;
            case SetupLink link:
                Line($"    must(link({Text(link.Target)}, {path}), {path});");
                return;
            case SetupNode node:
                Line($"    must(mknod({path}, {_c.Number(node.Type)} | {Mode("0644")}, 0), {path});");
                break;
            case SetupMount mount:
                Line($"    must(mount({Text(mount.FileSystem)}, {path}, {Text(mount.FileSystem)}, {(mount.Flags is null ? "0" : _c.Number(mount.Flags))}, {(mount.Options is null ? "NULL" : Text(mount.Options))}), {path});");
                return;
        }

        if (item.Owner is not null || item.Group is not null)
        {
            var owner = item.Owner is null ? "-1" : _c.Number(item.Owner);
            Line($"    must(lchown({path}, {owner}, {(item.Group is null ? owner : _c.Number(item.Group))}), {path});");
        }

        if (item is not SetupSymlink)
            Line($"    must(chmod({path}, {Mode(item is SetupDirectory ? "0755" : "0644")}), {path});");
    }

    private void End(EndFile file)
    {
        var path = Text(file.Path);
        Line($"    check({(file.Absent ? "" : "!")}(access({path}, F_OK) && faccessat(AT_FDCWD, {path}, F_OK, AT_SYMLINK_NOFOLLOW)), {path});");
        foreach (var (name, expected) in file.Properties)
        {
            var value = _c.Constant(expected);
            if (value is { Bytes: { } text })
                Line($"    end_text({path}, {(name == "target" ? 1 : 0)}, {CExpressions.Quote(text)}, {text.Length});");
            else if (expected is RangeExpression range)
                Line($"    end_number({path}, \"{name}\", {_c.Number(range.Low)}, {_c.Number(range.High)});");
            else if (value is not null)
                Line($"    end_number({path}, \"{name}\", {_c.Number(expected)}, {_c.Number(expected)});");
        }
    }
}
