using System.CommandLine;
using LinuxWasm.Engine;
using LinuxWasm.Engine.Spec;
using LinuxWasm.Machine.Hosting;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm wast</c>: runs scripts of WebAssembly's specification test suite against the engine.</summary>
internal static class WastCommand
{
    private static readonly Argument<DirectoryInfo> Folder = new("FOLDER")
    {
        Description = "A folder of scripts as wabt's wast2json writes them: .json files, with their modules beside them.",
    };

    private static readonly Option<FileInfo?> Except = new("--except")
    {
        Description = "A file of assertions that are known not to hold, one 'script:line reason' a line. One that holds all the same is a failure.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Suspend = new("--suspend")
    {
        Description = "Every function is compiled so that it can be suspended, and is suspended and resumed before every call it makes. Nothing else may change.",
    };

    private static readonly Option<int> OptimizeAfter = NumberOption.Create(
        "--optimize-after", "Calls and loop rounds of a function before it is compiled optimized. 0: always. Nothing but the speed may change.", otherwise: null, least: 0);

    public static Command Create()
    {
        var command = new Command("wast", "Runs converted scripts of WebAssembly's specification test suite. The status is 0 where every assertion holds.")
        {
            Folder,
            Except,
            Suspend,
            OptimizeAfter,
        };
        command.SetAction(static parsed => Run(parsed.GetValue(Folder)!, parsed.GetValue(Except), new EngineOptions
        {
            SuspendAtEveryCall = parsed.GetValue(Suspend),
            OptimizeAfter = parsed.GetValue(OptimizeAfter),
        }));
        return command;
    }

    private static int Run(DirectoryInfo folder, FileInfo? except, EngineOptions options)
    {
        if (!folder.Exists)
            throw new IOException($"{folder}: no such folder; one with the output of wast2json is expected");
        var runner = new WastRunner(new IlEngine(options)) { LeftOut = except is null ? new HashSet<string>() : ReadNames(except) };
        int passed = 0, failed = 0, skipped = 0;
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var script in folder.EnumerateFiles("*.json", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            var result = runner.Run(script.FullName);
            passed += result.Passed;
            failed += result.Failures.Count;
            skipped += result.Skipped.Values.Sum();
            Console.WriteLine($"{Path.ChangeExtension(Path.GetRelativePath(folder.FullName, script.FullName), null),-40} {result.Passed,6} passed {result.Failures.Count,4} failed {result.Skipped.Values.Sum(),4} skipped");
            foreach (var failure in result.Failures)
                Console.WriteLine($"    {failure}");
            foreach (var (reason, count) in result.Skipped)
                reasons[reason] = reasons.GetValueOrDefault(reason) + count;
        }

        foreach (var (reason, count) in reasons)
            Console.WriteLine($"{count} skipped: {reason}");

        if (options.SuspendAtEveryCall)
            Console.WriteLine($"suspended and resumed {runner.Suspensions} times");
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && passed > 0 && (runner.Suspensions > 0 || !options.SuspendAtEveryCall) ? 0 : 1;
    }

    /// <summary>The first word of each line that is not a comment.</summary>
    private static HashSet<string> ReadNames(FileInfo file) =>
        [.. HostFiles.Use("--except", file.ToString(), "a file of names, one a line,", File.ReadAllLines).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')[0])];
}
