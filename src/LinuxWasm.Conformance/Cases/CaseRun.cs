namespace LinuxWasm.Conformance.Cases;

/// <summary>A case with one row of its matrix filled in, for one ABI: what is carried out and reported.</summary>
public sealed record CaseRun
{
    public required ConformanceCase Case { get; init; }

    public required MatrixRow Row { get; init; }

    public required GuestAbi Abi { get; init; }

    /// <summary>Such as <c>open/missing[flags=O_RDWR]@i386</c>.</summary>
    public string Id => (Row.Label.Length == 0 ? Case.Id : $"{Case.Id}[{Row.Label}]") + "@" + Abi.Name();

    public required IReadOnlyList<SetupItem> Setup { get; init; }

    public required Identity Identity { get; init; }

    public required IReadOnlyList<BufferSpec> Buffers { get; init; }

    public required IReadOnlyList<TaskSpec> Tasks { get; init; }

    public required EndState End { get; init; }

    /// <summary>How many steps must run for the run to count as done.</summary>
    public int StepCount => Tasks.Sum(task => task.Steps.Count);

    /// <summary>The names of the system calls that the steps make.</summary>
    public IEnumerable<string> Calls => Tasks.SelectMany(task => task.Steps).Select(step => step.Call.Name).Distinct();
}
