using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Fuzzing;
using LinuxWasm.Conformance.Parsing;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Tests;

public sealed class FuzzTests
{
    private static readonly string[] _ownKinds = ["fd", "self", "other"];

    [Fact]
    public void Each_call_that_the_kernel_has_is_called_or_left_out_with_a_reason()
    {
        var grammar = CallGrammar.Embedded;
        var known = grammar.Templates.Select(t => t.Call).Concat(grammar.Never.Keys).ToHashSet();
        Assert.Empty(SyscallCatalogue.Entries.Select(e => e.Name).Where(name => !known.Contains(name)).Distinct());
        Assert.Empty(grammar.Never.Keys.Intersect(grammar.Templates.Select(t => t.Call)));
        Assert.All(grammar.Never.Values, reason => Assert.NotEmpty(reason));
    }

    /// <summary>A template that is no step would make each sequence that draws it say nothing, unseen.</summary>
    [Fact]
    public void Each_template_is_a_step_with_each_of_its_values()
    {
        var grammar = CallGrammar.Embedded;
        var wrong = new HashSet<string>();
        foreach (var template in grammar.Templates)
        {
            foreach (var abi in GuestAbis.All.Where(abi => CallTable.Exists(template.Call, abi) && (template.Only ?? abi) == abi))
            {
                foreach (var call in Values(template.Text))
                {
                    var sequence = new FuzzSequence { Abi = abi, Tasks = [new FuzzTask("main", "")], Identity = SequenceGenerator.RootOfANamespace, Steps = [new FuzzStep(0, "getpid()", "$p0"), new FuzzStep(0, call)] };
                    var file = CaseFile.Parse("template.yaml", SequenceText.Write(sequence, "fuzz/template", "a template", []));
                    if (file.Errors.Count > 0)
                        wrong.Add($"{call}: {file.Errors[0].Message}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void The_same_seed_makes_the_same_sequences_and_another_makes_others()
    {
        static string Text(int seed)
        {
            var generator = new SequenceGenerator(seed);
            return string.Concat(Enumerable.Range(0, 20).Select(_ => SequenceText.Write(generator.Next(16), "fuzz/x", "x", [])));
        }

        Assert.Equal(Text(5), Text(5));
        Assert.NotEqual(Text(5), Text(6));
    }

    [Fact]
    public void Sequences_are_cases_with_one_task_and_with_several()
    {
        var generator = new SequenceGenerator(3);
        var tasks = new HashSet<int>();
        var origins = new HashSet<TaskOrigin>();
        for (var i = 0; i < 200; i++)
        {
            var sequence = generator.Next(16);
            var file = CaseFile.Parse("sequence.yaml", SequenceText.Write(sequence, "fuzz/sequence", "a random sequence", []));
            Assert.Empty(file.Errors);
            var run = Assert.Single(CaseExpander.Expand(Assert.Single(file.Cases)));
            Assert.Equal(sequence.Steps.Count, run.StepCount);
            tasks.Add(run.Tasks.Count);
            origins.UnionWith(run.Tasks.Skip(1).Select(t => t.Origin));
        }

        Assert.Equal([1, 2, 3], tasks.Order());
        Assert.Equal(4, origins.Count);
    }

    [Fact]
    public void Tasks_are_joined_where_one_suffices()
    {
        FuzzSequence sequence = new()
        {
            Abi = Cases.GuestAbi.X8664,
            Tasks = [new FuzzTask("main", ""), new FuzzTask("kid", "child"), new FuzzTask("mate", "thread")],
            Steps = [new FuzzStep(0, "fork()", Child: 1), new FuzzStep(0, "sync()"), new FuzzStep(1, "getpid()"), new FuzzStep(2, "gettid()")],
        };
        var without = sequence.Joined(1, 0)!;
        Assert.Equal(["main", "mate"], without.Tasks.Select(t => t.Name));
        Assert.Equal(["0 sync()", "0 getpid()", "1 gettid()"], without.Steps.Select(s => $"{s.Task} {s.Call}"));
        var one = without.Joined(1, 0)!;
        Assert.Single(one.Tasks);
        Assert.Equal(["0 sync()", "0 getpid()", "1 gettid()"], sequence.Moved(2, 0)!.Steps.Select(s => $"{s.Task} {s.Call}"));
    }

    /// <summary>The template with each value of each of its kinds in turn, the others at their first value.</summary>
    private static IEnumerable<string> Values(string template)
    {
        var kinds = CallGrammar.Embedded.Kinds.Keys.Concat(_ownKinds).Where(kind => template.Contains('{' + kind + '}', StringComparison.Ordinal)).ToList();
        if (kinds.Count == 0)
        {
            yield return template;
            yield break;
        }

        foreach (var kind in kinds)
        {
            var others = kinds.Where(k => k != kind).Aggregate(template, (text, k) => text.Replace('{' + k + '}', Choices(k)[0], StringComparison.Ordinal));
            foreach (var value in Choices(kind))
            {
                foreach (var filled in Values(others.Replace('{' + kind + '}', value, StringComparison.Ordinal)))
                    yield return filled;
            }
        }
    }

    private static string[] Choices(string kind) => kind switch
    {
        "fd" => ["3"],
        "self" or "other" => ["$p0"],
        _ => CallGrammar.Embedded.Kinds[kind],
    };
}
