using System.Diagnostics;
using LinuxWasm.Engine.Compilation;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>Functions begin in the quick form and go on in the optimized one.</summary>
public sealed class TierTests
{
    /// <summary>For the compiler's thread to get its turn on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_function_that_is_called_often_is_compiled_again_and_gives_the_same()
    {
        var builder = new ModuleBuilder();
        int function = builder.Function("square", Type("i>i"), [], Get(0), Get(0), I32Mul);
        var instance = Instantiate(builder, new ImportTable());
        var clock = Stopwatch.StartNew();
        int calls = 0;
        while (instance.Compiled.OptimizedAddress(function) == 0 && clock.Elapsed < Patience)
        {
            calls++;
            Assert.Equal(calls * calls, instance.Call("square", calls).I32);
            Thread.Yield();
        }

        Assert.NotEqual(0, instance.Compiled.OptimizedAddress(function));
        Assert.True(calls > 10, "optimized before it was called often");
        for (int i = 0; i < 100; i++)
            Assert.Equal(i * i, instance.Call("square", i).I32);
    }

    [Fact]
    public void A_loop_that_goes_on_for_long_moves_to_the_optimized_form_with_all_that_it_holds()
    {
        // do { n = n + 1; x = x + 0.5 } while (!moved()): moved looks at the frames that it is called from.
        var builder = new ModuleBuilder();
        int moved = builder.Import("env", "moved", Type(">i"));
        builder.Function("loop", Type("i>id"), [ValType.F64], Loop(), Get(0), I32Const(1), I32Add, Set(0), Get(1), F64Const(0.5), [0xA0], Set(1),
            Call(moved), I32Eqz, BrIf(0), End, Get(0), Get(1));
        int rounds = 0;
        bool seen = false;
        var clock = Stopwatch.StartNew();
        var imports = new ImportTable();
        imports["env", "moved"] = HostFunction.Create((Execution _) =>
        {
            rounds++;
            seen = GuestFrames() == 2;
            return seen || clock.Elapsed > Patience ? 1 : 0;
        });

        var results = new WasmValue[2];
        Assert.Equal(Completion.Returned, Instantiate(builder, imports).GetFunction("loop")!.Invoke([100], results));

        Assert.True(seen, "the loop did not move");
        Assert.Equal(100 + rounds, results[0].I32);
        Assert.Equal(rounds * 0.5, results[1].F64);
    }

    [Fact]
    public void Without_a_quick_form_all_is_optimized_from_the_start()
    {
        var builder = new ModuleBuilder();
        int function = builder.Function("one", Type(">i"), [], I32Const(1));
        var instance = (IlInstance)new IlEngine(new EngineOptions { OptimizeAfter = 0 }).Instantiate(builder.Build(), new ImportTable(), new Execution());

        Assert.Equal(1, instance.Call("one").I32);
        Assert.NotEqual(0, instance.Compiled.OptimizedAddress(function));
    }

    private static IlInstance Instantiate(ModuleBuilder builder, ImportTable imports) =>
        (IlInstance)new IlEngine(new EngineOptions { OptimizeAfter = 10 }).Instantiate(builder.Build(), imports, new Execution());

    /// <summary>The form that a loop has left stays on the stack below the one that it goes on in.</summary>
    private static int GuestFrames()
    {
        string prefix = FunctionCompiler.MethodName(0)[..^1];
        return new StackTrace(false).GetFrames().Count(frame => DiagnosticMethodInfo.Create(frame)?.Name.StartsWith(prefix, StringComparison.Ordinal) == true);
    }
}
