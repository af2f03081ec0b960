using System.Text.RegularExpressions;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Reports;

/// <summary>What the runs of a suite have seen one call do.</summary>
public sealed partial class CallAnswers
{
    /// <summary>What stands for a result that is no error.</summary>
    public const string Success = "success";

    /// <summary>What stands for a call that did not return.</summary>
    public const string NoReturn = "no return";

    private static readonly HashSet<string> _noFlags = ["NULL", "BADPTR", "AT_FDCWD", "HANDLER", "RESTORER", "RT_RESTORER", "INT_MAX", "UINT_MAX", "LONG_MAX", "PATH_MAX", "NAME_MAX"];

    private readonly HashSet<string> _cases = [];
    private readonly SortedDictionary<string, int> _results = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _flags = new(StringComparer.Ordinal);

    private CallAnswers(string call) => Call = call;

    public string Call { get; }

    /// <summary>How often it was called.</summary>
    public int Steps { get; private set; }

    /// <summary>The ids of the cases that call it.</summary>
    public IReadOnlyCollection<string> Cases => _cases;

    /// <summary>How often it gave which result: <see cref="Success"/>, an error's name, or <see cref="NoReturn"/>.</summary>
    public IReadOnlyDictionary<string, int> Results => _results;

    /// <summary>The same for the calls that had a constant among their arguments: flags, commands, options.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<string, int>> Flags => _flags;

    /// <summary>All calls of the results, by name.</summary>
    public static IReadOnlyList<CallAnswers> Of(IEnumerable<RunResult> results)
    {
        var calls = new SortedDictionary<string, CallAnswers>(StringComparer.Ordinal);
        foreach (var result in results)
        {
            foreach (var step in result.Steps)
            {
                var name = NameOf(step);
                if (CallTable.IsPseudo(name))
                    continue;
                if (!calls.TryGetValue(name, out var coverage))
                    calls.Add(name, coverage = new CallAnswers(name));
                coverage.Add(result.Run.Case.Id, step);
            }
        }

        return [.. calls.Values];
    }

    /// <summary>The call that a step makes.</summary>
    public static string NameOf(StepResult step) => step.Call[..step.Call.IndexOf('(', StringComparison.Ordinal)];

    private void Add(string id, StepResult step)
    {
        Steps++;
        _cases.Add(id);
        var result = step.Result is not { } r ? NoReturn : r.Error is { } error ? ConstantTable.ErrnoName(error) : Success;
        Count(_results, result);
        foreach (var flag in FlagsOf(step.Call).Distinct())
        {
            if (!_flags.TryGetValue(flag, out var seen))
                _flags.Add(flag, seen = new SortedDictionary<string, int>(StringComparer.Ordinal));
            Count(seen, result);
        }
    }

    private static void Count(SortedDictionary<string, int> counts, string result) => counts[result] = counts.GetValueOrDefault(result) + 1;

    private static IEnumerable<string> FlagsOf(string call) =>
        Constants().Matches(Texts().Replace(call, "")).Select(m => m.Value).Where(name => !_noFlags.Contains(name) && ConstantTable.FindErrno(name) is null && ConstantTable.Exists(name));

    [GeneratedRegex("\"(\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Texts();

    [GeneratedRegex(@"\b_*[A-Z][A-Z0-9_]{2,}\b")]
    private static partial Regex Constants();
}
