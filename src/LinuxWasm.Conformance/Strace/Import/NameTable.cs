using System.Globalization;
using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>The names of captured values: descriptors, processes, addresses. All tasks of a case share them.</summary>
internal sealed class NameTable(IReadOnlySet<StraceCall> listingGoesOn)
{
    private readonly Dictionary<string, int> _counts = [];
    private readonly Dictionary<long, string> _processes = [];

    /// <summary>The descriptors that the step being made captures, by number.</summary>
    public Dictionary<int, string> Captured { get; } = [];

    /// <summary>A name that is not taken: <c>map1</c>, <c>map2</c>.</summary>
    public string New(string stem)
    {
        var count = _counts[stem] = _counts.GetValueOrDefault(stem) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{stem}{count}");
    }

    /// <summary>A descriptor is named after its number in the log: <c>fd3</c>, and <c>fd3_2</c> when it is opened again.</summary>
    public string NewDescriptor(int number)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"fd{number}");
        var count = _counts[stem] = _counts.GetValueOrDefault(stem) + 1;
        var name = count == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}_{count}");
        Captured[number] = name;
        return name;
    }

    /// <summary>The process with this number in the log.</summary>
    public void AddProcess(int pid, string name) => _processes[pid] = name;

    /// <summary>A process's number: null for 0, -1 and numbers that are no process's of the log.</summary>
    /// <param name="asResult">A number that is new is captured here.</param>
    public string? Process(long? number, bool asResult)
    {
        if (number is not { } pid || pid is 0 or -1)
            return null;
        var positive = Math.Abs(pid);
        if (!_processes.TryGetValue(positive, out var name))
        {
            if (!asResult)
                throw ImportException.NotUnderstood("the number of a process that the log does not know");
            name = _processes[positive] = New("pid");
        }

        return (pid < 0 ? "-$" : "$") + name;
    }

    /// <summary>A listing takes several calls: where one ends and the next begins is the file system's.</summary>
    public bool HasMoreEntries(StraceCall call) => listingGoesOn.Contains(call);
}
