using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LinuxWasm.Engine;
using LinuxWasm.Machine.Hosting;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm validate</c>: whether a module is valid, and if not, why.</summary>
internal static class ValidateCommand
{
    private const int Invalid = 1;

    private static readonly Argument<FileInfo> Module = new("MODULE")
    {
        Description = "A WebAssembly module of the host.",
    };

    private static readonly Option<int> Repeat = NumberOption.Create(
        "--repeat", "Does it so many times and prints how many megabytes a second it was: the first time, the median, the best.", otherwise: null, least: 1);

    public static Command Create()
    {
        var command = new Command("validate", "Decodes and validates a module. The status is 0 if it is valid; else the message says what is wrong, and where.")
        {
            Module,
            Repeat,
        };
        command.SetAction(static parsed => Run(parsed.GetValue(Module)!, Math.Max(1, parsed.GetValue(Repeat)), parsed.GetResult(Repeat) is not null));
        return command;
    }

    private static int Run(FileInfo file, int rounds, bool timed)
    {
        var bytes = HostFiles.Use(null, file.ToString(), "a WebAssembly module", File.ReadAllBytes);
        var rates = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var begin = Stopwatch.GetTimestamp();
            try
            {
                WasmModule.Decode(bytes);
            }
            catch (WasmFormatException wrong)
            {
                Console.Error.WriteLine($"linuxwasm: {file.Name}: {wrong.Message}");
                return Invalid;
            }

            rates[round] = bytes.Length / 1e6 / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        if (timed)
        {
            var first = rates[0];
            Array.Sort(rates);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first {first:F1} median {rates[rounds / 2]:F1} best {rates[^1]:F1}"));
        }

        return 0;
    }
}
