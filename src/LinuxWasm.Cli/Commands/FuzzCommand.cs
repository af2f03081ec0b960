using System.CommandLine;
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
            foreach (var finding in fuzzer.Run(steps))
            {
                // The same call may differ in the same way many times over.
                var kind = $"{finding.Difference.Call.Split('(')[0]} {finding.Difference.What} {finding.Difference.Left} {finding.Difference.Right}";
                if (!found.Add(kind))
                    continue;
                Console.WriteLine(finding.Yaml);
                Console.WriteLine("---");
                if (found.Count >= most)
                    break;
            }

            Console.WriteLine($"# seed {seed}: {fuzzer.Steps} calls, {found.Count} kinds of difference");
            return found.Count > 0 ? Differs : Agrees;
        }
        catch (TargetException error)
        {
            Console.Error.WriteLine($"linuxwasm: {error.Message}");
            return Impossible;
        }
    }
}
