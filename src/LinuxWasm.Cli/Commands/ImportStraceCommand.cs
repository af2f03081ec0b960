using System.CommandLine;
using System.Globalization;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Conformance.Strace;
using LinuxWasm.Conformance.Strace.Import;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Machine.Hosting;
using Spectre.Console;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm import-strace</c>: logs of strace as conformance cases, and what of them LinuxWasm does as Linux did.</summary>
internal static class ImportStraceCommand
{
    private static readonly Argument<string[]> Logs = new("LOG")
    {
        Description = "Logs of `strace -f -v -s 65535 -yy -o LOG PROGRAM`.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "The folder to write the cases to, one file for each log. It is made where it is not there.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string?> Root = new("--root")
    {
        Description = "A copy of the file tree, taken before the run: it has what the log does not show.",
        HelpName = "DIR",
    };

    private static readonly Option<string> RootAt = new("--root-at")
    {
        Description = "Where DIR stood in the tree of the run.",
        HelpName = "PATH",
        DefaultValueFactory = _ => "/",
    };

    private static readonly Option<string> Family = new("--family")
    {
        Description = "The first part of the cases' ids; the second is the log's name.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "strace",
    };

    private static readonly Option<bool> Implemented = new("--implemented")
    {
        Description = "Leaves out the calls that LinuxWasm does not have. Without it the case has them, and is run once they are there.",
    };

    private static readonly Option<bool> Replay = new("--replay")
    {
        Description = "Makes the calls that LinuxWasm has again, and says what differs from the log.",
    };

    private static readonly Option<bool> OracleOption = new("--oracle")
    {
        Description = "With --replay: on this machine's Linux, confined, instead of on LinuxWasm.",
    };

    private const int Refused = 2;

    public static Command Create()
    {
        var command = new Command("import-strace", "Turns strace's logs into conformance cases. Calls that become no step are listed with the reason. The status is 1 where a call that is replayed differs from the log, 2 where there is no log to read.")
        {
            Logs, Output, Root, RootAt, Family, Implemented, Replay, OracleOption,
        };
        command.SetAction(static parsed =>
        {
            if (parsed.GetValue(OracleOption) && !parsed.GetValue(Replay))
                throw new FormatException("--oracle: it says where to replay a log, so --replay is expected with it");
            if (parsed.GetResult(RootAt) is { Implicit: false } && parsed.GetValue(Root) is null)
                throw new FormatException("--root-at: it says where the copy of a tree stood, so --root is expected with it");
            var status = 0;
            try
            {
                foreach (var log in parsed.GetValue(Logs)!)
                    status = Math.Max(status, Run(log, parsed));
                return status;
            }
            catch (TargetException error)
            {
                Console.Error.WriteLine($"linuxwasm: {error.Message}");
                return Refused;
            }
        });
        return command;
    }

    private static int Run(string path, ParseResult parsed)
    {
        var log = HostFiles.Use(null, path, "a log of strace", StraceLog.Read);
        if (log.Foreign is { } foreign)
        {
            Console.Error.WriteLine($"linuxwasm: {foreign}");
            return Refused;
        }

        foreach (var problem in log.Problems)
            Console.Error.WriteLine(problem);
        var replay = parsed.GetValue(Replay);
        var name = CaseName(path);
        var options = new ImportOptions
        {
            Id = $"{parsed.GetValue(Family)}/{name}",
            About = $"what {name} did on Linux, imported from strace",
            Root = parsed.GetValue(Root),
            RootAt = parsed.GetValue(RootAt)!,
            CanMake = replay || parsed.GetValue(Implemented) ? StraceReplay.KernelHas : null,
        };
        var imported = StraceImporter.Import(log, options);
        if (parsed.GetValue(Output) is { } folder && imported.Yaml is { } yaml)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, name + ".yaml"), "# yaml-language-server: $schema=../case.schema.json\n" + yaml);
        }

        if (imported.Calls.Count == 0)
            throw new FormatException($"{path}: there is no system call in it");
        var calls = imported.Calls;
        if (replay)
        {
            using ICaseTarget target = parsed.GetValue(OracleOption) ? new OracleTarget() : new KernelTarget();
            calls = StraceReplay.Run(imported, target).Calls;
        }
        else if (parsed.GetValue(Output) is null)
            Console.Out.Write(imported.Yaml);
        if (replay || parsed.GetValue(Output) is not null)
            Report(name, calls, replay);
        return calls.Any(c => c.Fate is Fate.Differs) ? 1 : 0;
    }

    /// <summary>The log's name as an id has it.</summary>
    private static string CaseName(string path)
    {
        var name = new string([.. Path.GetFileNameWithoutExtension(path).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return name.Length > 0 ? name : "log";
    }

    private static void Report(string name, IReadOnlyList<ImportedCall> calls, bool replayed)
    {
        var done = replayed ? "Replayed" : "Imported";
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(name));
        foreach (var column in new[] { "Call", "Seen", done, "Differ", "Not implemented", "Not understood" })
            table.AddColumn(column == "Call" ? new TableColumn(column).NoWrap() : new TableColumn(column).NoWrap().RightAligned());
        foreach (var group in calls.GroupBy(c => c.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            table.AddRow([Markup.Escape(group.Key), .. Figures([.. group])]);
        table.AddEmptyRow();
        table.AddRow(["all", .. Figures(calls)]);
        TerminalOutput.Write(table);
        foreach (var reason in calls.Where(c => c.Fate != Fate.Replayed).GroupBy(c => (c.Name, c.Fate, c.Reason)).OrderBy(g => g.Key.Fate).ThenByDescending(g => g.Count()))
        {
            var lines = string.Join(", ", reason.Take(5).Select(c => c.Line)) + (reason.Count() > 5 ? ", ..." : "");
            Console.WriteLine($"{reason.Count(),6} {Word(reason.Key.Fate)}: {reason.Key.Name}: {reason.Key.Reason} (line {lines})");
        }

        if (calls.Any(c => c.Reason?.Contains("strace left out", StringComparison.Ordinal) == true))
            Console.WriteLine("The log does not have all of what its calls took and gave: record it with strace -f -v -s 65535 -yy; of a trace of linuxwasm run, --trace-strings 65535 shows whole strings.");

        int Count(Fate fate) => calls.Count(c => c.Fate == fate);
        Console.WriteLine($"{Count(Fate.Replayed)} {(replayed ? "replayed" : "imported")}, {Count(Fate.Differs)} differ, {Count(Fate.NotImplemented)} not implemented, {Count(Fate.NotUnderstood)} not understood");
    }

    private static string[] Figures(IReadOnlyList<ImportedCall> calls)
    {
        string Count(Fate fate) => calls.Count(c => c.Fate == fate) is var n and > 0 ? n.ToString(CultureInfo.InvariantCulture) : "";
        return [calls.Count.ToString(CultureInfo.InvariantCulture), Count(Fate.Replayed), Count(Fate.Differs), Count(Fate.NotImplemented), Count(Fate.NotUnderstood)];
    }

    private static string Word(Fate fate) => fate switch
    {
        Fate.Differs => "differs",
        Fate.NotImplemented => "not implemented",
        _ => "not understood",
    };
}
