using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class SuspensionTests
{
    private static readonly EngineOptions Options = new()
    {
        Traits = i => i.Name switch
        {
            "suspend" => ImportTraits.Suspends,
            "setjmp" or "sigsetjmp" => ImportTraits.SetJmp,
            "longjmp" => ImportTraits.LongJmp,
            _ => ImportTraits.None,
        },
    };

    [Fact]
    public void A_suspended_stack_can_be_resumed_again_and_again()
    {
        // down(n, d): n == 0 ? suspend(5) : down(n - 1, d * 2) + n + trunc(d), with values of several types in the frames.
        var instance = Recursive().Instantiate(Suspending(), options: Options);
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, instance.GetFunction("down")!.Invoke([3, 1.5], results));
        var stack = instance.Execution.Suspended!;
        Assert.Equal(4, stack.Depth);
        int own = 3 + 2 + 1 + 1 + 3 + 6;
        foreach (int answer in new[] { 100, 0, -7 })
        {
            Assert.Equal(Completion.Returned, instance.Resume(stack, [answer], results));
            Assert.Equal(answer + own, results[0].I32);
        }
    }

    [Fact]
    public void A_copy_runs_on_by_itself()
    {
        var builder = new ModuleBuilder().Memory(1);
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        int global = builder.Global(ValType.I32, I32Const(10));
        // Adds what suspend answers to memory and to a global, in a loop, and gives both.
        builder.Function("loop", Type("i>i"), [], Loop(), I32Const(0), I32Const(0), Memory(0x28, 0), Get(0), Call(suspend), I32Add, Memory(0x36, 0),
            GlobalGet(global), I32Const(1), I32Add, GlobalSet(global), Get(0), I32Const(1), I32Sub, Tee(0), BrIf(0), End,
            I32Const(0), Memory(0x28, 0), I32Const(1000), I32Mul, GlobalGet(global), I32Add);
        var parent = builder.Instantiate(Suspending(), options: Options);
        using var parentMemory = parent.Memory!;
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, parent.GetFunction("loop")!.Invoke([2], results));
        var fork = parent.Execution.Suspended!;
        using var childMemory = parent.Memory!.Clone();
        var child = parent.Clone(new Execution(), childMemory);
        Assert.Equal(Completion.Suspended, child.Resume(fork, [1], results));
        Assert.Equal(Completion.Returned, child.Resume(child.Execution.Suspended!, [2], results));
        Assert.Equal(3012, results[0].I32);
        Assert.Equal(Completion.Suspended, parent.Resume(fork, [50], results));
        Assert.Equal(Completion.Returned, parent.Resume(parent.Execution.Suspended!, [7], results));
        Assert.Equal(57012, results[0].I32);
    }

    [Fact]
    public void A_copys_references_are_its_own_wherever_they_stand()
    {
        var builder = new ModuleBuilder();
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        int obj = builder.Import("env", "object", Type(">x"));
        int print = builder.Import("env", "print", Type("x>"));
        int tag = builder.Tag(Type("n>"));
        int counter = builder.Global(ValType.I32, I32Const(0));
        int kept = builder.Global(ValType.FuncRef, [0xD0, 0x70]);
        int get = builder.Function("get", Type(">i"), [], GlobalGet(counter));
        builder.Table(get, get);
        int type = builder.Type(Type(">i"));

        // What a reference in a global, one in a local and one in an exception that is thrown again read, after the copy has set its counter to what suspend answers.
        byte[][] call = [I32Const(1), CallIndirect(type), I32Add];
        builder.Function("run", Type(">i"), [ValType.FuncRef, ValType.ExternRef], [[0xD2, (byte)get], GlobalSet(kept), [0xD2, (byte)get], Set(0), Call(obj), Set(1), I32Const(0),
            [0x06, 0x70], [0x06, 0x70], [0xD2, (byte)get], [0x08, (byte)tag], [0x07, (byte)tag], Drop, I32Const(0), Call(suspend), GlobalSet(counter), [0x09, 0], End, [0x07, (byte)tag], End,
            Set(0), I32Const(1), Get(0), [0x26, 0], .. call, I32Const(1), GlobalGet(kept), [0x26, 0], .. call, Get(1), Call(print)]);
        var printed = new List<object?>();
        var imports = Suspending();
        object given = new();
        imports["env", "object"] = HostFunction.Create((Execution e) => e.ToExternRef(given));
        imports["env", "print"] = HostFunction.Create((Execution e, nint o) => printed.Add(e.FromExternRef(o)));
        var parent = builder.Instantiate(imports, options: Options);
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, parent.GetFunction("run")!.Invoke([], results));
        var stack = parent.Execution.Suspended!;
        var child = parent.Clone(new Execution());
        Assert.Equal(Completion.Returned, child.Resume(stack, [20], results));
        Assert.Equal(40, results[0].I32);
        Assert.Equal(Completion.Returned, parent.Resume(stack, [3], results));
        Assert.Equal(6, results[0].I32);
        Assert.Equal([given, given], printed);
    }

    [Fact]
    public void Calls_through_tables_and_several_results_are_resumed()
    {
        var builder = new ModuleBuilder();
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        int pair = builder.Function("pair", Type("i>il"), [], Get(0), Call(suspend), I64Const(9));
        builder.Table(pair, suspend);
        builder.Function("both", Type("i>l"), [ValType.I64, ValType.I32], Get(0), I32Const(0), CallIndirect(builder.Type(Type("i>il"))), Set(1), Set(2),
            Get(2), I32Const(1), CallIndirect(builder.Type(Type("i>i"))), [0xAC], Get(1), [0x7C]);
        var instance = builder.Instantiate(Suspending(), options: Options);
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, instance.GetFunction("both")!.Invoke([1], results));
        Assert.Equal(Completion.Suspended, instance.Resume(instance.Execution.Suspended!, [5], results));
        Assert.Equal(Completion.Returned, instance.Resume(instance.Execution.Suspended!, [30], results));
        Assert.Equal(39, results[0].I64);
    }

    [Fact]
    public void A_call_made_by_the_host_in_between_can_not_be_suspended()
    {
        var builder = new ModuleBuilder();
        int host = builder.Import("env", "suspend", Type("i>i"));
        builder.Function("outer", Type("i>i"), [], Get(0), Call(host));
        builder.Function("inner", Type(">i"), [], I32Const(-1), Call(host));
        Instance? instance = null;
        bool? allowed = null;
        var imports = new ImportTable
        {
            ["env", "suspend"] = HostFunction.Create((Execution e, int a) =>
            {
                if (a >= 0)
                    return instance!.Call("inner").I32;
                allowed = e.TrySuspend();
                return 3;
            }),
        };
        instance = builder.Instantiate(imports, options: Options);
        Assert.Equal(3, instance.Call("outer", 1).I32);
        Assert.False(allowed);
    }

    [Fact]
    public void Longjmp_returns_to_its_setjmp_through_any_depth()
    {
        var instance = Jumping().Instantiate(Suspending(), options: Options);
        using var memory = instance.Memory!;
        Assert.Equal(42_005, instance.Call("jump", 5, 42).I32);
        Assert.Equal(1_005, instance.Call("jump", 5, 0).I32);
        for (int i = 1; i < 100; i++)
            Assert.Equal((i * 1000) + 3, instance.Call("jump", 3, i).I32);
    }

    [Fact]
    public void Longjmp_to_a_frame_that_has_returned_is_an_error_by_name()
    {
        var instance = Jumping().Instantiate(Suspending(), options: Options);
        using var memory = instance.Memory!;
        instance.Call("only_set");
        var trap = instance.Trap("only_jump");
        Assert.Equal(TrapKind.InvalidLongJump, trap.Kind);
        Assert.Equal(["only_jump"], trap.GuestFrames);
    }

    [Fact]
    public void Longjmp_still_finds_its_frame_after_suspension_in_the_copy()
    {
        var instance = Jumping().Instantiate(Suspending(), options: Options);
        using var memory = instance.Memory!;
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, instance.GetFunction("jump_after_suspend")!.Invoke([4], results));
        using var copied = memory.Clone();
        var child = instance.Clone(new Execution(), copied);
        var stack = instance.Execution.Suspended!;
        Assert.Equal(Completion.Returned, child.Resume(stack, [6], results));
        Assert.Equal(6_004, results[0].I32);
        Assert.Equal(Completion.Returned, instance.Resume(stack, [8], results));
        Assert.Equal(8_004, results[0].I32);
    }

    private static ImportTable Suspending() => new()
    {
        ["env", "suspend"] = HostFunction.Create((Execution e, int _) =>
        {
            Assert.True(e.TrySuspend());
            return int.MinValue;
        }),
    };

    private static ModuleBuilder Recursive()
    {
        var builder = new ModuleBuilder();
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        builder.Function("down", Type("id>i"), [], Get(0), I32Eqz, If((byte)ValType.I32), I32Const(5), Call(suspend), Else,
            Get(0), I32Const(1), I32Sub, Get(1), F64Const(2), [0xA2], Call(1), Get(0), I32Add, Get(1), [0xAA], I32Add, End);
        return builder;
    }

    /// <summary>jump(n, v): setjmp, and if that gives 0, n calls deep a longjmp with v; else what it gave * 1000 + n.</summary>
    private static ModuleBuilder Jumping()
    {
        var builder = new ModuleBuilder().Memory(1);
        int setjmp = builder.Import("env", "setjmp", Type("i>i"));
        int longjmp = builder.Import("env", "longjmp", Type("ii>"));
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        builder.Function("deep", Type("ii>"), [], Get(0), If(), Get(0), I32Const(1), I32Sub, Get(1), Call(3), Else, I32Const(64), Get(1), Call(longjmp), End);
        builder.Function("jump", Type("ii>i"), [ValType.I32], I32Const(64), Call(setjmp), Tee(2), I32Eqz, If(), Get(0), Get(1), Call(3), Unreachable, End,
            Get(2), I32Const(1000), I32Mul, Get(0), I32Add);
        builder.Function("only_set", Type(">i"), [], I32Const(64), Call(setjmp));
        builder.Function("only_jump", Type(">"), [], I32Const(64), I32Const(1), Call(longjmp));
        builder.Function("jump_after_suspend", Type("i>i"), [ValType.I32], I32Const(64), Call(setjmp), Tee(1), I32Eqz, If(), Get(0), I32Const(1), Call(suspend), Call(3), Unreachable, End,
            Get(1), I32Const(1000), I32Mul, Get(0), I32Add);
        return builder;
    }
}
