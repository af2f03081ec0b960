using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Cases;

/// <summary>Makes the runs of a case: each row of its matrix, in each ABI that has all of its calls.</summary>
public static class CaseExpander
{
    public static IEnumerable<CaseRun> Expand(ConformanceCase source)
    {
        foreach (var row in source.Matrix)
        {
            foreach (var abi in GuestAbis.All)
            {
                if (source.Requires.Abis.Count > 0 && !source.Requires.Abis.Contains(abi))
                    continue;
                if (row.Abi is not null && row.Abi != abi)
                    continue;
                var run = Fill(source, row, abi);
                if (run.Calls.All(call => CallTable.Exists(call, abi)))
                    yield return run;
            }
        }
    }

    /// <summary>The run of one row in one ABI, whether or not the ABI has its calls.</summary>
    internal static CaseRun Fill(ConformanceCase source, MatrixRow row, GuestAbi abi)
    {
        var fill = new Substitution(row.Values);
        return new CaseRun
        {
            Case = source,
            Row = row,
            Abi = abi,
            Setup = [.. source.Setup.Select(item => Fill(item, fill))],
            Identity = Fill(source.Identity, fill),
            Buffers = [.. source.Buffers.Select(b => b with { Type = fill.Apply(b.Type), Value = b.Value is null ? null : fill.Apply(b.Value), Fill = fill.Maybe(b.Fill) })],
            Tasks = [.. source.Tasks.Select(task => Fill(task, fill, abi))],
            End = new EndState
            {
                Files = [.. source.End.Files.Select(f => f with { Path = fill.Apply(f.Path), Properties = Fill(f.Properties, fill) })],
                Descriptors = [.. source.End.Descriptors.Select(d => d with { Descriptor = fill.Apply(d.Descriptor), Properties = Fill(d.Properties, fill) })],
            },
        };
    }

    private static List<(string, Expression)> Fill(IReadOnlyList<(string Name, Expression Expected)> properties, Substitution fill) =>
        [.. properties.Select(p => (p.Name, fill.Apply(p.Expected)))];

    private static SetupItem Fill(SetupItem item, Substitution fill)
    {
        SetupItem filled = item switch
        {
            SetupFile file => file with { Content = fill.Maybe(file.Content), Size = fill.Maybe(file.Size) },
            SetupSymlink link => link with { Target = fill.Apply(link.Target) },
            SetupLink link => link with { Target = fill.Apply(link.Target) },
            SetupNode node => node with { Type = fill.Apply(node.Type) },
            SetupMount mount => mount with { FileSystem = fill.Apply(mount.FileSystem), Flags = fill.Maybe(mount.Flags), Options = fill.Maybe(mount.Options) },
            _ => item,
        };
        return filled with
        {
            Path = fill.Apply(item.Path),
            Mode = fill.Maybe(item.Mode),
            Owner = fill.Maybe(item.Owner),
            Group = fill.Maybe(item.Group),
            Time = fill.Maybe(item.Time),
        };
    }

    private static Identity Fill(Identity identity, Substitution fill) => identity with
    {
        Uid = fill.Maybe(identity.Uid),
        Gid = fill.Maybe(identity.Gid),
        Groups = identity.Groups is null ? null : [.. identity.Groups.Select(fill.Apply)],
        Umask = fill.Maybe(identity.Umask),
        Capabilities = identity.Capabilities is null ? null : [.. identity.Capabilities.Select(fill.Apply)],
        Limits = [.. identity.Limits.Select(l => l with { Soft = fill.Apply(l.Soft), Hard = fill.Apply(l.Hard) })],
        Directory = fill.Maybe(identity.Directory),
    };

    private static TaskSpec Fill(TaskSpec task, Substitution fill, GuestAbi abi) => task with
    {
        Identity = task.Identity is null ? null : Fill(task.Identity, fill),
        Steps = [.. task.Steps.Where(step => IsPartOfRun(step, fill, abi)).Select(step => Fill(step, fill))],
    };

    private static bool IsPartOfRun(StepSpec step, Substitution fill, GuestAbi abi) => IsTrue(step.When, fill, abi);

    /// <summary>Whether a condition on the matrix holds; none holds always.</summary>
    internal static bool IsTrue(Expression? when, Substitution fill, GuestAbi abi) =>
        when is null || new Evaluator(new ConstantScope(abi)).Truth(fill.ApplyToCondition(when));

    private static StepSpec Fill(StepSpec step, Substitution fill) => step with
    {
        Call = fill.Apply(step.Call),
        Expected = fill.Maybe(step.Expected),
        Captures = [.. step.Captures.Select(c => (c.Name, fill.Apply(c.Value)))],
        Checks = [.. step.Checks.Select(c => (c.Text, fill.Apply(c.Condition)))],
        Signals = step.Signals is null ? null : [.. step.Signals.Select(fill.Apply)],
    };
}

/// <summary>A scope with constants only: for conditions on the matrix and for sizes.</summary>
internal sealed class ConstantScope(GuestAbi abi) : IEvaluationScope
{
    public GuestAbi Abi => abi;

    public Value? Variable(string name) => null;

    public GuestPlace? Buffer(string name) => null;

    public ulong? Symbol(string name) => null;

    public byte[]? Read(ulong address, int length) => null;

    public ulong Place(byte[] bytes, int alignment) => 0;
}
