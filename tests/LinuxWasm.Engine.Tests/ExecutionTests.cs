using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class ExecutionTests
{
    [Theory]
    [InlineData("unreachable", TrapKind.Unreachable)]
    [InlineData("divide", TrapKind.IntegerDivideByZero)]
    [InlineData("overflow", TrapKind.IntegerOverflow)]
    [InlineData("truncate", TrapKind.InvalidConversionToInteger)]
    [InlineData("wrong_type", TrapKind.IndirectCallTypeMismatch)]
    [InlineData("no_element", TrapKind.UndefinedElement)]
    public void A_trap_says_what_and_names_the_guests_functions(string name, TrapKind kind)
    {
        var builder = new ModuleBuilder();
        var nothing = Type(">");
        var targets = new Dictionary<string, int>
        {
            ["unreachable"] = builder.Function("unreachable", nothing, [], Unreachable),
            ["divide"] = builder.Function("divide", nothing, [ValType.I32], I32Const(1), Get(0), I32DivS, Drop),
            ["overflow"] = builder.Function("overflow", nothing, [ValType.I32], I32Const(int.MinValue), I32Const(-1), I32DivS, Drop),
            ["truncate"] = builder.Function("truncate", nothing, [], F64Const(double.NaN), [0xAA], Drop),
            ["wrong_type"] = builder.Function("wrong_type", nothing, [], I32Const(0), CallIndirect(builder.Type(Type(">i"))), Drop),
            ["no_element"] = builder.Function("no_element", nothing, [], I32Const(9), CallIndirect(builder.Type(nothing))),
        };
        builder.Table(targets["unreachable"]);
        builder.Function("caller", nothing, [], Call(targets[name]));
        var trap = builder.Instantiate().Trap("caller");
        Assert.Equal(kind, trap.Kind);
        Assert.Equal([name, "caller"], trap.GuestFrames);
    }

    [Fact]
    public void Ten_thousand_stack_overflows_in_a_row_do_no_harm()
    {
        var builder = new ModuleBuilder();
        builder.Function("recurse", Type("i>i"), [], Get(0), I32Const(1), I32Add, Call(0), I32Const(1), I32Add);
        builder.Function("five", Type(">i"), [], I32Const(5));
        var instance = builder.Instantiate(execution: new Execution(new ExecutionOptions { MaximumStack = 128 << 10 }));
        for (int i = 0; i < 10_000; i++)
        {
            var trap = instance.Trap("recurse", 0);
            Assert.Equal(TrapKind.StackOverflow, trap.Kind);
        }

        Assert.Equal("recurse", instance.Trap("recurse", 0).GuestFrames[0]);
        Assert.Equal(5, instance.Call("five").I32);
    }

    [Fact]
    public void A_deeper_stack_allows_deeper_recursion()
    {
        var builder = new ModuleBuilder();
        builder.Function("depth", Type("i>i"), [], Get(0), I32Eqz, If((byte)ValType.I32), I32Const(0), Else, Get(0), I32Const(1), I32Sub, Call(0), I32Const(1), I32Add, End);
        var instance = builder.Instantiate();
        int result = 0;
        var thread = new Thread(() => result = instance.Call("depth", 100_000).I32, 64 << 20);
        thread.Start();
        thread.Join();
        Assert.Equal(100_000, result);
    }

    [Fact]
    public void Another_thread_interrupts_a_loop_a_handler_runs_and_the_loop_goes_on()
    {
        var builder = new ModuleBuilder();
        int handled = builder.Global(ValType.I32, I32Const(0));
        // Runs until the handler has been called three times; local 1 counts and must survive.
        builder.Function("spin", Type("d>d"), [ValType.I32], Loop(), Get(1), I32Const(1), I32Add, Set(1), GlobalGet(handled), I32Const(3), I32LtS, BrIf(0), End, Get(0));
        builder.Function("handler", Type("i>"), [], GlobalGet(handled), Get(0), I32Add, GlobalSet(handled));
        var execution = new Execution();
        var instance = builder.Instantiate(execution: execution);
        var handler = instance.GetFunction("handler")!.CreateDelegate<Action<int>>();
        using var safepoint = new SemaphoreSlim(0);
        int guestThread = 0;
        execution.OnSafepoint = e =>
        {
            Assert.Same(execution, e);
            Assert.Equal(guestThread, Environment.CurrentManagedThreadId);
            handler(1);
            safepoint.Release();
        };
        double result = 0;
        var thread = new Thread(() =>
        {
            guestThread = Environment.CurrentManagedThreadId;
            result = instance.Call("spin", 2.5).F64;
        });
        thread.Start();
        for (int i = 0; i < 3; i++)
        {
            execution.Interrupt();
            Assert.True(safepoint.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }

        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(2.5, result);
    }

    [Fact]
    public void A_loop_without_end_can_be_ended()
    {
        var builder = new ModuleBuilder();
        builder.Function("forever", Type(">"), [], Loop(), Br(0), End);
        builder.Function("outer", Type(">i"), [], Call(0), I32Const(1));
        var execution = new Execution { OnSafepoint = e => e.Exit() };
        var instance = builder.Instantiate(execution: execution);
        var completion = Completion.Returned;
        var thread = new Thread(() => completion = instance.GetFunction("outer")!.Invoke([], new WasmValue[1]));
        thread.Start();
        execution.Interrupt();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(Completion.Exited, completion);
        Assert.Equal(UnwindReason.None, execution.Unwinding);
    }

    [Fact]
    public void A_host_function_ends_the_guest_from_any_depth()
    {
        var builder = new ModuleBuilder();
        int exit = builder.Import("env", "exit", Type(">"));
        int count = builder.Global(ValType.I32, I32Const(0));
        builder.Function("down", Type("i>"), [], Get(0), I32Eqz, If(), Call(exit), Else, Get(0), I32Const(1), I32Sub, Call(1), End, GlobalGet(count), I32Const(1), I32Add, GlobalSet(count));
        builder.Function("count", Type(">i"), [], GlobalGet(count));
        bool again = true;
        var imports = new ImportTable
        {
            ["env", "exit"] = HostFunction.Create((Execution e) =>
            {
                if (again)
                    e.Exit();
            }),
        };
        var instance = builder.Instantiate(imports);
        Assert.Equal(Completion.Exited, instance.GetFunction("down")!.Invoke([1000], []));
        Assert.Equal(0, instance.Call("count").I32);
        again = false;
        instance.Call("down", 9);
        Assert.Equal(10, instance.Call("count").I32);
    }

    [Fact]
    public void An_exit_inside_a_nested_call_ends_the_outer_one_too()
    {
        var builder = new ModuleBuilder();
        int host = builder.Import("env", "host", Type("i>i"));
        builder.Function("outer", Type(">i"), [], I32Const(1), Call(host), Unreachable);
        builder.Function("inner", Type(">i"), [], I32Const(0), Call(host), Unreachable);
        Instance? instance = null;
        var imports = new ImportTable
        {
            ["env", "host"] = HostFunction.Create((Execution e, int nested) =>
            {
                if (nested == 0)
                    e.Exit();
                else
                    Assert.Equal(Completion.Exited, instance!.GetFunction("inner")!.Invoke([], new WasmValue[1]));
                return 0;
            }),
        };
        instance = builder.Instantiate(imports);
        Assert.Equal(Completion.Exited, instance.GetFunction("outer")!.Invoke([], new WasmValue[1]));
    }

    [Fact]
    public void Host_functions_get_and_give_values_of_all_types()
    {
        var builder = new ModuleBuilder();
        int mix = builder.Import("env", "mix", Type("ilfd>d"));
        int many = builder.Import("env", "many", Type("il>lid"));
        builder.Function("mix", Type("ilfd>d"), [], Get(0), Get(1), Get(2), Get(3), Call(mix));
        builder.Function("many", Type("il>lid"), [], Get(0), Get(1), Call(many));
        var imports = new ImportTable
        {
            ["env", "mix"] = HostFunction.Create((Execution _, int i, long l, float f, double d) => (double)i + l + f + d),
            ["env", "many"] = HostFunction.Create(Type("il>lid"), (_, a, r) =>
            {
                r[0] = a[1].I64 * 2;
                r[1] = a[0].I32 + 1;
                r[2] = 0.5;
            }),
        };
        var instance = builder.Instantiate(imports);
        Assert.Equal(1.0 + (1L << 40) + 0.5 + 0.25, instance.Call("mix", 1, 1L << 40, 0.5f, 0.25).F64);
        var results = new WasmValue[3];
        instance.GetFunction("many")!.Invoke([7, 1L << 33], results);
        Assert.Equal((1L << 34, 8, 0.5), (results[0].I64, results[1].I32, results[2].F64));
        Assert.Equal(4.5, instance.GetFunction("mix")!.CreateDelegate<Func<int, long, float, double, double>>()(1, 2, 1, 0.5));
    }

    [Fact]
    public void A_hosts_exception_comes_out_and_leaves_the_instance_usable()
    {
        var builder = new ModuleBuilder();
        int fail = builder.Import("env", "fail", Type("i>"));
        builder.Function("run", Type("i>i"), [], Get(0), Call(fail), Get(0));
        var imports = new ImportTable
        {
            ["env", "fail"] = HostFunction.Create((Execution _, int yes) =>
            {
                if (yes != 0)
                    throw new InvalidOperationException("as asked");
            }),
        };
        var instance = builder.Instantiate(imports);
        Assert.Equal("as asked", Assert.Throws<InvalidOperationException>(() => instance.Call("run", 1)).Message);
        Assert.Equal(0, instance.Call("run", 0).I32);
        Assert.Equal(0, instance.Execution.Depth);
    }

    [Fact]
    public void A_missing_import_and_one_of_another_type_are_named()
    {
        var builder = new ModuleBuilder();
        builder.Import("env", "absent", Type("i>i"));
        Assert.Contains("env.absent", Assert.Throws<LinkException>(() => builder.Instantiate()).Message);
        var wrong = new ImportTable { ["env", "absent"] = HostFunction.Create((Execution _, long a) => a) };
        Assert.Contains("[i64] -> [i64]", Assert.Throws<LinkException>(() => builder.Instantiate(wrong)).Message);
    }
}
