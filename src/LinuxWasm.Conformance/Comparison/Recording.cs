using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>
/// What Linux answered, kept beside the cases: for <c>open.yaml</c> in <c>open.linux.json</c>. A machine that has no oracle compares with it.
/// </summary>
public sealed class Recording
{
    /// <summary>Buffers that are larger are not recorded: the case's own checks speak for them.</summary>
    internal const int MaxBytes = 256;

    private readonly Dictionary<string, JsonObject> _runs = [];

    private Recording(string kernel, string? configuration) => (Kernel, Configuration) = (kernel, configuration);

    /// <summary>The release of the kernel that answered.</summary>
    public string Kernel { get; }

    /// <summary>The file beside the suite that has that kernel's configuration, such as <c>kernels/6.18.4.config</c>; null where it told none.</summary>
    public string? Configuration { get; }

    public static string PathFor(string caseFile) => Path.ChangeExtension(caseFile, ".linux.json");

    /// <summary>The recording of a file of cases; null when there is none.</summary>
    public static Recording? Load(string caseFile)
    {
        var path = PathFor(caseFile);
        if (!File.Exists(path))
            return null;
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            var recording = new Recording((string?)root["kernel"] ?? "?", (string?)root["configuration"]);
            foreach (var (id, run) in root["runs"]!.AsObject())
                recording._runs[id] = run!.AsObject();
            return recording;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CaseFormatException(new SourcePosition(path, 1, 1), "not a recording: " + error.Message);
        }
    }

    /// <summary>
    /// Writes what Linux did in one file's runs. What it did before is kept where that is the same but for what belongs to the machine, so that
    /// a recording made again changes nothing, and where a run was not made this time.
    /// </summary>
    /// <param name="configuration">See <see cref="Configuration"/>.</param>
    /// <param name="results">The runs that were made.</param>
    /// <param name="others">The file's runs that were not.</param>
    public static void Save(string caseFile, string kernel, string? configuration, IEnumerable<RunResult> results, IEnumerable<CaseRun> others)
    {
        var before = Load(caseFile);
        var runs = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var result in results)
        {
            var old = before?.Find(result.Run);
            var isKept = result.Outcome == Outcome.Skipped || (old is not null && new RunComparer(result.Run).Compare(old, result) is null);
            if (old is not null && isKept)
                runs[result.Run.Id] = before!._runs[result.Run.Id].DeepClone();
            else if (result.Outcome == Outcome.Passed)
                runs[result.Run.Id] = Encode(result);
        }

        foreach (var run in others.Where(run => before?._runs.ContainsKey(run.Id) == true))
            runs[run.Id] = before!._runs[run.Id].DeepClone();
        var root = new JsonObject { ["kernel"] = kernel, ["configuration"] = configuration, ["runs"] = new JsonObject(runs!) };
        var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        File.WriteAllText(PathFor(caseFile), Compact(root.ToJsonString(options)) + "\n");
    }

    /// <summary>What Linux did in a run, as a result to compare with; null when it was not recorded, or for other steps than the case has now.</summary>
    public RunResult? Find(CaseRun run)
    {
        if (!_runs.TryGetValue(run.Id, out var recorded))
            return null;
        var steps = recorded["steps"]!.AsArray().Select(step => Decode(run, step!.AsObject())).ToList();
        return steps.Contains(null) ? null : new RunResult { Run = run, Outcome = Outcome.Passed, Steps = [.. steps.Select(step => step!)] };
    }

    private static JsonObject Encode(RunResult result)
    {
        var steps = new JsonArray();
        foreach (var step in result.Steps)
        {
            var entry = new JsonObject { ["step"] = step.Step.ToString(), ["gives"] = step.Result is { } r ? (r.Error is { } e ? "-" + e.ToString(CultureInfo.InvariantCulture) : r.Value.ToString(CultureInfo.InvariantCulture)) : "?" };
            if (step.Signals.Count > 0)
                entry["signals"] = new JsonArray([.. step.Signals.Select(s => JsonValue.Create(s))]);
            foreach (var (name, bytes) in step.Buffers.Where(b => b.Value.Length <= MaxBytes))
                entry["&" + name] = Convert.ToHexStringLower(bytes);
            steps.Add(entry);
        }

        return new JsonObject { ["steps"] = steps };
    }

    private static StepResult? Decode(CaseRun run, JsonObject entry)
    {
        var reference = (string)entry["step"]!;
        var dot = reference.LastIndexOf('.');
        var step = new StepReference(reference[..dot], int.Parse(reference.AsSpan(dot + 1), CultureInfo.InvariantCulture));
        var steps = run.Tasks.FirstOrDefault(t => t.Name == step.Task)?.Steps;
        if (steps is null || step.Step > steps.Count)
            return null;
        var spec = steps[step.Step - 1];
        var gives = (string)entry["gives"]!;
        CallResult? result = gives == "?" ? null
            : gives[0] == '-' ? new CallResult(-1, int.Parse(gives.AsSpan(1), CultureInfo.InvariantCulture))
            : new CallResult(Int128.Parse(gives, CultureInfo.InvariantCulture), null);
        var signals = entry["signals"]?.AsArray().Select(s => (int)s!).ToList() ?? [];
        var buffers = entry.Where(e => e.Key[0] == '&').ToDictionary(e => e.Key[1..], e => Convert.FromHexString((string)e.Value!));
        return new StepResult(step, Expressions.ExpressionText.Of(spec.Call), spec.Position, result, signals, buffers, []);
    }

    /// <summary>One line per step, so that a changed answer is a changed line.</summary>
    private static string Compact(string json) =>
        System.Text.RegularExpressions.Regex.Replace(json, @"\{\s+(""step"":[^{}]*?)\s+\}", m => "{ " + System.Text.RegularExpressions.Regex.Replace(m.Groups[1].Value, @"\s*\n\s*", " ") + " }");
}
