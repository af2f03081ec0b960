using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Exceptions, tail calls and typed references, with frames that are suspended before each call and without.</summary>
public sealed class ControlTests
{
    private static readonly Dictionary<string, ControlCase> All = new(ControlCases.All.Concat(ReferenceCases.All));

    public static MatrixTheoryData<string, bool> Cases => new(All.Keys, [false, true]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ends_as_the_specification_says(string name, bool suspending)
    {
        var test = All[name];
        var instance = test.Make().Instantiate(ControlCases.Imports(), options: new EngineOptions { SuspendAtEveryCall = suspending });
        if (test.Trap is { } kind)
        {
            Assert.Equal(kind, Assert.Throws<TrapException>(() => Run(instance, test)).Kind);
            return;
        }

        var types = instance.GetFunction(test.Function)!.Type.Results;
        var results = Run(instance, test);
        for (int i = 0; i < types.Length; i++)
        {
            bool equal = types[i] switch
            {
                ValType.I32 or ValType.F32 => results[i].I32 == test.Expected[i].I32,
                ValType.V128 => results[i] == test.Expected[i],
                _ => results[i].I64 == test.Expected[i].I64,
            };
            Assert.True(equal, $"result {i}: expected {test.Expected[i].I64:x}, got {results[i].I64:x}");
        }
    }

    [Fact]
    public void No_instruction_is_left_out()
    {
        var seen = new HashSet<int>();
        foreach (var test in All.Values)
        {
            var module = test.Make().Build();
            for (int i = module.ImportedFunctions; i < module.Functions.Count; i++)
            {
                foreach (var instruction in FunctionCode.Read(module, i).Code)
                    seen.Add(instruction.Op);
            }
        }

        Assert.Empty(ControlCases.Instructions.Concat(ReferenceCases.Instructions).Except(seen));
    }

    private static WasmValue[] Run(Instance instance, ControlCase test)
    {
        var function = instance.GetFunction(test.Function)!;
        var results = new WasmValue[function.Type.Results.Length];
        var completion = function.Invoke(test.Arguments, results);
        while (completion == Completion.Suspended)
            completion = instance.Resume(instance.Execution.Suspended!, [], results);
        Assert.Equal(Completion.Returned, completion);
        return results;
    }
}
