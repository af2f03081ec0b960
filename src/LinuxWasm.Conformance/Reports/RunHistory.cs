using System.Text.Json;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Reports;

/// <summary>What came of one run of the suite: a line of the history beside the page.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Target">What was checked.</param>
/// <param name="Seconds">How long the runs took together.</param>
/// <param name="Scope">Which cases: the folder, the filter, the part. Runs of other cases say nothing about this one.</param>
public sealed record HistoryEntry(DateTime Time, string Target, int Passed, int Failed, int Listed, int Skipped, int NotImplemented, int Steps, double Seconds, string Scope = "")
{
    public int Runs => Passed + Failed + Listed + Skipped + NotImplemented;

    /// <summary>Whether the two carried out the same cases on the same thing.</summary>
    public bool IsLike(HistoryEntry other) => Target == other.Target && Scope == other.Scope;

    public static HistoryEntry Of(DateTime time, string target, string scope, IReadOnlyCollection<RunResult> results)
    {
        int Count(Outcome outcome) => results.Count(r => r.Outcome == outcome);
        return new HistoryEntry(
            time, target, Count(Outcome.Passed), Count(Outcome.Failed), Count(Outcome.Listed), Count(Outcome.Skipped), Count(Outcome.NotImplemented),
            results.Sum(r => r.Steps.Count), Math.Round(results.Sum(r => r.Duration.TotalSeconds), 3), scope);
    }
}

/// <summary>Earlier runs, a JSON object a line, so that a file can be appended to and two can be joined.</summary>
public static class RunHistory
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web);

    /// <summary>Where the history of a page is kept if nothing else is said: <c>page.history.jsonl</c> beside <c>page.html</c>.</summary>
    public static string PathFor(string page) => Path.ChangeExtension(page, ".history.jsonl");

    /// <summary>The runs of a file, oldest first; none where it is not there. <see cref="FormatException"/> for a line that is none.</summary>
    public static IReadOnlyList<HistoryEntry> Load(string path)
    {
        if (!File.Exists(path))
            return [];
        var entries = new List<HistoryEntry>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                entries.Add(JsonSerializer.Deserialize<HistoryEntry>(line, _options) ?? throw new JsonException("null"));
            }
            catch (JsonException error)
            {
                throw new FormatException($"{path}:{number}: expected a run as an earlier report wrote it ({error.Message})", error);
            }
        }

        return entries;
    }

    public static void Append(string path, HistoryEntry entry) => File.AppendAllText(path, JsonSerializer.Serialize(entry, _options) + "\n");
}
