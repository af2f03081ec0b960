using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Strace.Import;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace;

/// <summary>What a user may say about a log.</summary>
public sealed record ImportOptions
{
    /// <summary>The id of the case: family and name.</summary>
    public required string Id { get; init; }

    public string About { get; init; } = "what a program did on Linux, imported from strace";

    /// <summary>A copy of the tree, or of a part of it, taken before the run; null without.</summary>
    public string? Root { get; init; }

    /// <summary>Where <see cref="Root"/> stood in the tree of the run.</summary>
    public string RootAt { get; init; } = "/";

    /// <summary>Calls that become steps; others are listed as not implemented. Null takes all that the ABI's table has.</summary>
    public Func<string, GuestAbi, bool>? CanMake { get; init; }
}

/// <summary>A log as a case.</summary>
/// <param name="Yaml">The case; null where no call became a step.</param>
/// <param name="Calls">Every call of the log with its fate, and a row for every line that is not understood.</param>
public sealed record ImportedLog(string? Yaml, GuestAbi Abi, IReadOnlyList<ImportedCall> Calls, IReadOnlyList<StraceProblem> Problems);

/// <summary>
/// Turns a log of <c>strace -f -v -s 65535 -yy</c> into a case: the tree that must have been there, and a step for each call with what it
/// gave and stored. Descriptors, process numbers and addresses are captured; what belongs to the machine is left out by a named rule.
/// </summary>
public sealed class StraceImporter
{
    /// <summary>A signal whose handler runs.</summary>
    /// <param name="Return">The call with which the handler ends.</param>
    private sealed record HandledSignal(StraceSignal Event, ProcessState Process, StraceCall? Return);

    private const string MainTask = "main";

    private readonly StraceLog _log;
    private readonly ImportOptions _options;
    private readonly GuestAbi _abi;
    private readonly LogTree _tree;
    private readonly LogWorld _world;
    private readonly NameTable _names;
    private readonly BufferPool _buffers = new();
    private readonly Dictionary<int, ProcessState> _processes = [];
    private readonly List<ImportedStep> _steps = [];
    private readonly List<(StraceCall Call, ImportedStep? Step, Fate Fate, string? Reason)> _calls = [];
    private readonly List<HandledSignal> _signals = [];
    private readonly List<StraceCall> _restarted = [];
    private readonly StandardFiles _standard;
    private readonly string _directory;

    private StraceImporter(StraceLog log, ImportOptions options)
    {
        _log = log;
        _options = options;
        _abi = AbiOf(log);
        _tree = new LogTree(options.Root is null ? null : new SnapshotFolder(options.Root, options.RootAt));
        _world = new LogWorld(_tree);
        _names = new NameTable(UnfinishedListings(log));
        _directory = DirectoryOf(log);
        _standard = new StandardFiles(log, _tree);
        foreach (var (path, target) in LinkFinder.Find(log.Events, _directory))
            _tree.AddLink(path, target);
    }

    public static ImportedLog Import(StraceLog log, ImportOptions options) => new StraceImporter(log, options).Run();

    /// <summary>strace says of a program that it runs in 32 bit mode, but not in the file that -o names: then a call says it that only i386 has.</summary>
    private static GuestAbi AbiOf(StraceLog log)
    {
        if (log.Events.OfType<StraceMode>().FirstOrDefault() is { } mode)
            return mode.Is32Bit ? GuestAbi.I386 : GuestAbi.X8664;
        return log.Events.OfType<StraceCall>().Any(call => CallTable.Exists(call.Name, GuestAbi.I386) && !CallTable.Exists(call.Name, GuestAbi.X8664)) ? GuestAbi.I386 : GuestAbi.X8664;
    }

    private ImportedLog Run()
    {
        foreach (var next in _log.Events.OrderBy(new CallOrder(_log).PlaceOf))
        {
            var process = ProcessOf(next.Pid);
            switch (next)
            {
                case StraceCall call:
                    Import(call, process);
                    break;
                case StraceSignal signal when process.Handles(signal.Signal):
                    _signals.Add(new HandledSignal(signal, process, null));
                    break;
                case StraceEnd:
                    process.HasEnded = true;
                    break;
            }
        }

        if (_steps.Exists(s => s.Line.Contains("$pid_main", StringComparison.Ordinal)))
            _steps.Insert(0, new ImportedStep { Task = MainTask, Line = "getpid() = $pid_main", About = "the number of the process" });
        var inherited = _processes.Count == 0 ? [] : _standard.Steps(MainTask, _buffers);
        _steps.InsertRange(0, inherited);
        Number();
        foreach (var signal in _signals)
            Attach(signal);
        var calls = _calls.Select(c => new ImportedCall(c.Call.Name, c.Call.Line, c.Step is null ? null : (c.Step.Task, c.Step.Number), c.Fate, c.Reason))
            .Concat(_log.Problems.Select(p => new ImportedCall(p.Call ?? "?", p.Line, null, Fate.NotUnderstood, p.Problem)))
            .OrderBy(c => c.Line).ToList();
        var yaml = _steps.Count > inherited.Count ? new CaseWriter(_options, _abi, _tree, _world.UsesProc, _directory, _buffers, _steps).Write() : null;
        return new ImportedLog(yaml, _abi, calls, _log.Problems);
    }

    private ProcessState ProcessOf(int pid)
    {
        if (_processes.TryGetValue(pid, out var known))
            return known;
        var isFirst = _processes.Count == 0;
        var process = new ProcessState
        {
            Task = isFirst ? MainTask : _names.New("process"),
            Pid = pid,
            Directory = _directory,
            Missing = isFirst ? null : "the log does not show how its process was made",
        };
        if (isFirst)
        {
            _names.AddProcess(pid != 0 ? pid : OwnNumber(), "pid_main");
            foreach (var (number, file) in _standard.Files)
                process.Files[number] = new LogDescriptor(file, number.ToString(CultureInfo.InvariantCulture), CloseOnExec: false);
        }

        return _processes[pid] = process;
    }

    /// <summary>Without -f a log has no process numbers but those that getpid gave.</summary>
    private int OwnNumber() =>
        (int)(_log.Events.OfType<StraceCall>().FirstOrDefault(c => c.Name is "getpid" or "set_tid_address" or "gettid")?.Result.Value?.Number ?? 0);

    private void Import(StraceCall call, ProcessState process)
    {
        _names.Captured.Clear();
        try
        {
            if (process.Missing is { } missing)
                throw ImportException.NotUnderstood(missing);
            if (call.Name is "execve" or "execveat" && !call.Result.Failed)
                Execute(call, process);
            if (call.Name is "rt_sigreturn" or "sigreturn")
                Return(call, process);
            else if (call.Name == "restart_syscall" && _restarted.FindLast(begun => begun.Pid == call.Pid) is { } begun)
                GoOn(begun, call, process);
            else if (call.Result is { Value: null, Error: { } restart } && restart.StartsWith("ERESTART", StringComparison.Ordinal))
                _restarted.Add(call);
            else
                Step(call, process);
        }
        catch (ImportException left)
        {
            Fail(call, process, left);
        }
    }

    /// <summary>The kernel went on with a call after a signal, by restart_syscall(2): the first call's arguments, the second one's result.</summary>
    private void GoOn(StraceCall begun, StraceCall end, ProcessState process)
    {
        _restarted.Remove(begun);
        Step(begun with { LastLine = end.LastLine, Result = end.Result }, process);
        _calls.Add((end, _calls[^1].Step, Fate.Replayed, null));
    }

    private void Step(StraceCall call, ProcessState process)
    {
        var signature = CallSignature.Find(call.Name);
        if (!CallTable.Exists(call.Name, _abi))
            throw ImportException.NotUnderstood("no system call of that name is known");
        if (_options.CanMake is { } can && !can(call.Name, _abi))
            throw ImportException.NotImplemented("the kernel does not have it");
        if (signature is null)
            throw StraceReplay.KernelHas(call.Name, _abi) ? ImportException.NotUnderstood("the importer does not know its arguments") : ImportException.NotImplemented("the kernel does not have it");
        var paths = _world.Paths(call, signature, process);
        _world.Follow(call, signature, process, paths);
        var makesChild = call.Result is { Failed: false, Value.Number: > 0 } && call.Name is "fork" or "vfork" or "clone" or "clone3";
        var waits = makesChild && (call.Name == "vfork" || Mentions(call, "CLONE_VFORK"));
        if (makesChild)
            _names.AddProcess((int)call.Result.Value!.Number!.Value, $"pid_{ChildName(call)}");
        var step = waits ? new ImportedStep { Task = process.Task, Line = $"fork() = $pid_{ChildName(call)}", About = "vfork's child runs a program, which a case does not have; so the parent need not wait for it" }
            : new StepMaker(call, signature, process, _names, _buffers, _world, _abi, TaskEnds(call), DiesOf(call)).Make(paths);
        if (makesChild)
            step.Child = MakeChild(call, process);
        Add(call, process, step);
        new Descriptors(process, _names, _tree).Follow(call, signature, paths, missing: null);
        if (waits)
        {
            _calls.RemoveAt(_calls.Count - 1);
            throw ImportException.NotImplemented("its child runs a program, which a case does not have");
        }
    }

    /// <summary>Nothing of its task comes after a call, but that it ended.</summary>
    private bool TaskEnds(StraceCall call) => _log.Events.LastOrDefault(e => e.Pid == call.Pid) is StraceEnd && _log.Events.OfType<StraceCall>().Last(c => c.Pid == call.Pid) == call;

    /// <summary>The call itself raises the signal that ends its task: so nobody sees what it gave.</summary>
    private bool DiesOf(StraceCall call)
    {
        if (call.Name is not ("kill" or "tgkill" or "tkill" or "rt_sigqueueinfo" or "rt_tgsigqueueinfo") && call.Result.Error != "EPIPE")
            return false;
        return _log.Events.Where(e => e.Pid == call.Pid && e.Line > call.Line).Take(2).ToList() switch
        {
            [StraceSignal raised, StraceEnd { Signal: { } signal }] => raised.Signal == signal && (raised.Info as StraceStruct)?["si_pid"]?.Number == call.Pid,
            // SIGKILL has no line of its own.
            [StraceEnd { Signal: "SIGKILL" }] => call.Result.Value is null,
            _ => false,
        };
    }

    private void Add(StraceCall call, ProcessState process, ImportedStep step)
    {
        _steps.Add(step);
        _calls.Add((call, step, Fate.Replayed, null));
        foreach (var begun in _restarted.Where(r => r.Pid == call.Pid && r.Name == call.Name).ToList())
        {
            _calls.Add((begun, step, Fate.Replayed, null));
            _restarted.Remove(begun);
        }

        if (call is { Name: "rt_sigprocmask", Result.Failed: false, Arguments: [StraceWord how, StraceList set, ..] })
            process.ChangeMask(how.Text, Literals.SignalBits(set));
        step.Mask = process.Mask;
        if (call.Name is "rt_sigaction" && !call.Result.Failed && call.Arguments is [StraceWord signalName, StraceStruct action, ..])
        {
            process.Actions[signalName.Text] = action["sa_handler"] is StraceWord { Text: "SIG_DFL" or "SIG_IGN" } simple ? simple.Text : "HANDLER";
        }
    }

    private string ChildName(StraceCall call)
    {
        // Counted by the order in which they were made, so that logs of other runs give the same case.
        var made = _log.Events.OfType<StraceCall>().Where(c => c.Name is "fork" or "vfork" or "clone" or "clone3" && c.Result.Value?.Number > 0).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"child{made.IndexOf(call) + 1}");
    }

    private string MakeChild(StraceCall call, ProcessState process)
    {
        var name = ChildName(call);
        var pid = (int)call.Result.Value!.Number!.Value;
        var waits = call.Name == "vfork" || Mentions(call, "CLONE_VFORK");
        _processes[pid] = process.Child(pid, name, sharesMemory: Mentions(call, "CLONE_VM") && !waits, sharesFiles: Mentions(call, "CLONE_FILES"));
        return name;
    }

    /// <summary>What execve does to the process besides running a program: a case's task goes on without one.</summary>
    private void Execute(StraceCall call, ProcessState process)
    {
        if (call.Arguments.OfType<StraceText>().FirstOrDefault() is { } program)
        {
            _tree.Exists(_tree.Resolve(process.Directory, Encoding.UTF8.GetString(program.Bytes), follow: true), LogFileKind.File).IsExecutable = true;
            foreach (var (number, descriptor) in process.Files.Where(f => f.Value.CloseOnExec).ToList())
            {
                if (descriptor.File.Missing is null)
                    Prepare(process, $"close({descriptor.Expression}) = 0", "execve closes what is close-on-exec");
                process.Files.Remove(number);
            }

            // Flags and masks go, too, of signals that stay ignored.
            foreach (var (signal, action) in process.Actions)
                Prepare(process, $"rt_sigaction({Literals.Name(signal, _abi)}, sigaction{{sa_handler={(action == "SIG_IGN" ? action : "SIG_DFL")}}}, NULL, 8) = 0", "execve takes handlers away");
            process.Execute();
        }

        throw ImportException.NotImplemented("a case has no programs to run");
    }

    private void Prepare(ProcessState process, string line, string about) =>
        _steps.Add(new ImportedStep { Task = process.Task, Line = line, About = about, Mask = process.Mask });

    /// <summary>The end of a handler, which a case's handler makes by itself.</summary>
    private void Return(StraceCall call, ProcessState process)
    {
        var arrived = _signals.FindLastIndex(s => s.Process == process && s.Return is null);
        if (arrived < 0)
            throw ImportException.NotUnderstood("the log does not show the signal whose handler returns");
        _signals[arrived] = _signals[arrived] with { Return = call };
    }

    /// <summary>
    /// A signal is noted with the call during which its handler runs. Steps are made one after the other, so that is the first one of the
    /// process after what its sender did last, unless the process blocks it: not always the one that it happened to interrupt in the log.
    /// </summary>
    private void Attach(HandledSignal signal)
    {
        var cause = CauseOf(signal);
        var task = signal.Process.Task;
        var bit = Literals.SignalBit(signal.Event.Signal);
        ImportedStep? step;
        if (cause is not null && cause.Task == task)
            step = cause;
        else if (_steps.LastOrDefault(s => s.Task == task && s.Call is { Result.Error: "EINTR" } call && call.Line < signal.Event.Line && call.LastLine <= signal.Event.Line && IsLast(call, signal)) is { } interrupted)
        {
            step = interrupted;
            if (cause is not null && step.Call!.IsSplit)
                step.Until = $"{cause.Task}.{cause.Number}";
        }
        else
        {
            var from = cause is null ? _steps.FindLastIndex(s => s.Task == task && s.Call?.LastLine < signal.Event.Line) : _steps.IndexOf(cause);
            step = _steps.Skip(from + 1).FirstOrDefault(s => s.Task == task && (s.Mask & bit) == 0);
        }

        step?.Signals.Add(signal.Event.Signal);
        if (signal.Return is { } end)
            _calls.Add(step is null ? (end, null, Fate.NotUnderstood, $"{signal.Event.Signal} came after the last call of its process") : (end, step, Fate.Replayed, null));
    }

    private bool IsLast(StraceCall call, HandledSignal signal) =>
        !_log.Events.OfType<StraceCall>().Any(c => c.Pid == call.Pid && c.Line > call.Line && c.Line < signal.Event.Line);

    /// <summary>The last step of the sender before the signal arrived; null where nobody sent it, as a timer's.</summary>
    private ImportedStep? CauseOf(HandledSignal signal)
    {
        if ((signal.Event.Info as StraceStruct)?["si_pid"]?.Number is not { } sender || !_processes.TryGetValue((int)sender, out var process))
            return null;
        return _steps.LastOrDefault(s => s.Task == process.Task && (s.Call is null || s.Call.Line < signal.Event.Line));
    }

    private void Fail(StraceCall call, ProcessState process, ImportException left)
    {
        _calls.Add((call, null, left.Fate, left.Message));
        var signature = CallSignature.Find(call.Name) ?? new CallSignature(call.Name, [], new ArgumentKind("n"));
        if (process.Missing is null && !call.Result.Failed && call.Name is not ("execve" or "vfork" or "clone" or "clone3"))
            new Descriptors(process, _names, _tree).Follow(call, signature, [], missing: $"it needs what {call.Name} made: {left.Message}");
    }

    private void Number()
    {
        var counts = new Dictionary<string, int>();
        ImportedStep? before = null;
        foreach (var step in _steps)
        {
            step.Number = counts[step.Task] = counts.GetValueOrDefault(step.Task) + 1;
            if (before is not null && before.Task != step.Task)
                step.After = $"{before.Task}.{before.Number}";
            before = step;
        }

        foreach (var begun in _restarted)
        {
            _calls.Add(_processes[begun.Pid].HasEnded
                ? (begun, null, Fate.NotImplemented, "a signal ended the call, and its process with it")
                : (begun, null, Fate.NotUnderstood, "the call was interrupted and is not made again in the log"));
        }
    }

    private static bool Mentions(StraceCall call, string flag) =>
        call.Arguments.Any(a => Words(a).Any(w => w.Text.Split('|').Contains(flag, StringComparer.Ordinal)));

    private static IEnumerable<StraceWord> Words(StraceValue value) => value switch
    {
        StraceWord word => [word],
        StraceNamed named => Words(named.Value),
        StraceStruct structure => structure.Fields.SelectMany(f => Words(f.Value)),
        StraceChange change => Words(change.Before),
        _ => [],
    };

    private static string DirectoryOf(StraceLog log)
    {
        foreach (var call in log.Events.OfType<StraceCall>())
        {
            if (call.Arguments.OfType<StraceWord>().FirstOrDefault(w => w.Text == "AT_FDCWD")?.Decoration is { } shown)
                return shown;
            if (call is { Name: "getcwd", Result.Failed: false } && call.Arguments is [StraceText text, ..])
                return Encoding.UTF8.GetString(text.Bytes);
        }

        return "/t";
    }

    /// <summary>The calls of listings that take more than one call.</summary>
    private static HashSet<StraceCall> UnfinishedListings(StraceLog log)
    {
        var unfinished = new HashSet<StraceCall>(ReferenceEqualityComparer.Instance);
        var before = new Dictionary<(int, string), StraceCall>();
        foreach (var call in log.Events.OfType<StraceCall>())
        {
            if (call.Arguments.FirstOrDefault() is not StraceWord descriptor)
                continue;
            var key = (call.Pid, descriptor.Text);
            if (call.Name == "close")
                before.Remove(key);
            if (call.Name != "getdents64" || call.Result.Value?.Number is not > 0)
                continue;
            if (before.TryGetValue(key, out var earlier))
                unfinished.Add(earlier);
            before[key] = call;
        }

        return unfinished;
    }
}
