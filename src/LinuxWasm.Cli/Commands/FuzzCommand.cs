using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Fuzzing;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm fuzz</c>: random system calls on LinuxWasm and on the confined Linux of this machine, compared.</summary>
internal static class FuzzCommand
{
    private const int Agrees = 0;
    private const int Differs = 1;
    private const int Impossible = 2;

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Which random numbers: the same seed makes the same sequences.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "How many calls to make.",
        HelpName = "M",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> Most = new("--most")
    {
        Description = "Stop after that many differences.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    public static Command Create()
    {
        var command = new Command("fuzz", "Compares random system calls with this machine's Linux, confined, and shrinks what differs to a case. The status is 1 where something does.")
        {
            Seed, Steps, Most,
        };
        command.SetAction(static parsed => Run(parsed.GetValue(Seed), parsed.GetValue(Steps), parsed.GetValue(Most)));
        return command;
    }

    private static int Run(int seed, int steps, int most)
    {
        if (steps < 1 || most < 1)
            throw new FormatException("--steps and --most: a positive number is expected");
        try
        {
            using var linux = new OracleTarget();
            using var own = new KernelTarget();
            var fuzzer = new Fuzzer(own, linux, seed);
            var found = new HashSet<string>();
            var progress = new FuzzProgress(fuzzer, steps, found);
            foreach (var finding in fuzzer.Run(steps, difference => found.Contains(Kind(difference)), progress.Tick))
            {
                if (!found.Add(Kind(finding.Difference)))
                    continue;
                progress.Clear();
                Console.WriteLine(finding.Yaml);
                Console.WriteLine("---");
                if (found.Count >= most)
                    break;
            }

            progress.Clear();
            Console.WriteLine($"# seed {seed}: {fuzzer.Steps} calls in {fuzzer.Sequences} sequences ({fuzzer.Stuck} stuck on Linux too, {fuzzer.Unsteady} unsteady), {found.Count} kinds of difference");
            if (fuzzer.Stuck * 2 <= fuzzer.Sequences)
                return found.Count > 0 ? Differs : Agrees;
            // Something is wrong with the machine, then, and that nothing differs says nothing.
            Console.Error.WriteLine("linuxwasm: most sequences got stuck on Linux, so this run proves nothing");
            return Impossible;
        }
        catch (TargetException error)
        {
            Console.Error.WriteLine($"linuxwasm: {error.Message}");
            return Impossible;
        }
    }

    /// <summary>The same call may differ in the same way many times over.</summary>
    private static string Kind(Difference difference) =>
        $"{difference.Call.Split('(')[0]} {difference.What} {difference.Left} {difference.Right}";
}

/// <summary>A line on a terminal's standard error that says how far a night's run is; elsewhere a line every few minutes.</summary>
internal sealed class FuzzProgress(Fuzzer fuzzer, int steps, IReadOnlyCollection<string> found)
{
    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _seldom = TimeSpan.FromMinutes(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Console.IsErrorRedirected ? _seldom : _often;
    private bool _shown;

    public void Tick()
    {
        if (_watch.Elapsed < _next)
            return;
        _next = _watch.Elapsed + (Console.IsErrorRedirected ? _seldom : _often);
        var line = string.Create(CultureInfo.InvariantCulture, $"{fuzzer.Steps:N0} of {steps:N0} calls, {fuzzer.Steps / _watch.Elapsed.TotalSeconds:N0} a second, {found.Count} kinds of difference");
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(line);
            return;
        }

        Console.Error.Write("\r\e[K" + line);
        _shown = true;
    }

    public void Clear()
    {
        if (_shown)
            Console.Error.Write("\r\e[K");
        _shown = false;
    }
}
