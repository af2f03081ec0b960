using LinuxWasm.Engine.Compilation;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class LivenessTests
{
    [Fact]
    public void A_value_that_one_case_of_an_interpreters_loop_keeps_to_itself_is_not_live_at_the_loops_head()
    {
        // loop { if (n) { a = n; n = n - a } else { b = 1; n = n - b } } while (n): a and b are written before they are read, each time.
        var liveness = Of([ValType.I32, ValType.I32], Loop(), Get(0), If(), Get(0), Set(1), Get(0), Get(1), I32Sub, Set(0),
            Else, I32Const(1), Set(2), Get(0), Get(2), I32Sub, Set(0), End, Get(0), BrIf(0), End, Get(0));

        Assert.Equal([true, false, false], Live(liveness.At(0), 3));
    }

    [Fact]
    public void What_a_loop_carries_from_one_round_to_the_next_is_live_at_the_heads_of_all_loops_around()
    {
        // Both loops: the inner one reads local 1 before the outer one writes it.
        var liveness = Of([ValType.I32, ValType.I32], Loop(), Loop(), Get(1), Get(0), I32Add, Tee(2), BrIf(0), End, Get(2), Set(1), Get(0), BrIf(0), End, Get(0));

        Assert.Equal([true, true, false], Live(liveness.At(0), 3));
        Assert.Equal([true, true, false], Live(liveness.At(1), 3));
    }

    [Fact]
    public void In_a_deep_nest_of_loops_what_is_read_before_it_is_written_is_live()
    {
        // Each loop writes what the loop inside reads in its next round, which only further passes find out.
        const int Depth = 40;
        var locals = Enumerable.Repeat(ValType.I32, Depth).ToArray();
        byte[][] code = [];
        for (int i = 0; i < Depth; i++)
            code = [.. code, Loop()];
        for (int i = Depth - 1; i >= 0; i--)
            code = [.. code, Get(i), Set(i + 1), Get(0), BrIf(0), End];
        var liveness = Of(locals, [.. code, Get(Depth)]);

        Assert.All(Live(liveness.At(0), Depth), Assert.True);
    }

    private static Liveness Of(ValType[] locals, params byte[][] code)
    {
        var builder = new ModuleBuilder();
        int function = builder.Function("f", Type("i>i"), locals, code);
        return Liveness.Compute(FunctionCode.Read(builder.Build(), function), null);
    }

    private static bool[] Live(ulong[] set, int locals) => [.. Enumerable.Range(0, locals).Select(i => Liveness.Has(set, i))];
}
