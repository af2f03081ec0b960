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

    private static readonly Option<int> Seed = NumberOption.Create("--seed", "Which random numbers: the same seed makes the same sequences.", otherwise: 1, int.MinValue);

    private static readonly Option<int> Steps = NumberOption.Create("--steps", "How many calls to make.", otherwise: 10_000, least: 1);

    private static readonly Option<int> Most = NumberOption.Create("--most", "Stop after that many differences.", otherwise: 10, least: 1);

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
        try
        {
            using var linux = new OracleTarget();
            using var own = new KernelTarget();
            var fuzzer = new Fuzzer(own, linux, seed);
            var found = new HashSet<string>();
            var watch = Stopwatch.StartNew();
            using var progress = new ProgressLine(() => string.Create(CultureInfo.InvariantCulture, $"{fuzzer.Steps:N0} of {steps:N0} calls, {fuzzer.Steps / watch.Elapsed.TotalSeconds:N0} a second, {found.Count} kinds of difference"), elsewhere: TimeSpan.FromMinutes(5));
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
