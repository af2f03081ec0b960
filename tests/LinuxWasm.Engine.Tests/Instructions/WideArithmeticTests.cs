using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Numbers of 128 bits against .NET's, each instruction with its edge values.</summary>
public sealed class WideArithmeticTests
{
    private static readonly long[] Edges = [0, 1, -1, 2, long.MinValue, long.MaxValue, long.MinValue + 1, 0x1_0000_0000, 0xFFFF_FFFF, unchecked((long)0xDEADBEEF_CAFEBABE)];

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, false)]
    [InlineData(19, true)]
    [InlineData(20, true)]
    public void Sums_and_differences(byte op, bool suspending)
    {
        var instance = Make(op, "llll>ll", suspending);
        foreach (long low in Edges)
        {
            foreach (long high in Edges)
            {
                foreach (long otherLow in Edges)
                {
                    foreach (long otherHigh in Edges)
                    {
                        Int128 left = Wide(low, high), right = Wide(otherLow, otherHigh);
                        Assert.Equal(op == 19 ? left + right : left - right, Run(instance, low, high, otherLow, otherHigh));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Products(byte op)
    {
        var instance = Make(op, "ll>ll", suspending: false);
        foreach (long left in Edges)
        {
            foreach (long right in Edges)
                Assert.Equal(op == 21 ? (Int128)left * right : (Int128)((UInt128)(ulong)left * (ulong)right), Run(instance, left, right));
        }
    }

    [Fact]
    public void Operands_below_and_in_locals_survive()
    {
        // 1000 + high of the sum of (x, x) and (x, x), where x is a local that is assigned in between.
        var builder = new ModuleBuilder();
        builder.Function("run", Type("l>l"), [], I64Const(1000), Get(0), Get(0), Get(0), Get(0), I64Const(5), Set(0), [0xFC, 19], [0x7C], [0x7C], Get(0), [0x7C]);
        long x = long.MinValue + 3;
        Int128 sum = Wide(x, x) + Wide(x, x);
        Assert.Equal(unchecked(1000 + (long)sum + (long)(sum >> 64) + 5), builder.Instantiate().Call("run", x).I64);
    }

    private static Instance Make(byte op, string type, bool suspending)
    {
        var builder = new ModuleBuilder();
        int parameters = type.IndexOf('>');
        builder.Function("op", Type(type), [], [.. Enumerable.Range(0, parameters).Select(Get), [0xFC, op]]);
        builder.Function("run", Type(type), [], [.. Enumerable.Range(0, parameters).Select(Get), Call(0)]);
        return builder.Instantiate(options: new EngineOptions { SuspendAtEveryCall = suspending });
    }

    private static Int128 Run(Instance instance, params long[] operands)
    {
        var results = new WasmValue[2];
        var completion = instance.GetFunction("run")!.Invoke([.. operands.Select(o => (WasmValue)o)], results);
        while (completion == Completion.Suspended)
            completion = instance.Resume(instance.Execution.Suspended!, [], results);
        Assert.Equal(Completion.Returned, completion);
        return Wide(results[0].I64, results[1].I64);
    }

    private static Int128 Wide(long low, long high) => new((ulong)high, (ulong)low);
}
