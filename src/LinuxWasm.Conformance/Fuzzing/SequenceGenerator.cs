using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>
/// Random sequences on a small tree, half sensible and half hostile, by one task or by several that share descriptors, memory or
/// nothing. What a call gives is carried to later ones: descriptors by the rule that the lowest free one is taken, processes by name.
/// </summary>
internal sealed class SequenceGenerator(int seed)
{
    // What a user namespace lets its root do; the rest the oracle's root may not do, and so ours may not either.
    public const string RootOfANamespace = "caps: [CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_SYS_CHROOT]";

    private static readonly string[] _identities =
    [
        RootOfANamespace, RootOfANamespace, RootOfANamespace, "uid: 1000, caps: []", "uid: 1000, caps: []", "uid: 1001, gid: 1000, groups: [5], caps: [], umask: 077",
        "uid: 1000, caps: [CAP_FOWNER]", "uid: 1000, caps: [CAP_DAC_OVERRIDE]", RootOfANamespace + ", limits: { RLIMIT_NOFILE: [7, 20] }", "uid: 1000, caps: [], limits: { RLIMIT_NOFILE: [7, 7] }",
    ];

    private static readonly string[] _origins = ["thread", "thread", "fork", "fork", "process", "child", "child"];

    private static readonly string[] _handlers =
    [
        "sigaction{sa_handler=HANDLER, sa_flags=SA_RESTORER, sa_restorer=RESTORER}", "sigaction{sa_handler=HANDLER, sa_flags=SA_RESTORER, sa_restorer=RESTORER}",
        "sigaction{sa_handler=HANDLER, sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=RESTORER}",
    ];

    private readonly Random _random = new(seed);
    private bool _hasThreads;
    private readonly Dictionary<GuestAbi, CallTemplate[]> _templates = GuestAbis.All.ToDictionary(abi => abi, CallGrammar.Embedded.For);

    // In the order of their names, so that the same seed gives the same theme.
    private readonly Dictionary<GuestAbi, List<CallTemplate[]>> _themes = GuestAbis.All.ToDictionary(
        abi => abi,
        abi => CallGrammar.Embedded.Themes.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => CallGrammar.Embedded.For(abi).Where(template => t.Value.Contains(template.Call)).ToArray()).ToList());

    /// <summary>One sequence of so many calls, besides those with which tasks tell each other who they are.</summary>
    public FuzzSequence Next(int length)
    {
        var abi = Pick(GuestAbis.All);
        var tasks = Tasks();
        _hasThreads = tasks.Any(task => task.Origin == "thread");
        // A thread has its process's descriptors, a child a copy of them, a process only those that each has.
        var tables = new List<SortedSet<int>>();
        foreach (var task in tasks)
            tables.Add(task.Origin == "thread" ? tables[0] : []);
        var steps = Prologue(tasks, tables);
        var live = Enumerable.Range(0, tasks.Count).ToList();
        var theme = _random.Next(3) == 0 ? null : _themes[abi][_random.Next(_themes[abi].Count)];
        for (var i = 0; i < length; i++)
        {
            var task = Pick(live);
            if (task > 0 && _random.Next(12) == 0)
            {
                // What a zombie still answers by its number is wait's to say; nothing else asks for it.
                live.Remove(task);
                steps.Add(new FuzzStep(task, $"{(tasks[task].Origin == "thread" ? "exit" : "exit_group")}({_random.Next(3)})", "?"));
                continue;
            }

            Add(steps, Pick(theme is not null && _random.Next(5) > 0 ? theme : _templates[abi]), task, tables[task], live);
        }

        return new FuzzSequence { Abi = abi, Tasks = tasks, Steps = steps, Identity = Pick(_identities) };
    }

    private void Add(List<FuzzStep> steps, CallTemplate template, int task, SortedSet<int> table, IReadOnlyList<int> live)
    {
        steps.Add(new FuzzStep(task, Fill(template.Text, new Context(table, task, live, _hasThreads)), MaySleep: CallGrammar.Embedded.MaySleep(template)));
        for (var given = (int)template.Gives; given > 0; given--)
            table.Add(Lowest(table));
    }

    private List<FuzzTask> Tasks()
    {
        List<FuzzTask> tasks = [new FuzzTask("main", "")];
        var others = _random.Next(10) switch { < 3 => 0, < 7 => 1, _ => 2 };
        for (var i = 1; i <= others; i++)
            tasks.Add(new FuzzTask("other" + i, Pick(_origins)));
        return tasks;
    }

    /// <summary>Handlers for the signals that are sent, what is opened for all, processes by calls, and the number of each task as <c>$p0</c>, <c>$p1</c>.</summary>
    private List<FuzzStep> Prologue(List<FuzzTask> tasks, List<SortedSet<int>> tables)
    {
        var steps = new List<FuzzStep>();
        string[] handled = ["SIGUSR1", "SIGUSR2", "34"];
        void Handle(int task) => steps.AddRange(handled.Select(signal => new FuzzStep(task, $"rt_sigaction({signal}, {Pick(_handlers)}, NULL, 8)")));

        Handle(0);
        steps.Add(new FuzzStep(0, "getpid()", "$p0"));
        for (var opened = _random.Next(3); opened > 0; opened--)
            Add(steps, Pick(CallGrammar.Embedded.Common), 0, tables[0], [0]);
        for (var i = 1; i < tasks.Count; i++)
        {
            if (tasks[i].Origin == "child")
            {
                steps.Add(new FuzzStep(0, "fork()", Child: i));
                tables[i].UnionWith(tables[0]);
            }

            if (tasks[i].Origin == "process")
                Handle(i);
            steps.Add(new FuzzStep(i, "gettid()", $"$p{i}"));
        }

        return steps;
    }

    private string Fill(string template, Context context)
    {
        var text = new System.Text.StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            var end = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (end > 0 && Draw(template[(at + 1)..end], context) is { } value)
            {
                text.Append(value);
                at = end + 1;
            }
            else
                text.Append(template[at++]);
        }

        return text.ToString();
    }

    private string? Draw(string kind, Context context) => kind switch
    {
        "fd" when context.Descriptors.Count > 0 && _random.Next(4) > 0 => context.Descriptors.ElementAt(_random.Next(context.Descriptors.Count)).ToString(System.Globalization.CultureInfo.InvariantCulture),
        "fd" => Draw("wildfd", context),
        // Whether a thread that stops its own process stops in that call or after it is a race on Linux.
        "job_signal" when context.HasThreads => "SIGCONT",
        "self" => $"$p{context.Task}",
        "other" => $"$p{Pick(context.Live)}",
        _ => CallGrammar.Embedded.Kinds.TryGetValue(kind, out var values) ? Fill(Pick(values), context) : null,
    };

    private static int Lowest(SortedSet<int> taken)
    {
        var lowest = 3;
        while (taken.Contains(lowest))
            lowest++;
        return lowest;
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private readonly record struct Context(SortedSet<int> Descriptors, int Task, IReadOnlyList<int> Live, bool HasThreads);
}
