using System.Globalization;
using LinuxWasm.Conformance;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Coverage;
using LinuxWasm.Conformance.Explaining;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Reports;
using LinuxWasm.Conformance.Reports.Html;
using LinuxWasm.Conformance.Running;
using Spectre.Console;

namespace LinuxWasm.Cli.Commands;

/// <summary>Carries out <c>linuxwasm conform</c> and prints what came of it.</summary>
internal static class ConformRunner
{
    private const int Agrees = 0;
    private const int Differs = 1;
    private const int Malformed = 2;

    public static int Run(ConformRequest request)
    {
        CaseSuite suite;
        DifferenceList differences;
        try
        {
            suite = CaseSuite.Load(request.Paths);
            differences = CaseSuite.FindDifferences(request.Paths);
        }
        catch (CaseFormatException error)
        {
            Console.Error.WriteLine($"linuxwasm: {error.Message}");
            return Malformed;
        }

        foreach (var error in suite.Errors)
            Console.Error.WriteLine(error.Message);
        if (request.Explain is { } id)
            return Explain(suite, id, request.AsC);
        if (request.Coverage)
            return ShowCoverage(suite);
        var runs = suite.Runs(request.Filters);
        if (request.Shard is var (index, count))
            runs = CaseSuite.Shard(runs, index, count);
        if (runs.Count == 0)
        {
            // Where cases are malformed, that has been said and is the reason.
            if (request.Filters.Count > 0)
                Console.Error.WriteLine($"linuxwasm: no case has the tag or begins with {string.Join(", ", request.Filters)}{FilterHint(suite, request.Filters)}");
            else if (suite.Errors.Count == 0)
                Console.Error.WriteLine("linuxwasm: there is no case to run");
            return Malformed;
        }

        if (request.Programs is { } folder)
            return WritePrograms(runs, folder);
        try
        {
            var failed = request.Mode == ConformMode.Compare ? CompareAll(request, runs, differences) : RunAll(request, suite, runs, differences);
            return suite.Errors.Count > 0 ? Malformed : failed ? Differs : Agrees;
        }
        catch (TargetException error) when (request.Mode == ConformMode.Oracle)
        {
            // A machine without a confined Linux skips what needs one, and says why.
            Console.WriteLine($"skipped: {error.Message}");
            Console.WriteLine($"0 passed, 0 failed, {runs.Count} skipped");
            return suite.Errors.Count > 0 ? Malformed : Agrees;
        }
        catch (Exception error) when (error is TargetException or CaseFormatException)
        {
            Console.Error.WriteLine($"linuxwasm: {error.Message}");
            return Malformed;
        }
    }

    private static bool RunAll(ConformRequest request, CaseSuite suite, IReadOnlyList<CaseRun> runs, DifferenceList differences)
    {
        var oracle = request.Mode == ConformMode.Oracle;
        string? target = null;
        ICaseTarget Make()
        {
            ICaseTarget made = oracle ? new OracleTarget() : new KernelTarget();
            target = made.Description;
            return made;
        }

        var (done, wrong) = (0, 0);
        using var progress = new ProgressLine(() => $"{done} of {runs.Count} runs, {wrong} failed");
        var results = SuiteRunner.Run(runs, Make, request.Workers, result =>
        {
            done++;
            var failed = Judge(result).Outcome == Outcome.Failed;
            wrong += failed ? 1 : 0;
            if (request.Verbose || failed)
            {
                progress.Clear();
                Show(Judge(result), request.Verbose);
            }

            progress.Tick();
        });
        progress.Clear();
        RunResult Judge(RunResult result) => oracle ? result : differences.Judge(result);
        results = [.. results.Select(Judge)];
        WriteReports(request, target!, results);
        if (request.Compatibility is { } document)
            File.WriteAllText(document, CompatibilityDocument.Create(results, differences, Recording.Load));
        if (request.Record)
            RecordAll(target!, results, suite);
        Summarize(target!, results);
        return results.Any(r => r.Outcome == Outcome.Failed);
    }

    private static bool CompareAll(ConformRequest request, IReadOnlyList<CaseRun> runs, DifferenceList differences)
    {
        var (where, done) = ("Linux", 0);
        using var progress = new ProgressLine(() => $"{done} of {runs.Count} runs on {where}");
        void Tick()
        {
            done++;
            progress.Tick();
        }

        var comparison = SideBySide.AskLinux(runs, request.Workers, note =>
        {
            progress.Clear();
            Console.Error.WriteLine($"linuxwasm: {note}");
        }, Tick);
        (where, done) = ("LinuxWasm", 0);
        IReadOnlyList<RunResult> results = [.. comparison.Compare(runs, request.Workers, Tick).Select(differences.Judge)];
        progress.Clear();
        foreach (var result in results.Where(r => r.Outcome is Outcome.Failed or Outcome.Listed))
            Show(result, request.Verbose);
        var name = "LinuxWasm and " + comparison.Name;
        WriteReports(request, name, results);
        Summarize(name, results);
        return results.Any(r => r.Outcome == Outcome.Failed);
    }

    private static void WriteReports(ConformRequest request, string target, IReadOnlyList<RunResult> results)
    {
        if (request.NUnit is { } nunit)
            NUnitReport.Create(target, results).Save(nunit);
        if (request.Html is not { } html)
            return;
        var history = request.History ?? RunHistory.PathFor(html);
        var now = HistoryEntry.Of(DateTime.UtcNow, target, request.Scope, results);
        File.WriteAllText(html, HtmlReport.Create(now, results, RunHistory.Load(history)));
        RunHistory.Append(history, now);
    }

    private static void RecordAll(string kernel, IReadOnlyList<RunResult> results, CaseSuite suite)
    {
        var made = results.Select(result => result.Run.Id).ToHashSet();
        var others = suite.Runs([]).Where(run => !made.Contains(run.Id)).ToLookup(run => run.Case.Position.File);
        foreach (var file in results.GroupBy(r => r.Run.Case.Position.File))
            Recording.Save(file.Key, kernel, KernelConfiguration.SaveBeside(file.Key), file, others[file.Key]);
    }

    private static int Explain(CaseSuite suite, string id, bool asC)
    {
        var all = suite.Cases.SelectMany(CaseExpander.Expand).ToList();
        var runs = all.Where(r => r.Id == id || r.Case.Id == id).ToList();
        if (runs.Count == 0)
        {
            var names = id.Contains('@', StringComparison.Ordinal) ? all.Select(r => r.Id) : suite.Cases.Select(c => c.Id);
            Console.Error.WriteLine($"linuxwasm: no case or run is called '{id}'{NearNames.Hint(id, names)}");
            return Malformed;
        }

        Console.Out.Write(asC ? CProgram.Write(runs[0]) : CaseExplainer.Calls(runs));
        return Agrees;
    }

    private static string FilterHint(CaseSuite suite, IReadOnlyList<string> filters)
    {
        var names = suite.Cases.SelectMany(one => one.Tags.Append(one.Id).Append(one.Id.Split('/')[0]));
        return filters.Count == 1 ? NearNames.Hint(filters[0], names) : "";
    }

    private static int WritePrograms(IReadOnlyList<CaseRun> runs, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var run in runs)
        {
            var name = string.Concat(run.Id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
            File.WriteAllText(Path.Combine(folder, name + ".c"), CProgram.Write(run));
        }

        Console.WriteLine($"{runs.Count} programs in {folder}");
        return Agrees;
    }

    private static int ShowCoverage(CaseSuite suite)
    {
        var calls = CallCoverage.Of(suite.Cases);
        foreach (var call in calls)
            Console.WriteLine($"{(call.IsEnough ? "  " : "! ")}{call.Call,-28}{call.Cases,5} cases{call.Errors,5} with errors{(call.CanFail ? "" : "   (has none)")}");
        var documents = suite.Cases.Select(c => c.Document).Distinct().Count();
        var tasks = suite.Cases.Count(c => c.Tasks.Count > 1);
        Console.WriteLine($"{documents} documents, {suite.Cases.Count} cases, {tasks} of them of several tasks; {calls.Count} calls, {calls.Count(c => !c.IsEnough)} with too few cases");
        return calls.All(c => c.IsEnough) ? Agrees : Differs;
    }

    private static void Show(RunResult result, bool verbose)
    {
        Console.WriteLine($"{Word(result.Outcome)} {result.Run.Id}{(result.Outcome is Outcome.Passed or Outcome.Failed ? "" : ": " + result.Reason)}");
        foreach (var failure in result.Failures)
            Console.WriteLine("    " + failure);
        if (!verbose)
            return;
        foreach (var step in result.Steps)
            Console.WriteLine($"      {step.Step,-10} {step.Call} = {step.Result?.ToString() ?? "?"}");
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Failed => "FAILED",
        Outcome.Listed => "listed",
        Outcome.NotImplemented => "not yet",
        _ => "skipped",
    };

    private static void Summarize(string target, IReadOnlyList<RunResult> results)
    {
        var table = new Table().Border(TableBorder.Simple).Title($"Conformance of {Markup.Escape(target)}");
        table.AddColumn(new TableColumn("Folder").NoWrap());
        foreach (var column in new[] { "Cases", "Runs", "Passed", "Failed", "Skipped", "(listed)", "(not yet)", "Steps" })
            table.AddColumn(new TableColumn(column).NoWrap().RightAligned());
        foreach (var folder in results.GroupBy(r => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(r.Run.Case.Position.File)) ?? "")).OrderBy(g => g.Key, StringComparer.Ordinal))
            table.AddRow(Row(Markup.Escape(folder.Key), [.. folder]));
        table.AddEmptyRow();
        table.AddRow(Row("all", results));
        TerminalOutput.Write(table);
        if (results.Any(r => r.Outcome is Outcome.Listed or Outcome.NotImplemented))
            Console.WriteLine("Skipped runs that are listed differ as differences.yaml says; those that are not yet make a call that LinuxWasm does not have.");
        foreach (var reason in results.Where(r => r.Outcome == Outcome.Skipped).GroupBy(r => r.Reason).OrderByDescending(g => g.Count()))
            Console.WriteLine($"{reason.Count(),6} {reason.Key}");
        SummarizeMissing([.. results.Where(r => r.Outcome == Outcome.NotImplemented)]);
        Console.WriteLine($"{results.Count(r => r.Outcome == Outcome.Passed)} passed, {results.Count(r => r.Outcome == Outcome.Failed)} failed, {results.Count(IsSkipped)} skipped");
    }

    /// <summary>What the kernel is still to do, call by call, with how many cases wait for it.</summary>
    private static void SummarizeMissing(IReadOnlyList<RunResult> waiting)
    {
        if (waiting.Count == 0)
            return;
        var cases = waiting.Select(r => r.Run.Case.Id).Distinct().Count();
        Console.WriteLine(cases == 1 ? "1 case waits for what is not implemented yet:" : $"{cases} cases wait for what is not implemented yet:");
        var calls = from result in waiting
                    from call in result.Reason![(result.Reason!.IndexOf(':', StringComparison.Ordinal) + 2)..].Split(", ")
                    group result.Run.Case.Id by call into waiters
                    orderby waiters.Distinct().Count() descending, waiters.Key
                    select waiters;
        foreach (var call in calls)
            Console.WriteLine($"{call.Distinct().Count(),6} {call.Key}");
    }

    /// <summary>Whatever neither passed nor failed, so that the three add up.</summary>
    private static bool IsSkipped(RunResult result) => result.Outcome is not (Outcome.Passed or Outcome.Failed);

    private static string[] Row(string name, IReadOnlyList<RunResult> results)
    {
        string Count(Func<RunResult, bool> condition) => results.Count(condition) is var n and > 0 ? n.ToString(CultureInfo.InvariantCulture) : "";
        return
        [
            name, results.Select(r => r.Run.Case.Id).Distinct().Count().ToString(CultureInfo.InvariantCulture), results.Count.ToString(CultureInfo.InvariantCulture),
            Count(r => r.Outcome == Outcome.Passed), Count(r => r.Outcome == Outcome.Failed), Count(IsSkipped), Count(r => r.Outcome == Outcome.Listed),
            Count(r => r.Outcome == Outcome.NotImplemented), results.Sum(r => r.Steps.Count).ToString(CultureInfo.InvariantCulture),
        ];
    }
}
