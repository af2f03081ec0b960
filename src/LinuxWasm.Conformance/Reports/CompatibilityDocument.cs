using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Comparison;
using LinuxWasm.Conformance.Reports.Html;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Reports;

/// <summary>
/// docs/compatibility.md: every call of Linux's tables, what of it there is, and what says so. Made from the declarations of the calls, the
/// cases, what came of them on LinuxWasm, and what was recorded of Linux. The same sources give the same text.
/// </summary>
public sealed class CompatibilityDocument
{
    private const string Command = "linuxwasm conform --compatibility docs/compatibility.md";

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, CallAnswers> _coverage;
    private readonly ILookup<string, RunResult> _runs;
    private readonly Func<CaseRun, bool> _confirmed;

    private CompatibilityDocument(IReadOnlyList<RunResult> results, Func<CaseRun, bool> confirmed)
    {
        _coverage = CallAnswers.Of(results).ToDictionary(c => c.Call);
        _runs = results.SelectMany(r => Checked(r.Run).Select(call => (call, r))).ToLookup(pair => pair.call, pair => pair.r);
        _confirmed = confirmed;
    }

    private static IEnumerable<string> Checked(CaseRun run) => run.Tasks.SelectMany(task => task.Steps).Where(step => !step.AnyResult).Select(step => step.Call.Name).Distinct();

    /// <summary>The families and their calls, in the document's order.</summary>
    internal static IReadOnlyList<(string Name, IReadOnlyList<string> Calls)> Families { get; } = ReadFamilies();

    /// <summary>The document.</summary>
    /// <param name="results">What came of all runs of the suite on LinuxWasm, the list of differences applied.</param>
    /// <param name="differences">That list.</param>
    /// <param name="recordings">What Linux answered to a file's cases; null where nothing was recorded.</param>
    public static string Create(IReadOnlyList<RunResult> results, DifferenceList differences, Func<string, Recording?> recordings)
    {
        var files = results.Select(r => r.Run.Case.Position.File).Distinct().ToDictionary(file => file, recordings);
        var document = new CompatibilityDocument(results, run => files[run.Case.Position.File]?.Find(run) is not null);
        document.Write(results, differences);
        return document._text.ToString();
    }

    private void Write(IReadOnlyList<RunResult> results, DifferenceList differences)
    {
        var declared = SyscallCatalogue.Entries.Select(e => e.Name).ToHashSet();
        var listed = Families.SelectMany(f => f.Calls).ToHashSet();
        var others = SyscallNumbers.All.Select(row => row.Name).Where(name => !listed.Contains(name)).Order(StringComparer.Ordinal).ToList();
        Line("# Which system calls there are");
        Line();
        Line($"<!-- Made by `{Command}`; tests/run.sh checks that it is current. -->");
        Line();
        Line($"LinuxWasm answers **{listed.Count(declared.Contains) + others.Count(declared.Contains)}** of the **{SyscallNumbers.All.Count()}** names in Linux's tables for i386, x86-64 and the generic one. What they promise is checked by **{results.Select(r => r.Run.Case.Id).Distinct().Count()}** cases");
        Line($"in **{results.Count}** runs, of which **{results.Count(r => _confirmed(r.Run))}** are confirmed by a real Linux whose answers are kept beside the cases. A number without an implementation answers ENOSYS.");
        Line();
        Line("| column | says |");
        Line("|---|---|");
        Line("| i386, x86-64 | `yes`: there; `part`: there, without what the last column names; `no`: answers ENOSYS; empty: Linux's own table does not have it |");
        Line("| cases | how many conformance cases check what it gives. A case checks each of its calls and counts once for each, so the column adds up to more than there are cases; a call whose result is left open (`= any`) does not count |");
        Line("| runs | how many runs these cases have: one in each ABI for each row of their matrix |");
        Line("| here | how many of these runs do on LinuxWasm what they should. One that waits for a missing call counts as open for its neighbours too |");
        Line("| Linux | how many of them a real Linux has confirmed |");
        Line("| flags | how many flags, commands and options the cases try; which ones stands [below](#flags-that-cases-try) |");
        Line();
        foreach (var (name, calls) in Families)
            WriteFamily(name, calls);
        WriteOthers(others, declared);
        WriteDifferences(differences);
        WriteFlags();
    }

    private void WriteFamily(string name, IReadOnlyList<string> calls)
    {
        Line($"## {name}");
        Line();
        Line("| call | i386 | x86-64 | cases | runs | here | Linux | flags | not supported |");
        Line("|---|---|---|--:|--:|--:|--:|--:|---|");
        foreach (var call in calls)
            WriteCall(call);
        Line();
    }

    private void WriteCall(string call)
    {
        var runs = _runs[call].ToList();
        var coverage = _coverage.GetValueOrDefault(call);
        var cases = runs.Select(r => r.Run.Case.Id).Distinct().Count();
        var passed = runs.Count(r => r.Outcome == Outcome.Passed);
        var lacks = SyscallCatalogue.Entries.Where(e => e.Name == call && e.Unsupported is { Length: > 0 }).Select(e => e.Unsupported!).Distinct();
        Line(
            $"| [{call}]({ManualPages.Address(ManualOf(call))}) | {Support(call, SyscallTable.I386)} | {Support(call, SyscallTable.X64)} "
            + $"| {cases} | {runs.Count} | {passed} | {runs.Count(r => _confirmed(r.Run))} | {coverage?.Flags.Count ?? 0} | {string.Join("; ", lacks)} |");
    }

    private static string Support(string call, SyscallTable table)
    {
        if (SyscallNumbers.All.FirstOrDefault(row => row.Name == call)?.In(table) is null)
            return "";
        return SyscallCatalogue.Find(table, call) is not { } entry ? "no" : string.IsNullOrEmpty(entry.Unsupported) ? "yes" : "part";
    }

    private static string ManualOf(string call) =>
        SyscallCatalogue.Entries.FirstOrDefault(e => e.Name == call)?.Man is { Length: > 0 } man ? man : call + "(2)";

    private void WriteOthers(List<string> others, HashSet<string> declared)
    {
        Line("## All other names");
        Line();
        var there = others.Where(declared.Contains).ToList();
        if (there.Count > 0)
        {
            Line($"There as well: {string.Join(", ", there.Select(name => $"`{name}`"))}.");
            Line();
        }

        Line("Not part of the kernel, and answered as a Linux without that feature answers them, with ENOSYS:");
        Line();
        Wrap(others.Where(name => !declared.Contains(name)).Select(name => $"`{name}`"));
        Line();
    }

    private void WriteDifferences(DifferenceList differences)
    {
        Line("## Known differences");
        Line();
        if (differences.Entries.Count == 0)
        {
            Line("None is listed.");
            Line();
            return;
        }

        Line("Where LinuxWasm answers otherwise than Linux, by the case that shows it (`conformance/differences.yaml`):");
        Line();
        foreach (var difference in differences.Entries.OrderBy(d => d.Case, StringComparer.Ordinal))
        {
            Line($"- `{difference.Case}`: {difference.Reason}");
            foreach (var rule in difference.Rules)
                Line($"  - {rule}");
        }

        Line();
    }

    private void WriteFlags()
    {
        Line("## Flags that cases try");
        Line();
        Line("By call: the flags, commands and options that stand among the arguments of some case, and how often. What is not here is not checked by itself.");
        Line();
        foreach (var call in _coverage.Values.Where(c => c.Flags.Count > 0 && SyscallCatalogue.Entries.Any(e => e.Name == c.Call)))
        {
            Line($"**{call.Call}**");
            Wrap(call.Flags.Select(f => $"`{f.Key}` {f.Value.Values.Sum()}"));
            Line();
        }
    }

    /// <summary>A list with commas, in lines of a readable length.</summary>
    private void Wrap(IEnumerable<string> words)
    {
        const int Width = 140;
        var line = new StringBuilder();
        var all = words.ToList();
        for (var i = 0; i < all.Count; i++)
        {
            var word = all[i] + (i + 1 < all.Count ? "," : "");
            if (line.Length > 0 && line.Length + word.Length + 1 > Width)
            {
                Line(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Line(line.ToString());
    }

    private static List<(string, IReadOnlyList<string>)> ReadFamilies()
    {
        using var stream = typeof(CompatibilityDocument).Assembly.GetManifestResourceStream("reports/families.txt") ?? throw new InvalidOperationException("families.txt is not embedded");
        using var reader = new StreamReader(stream);
        var families = new List<(string, IReadOnlyList<string>)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            families.Add((line[..colon], line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }

        return families;
    }

    private void Line(string line = "") => _text.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
