using System.Runtime.Intrinsics;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>What the suite of the source package does not have: exceptions, tail calls, SIMD, function pointer casts.</summary>
public sealed class InstructionTests
{
    private const byte Try = 0x06;
    private const byte Catch = 0x07;
    private const byte ThrowCode = 0x08;
    private const byte Rethrow = 0x09;
    private const byte ThrowRef = 0x0A;
    private const byte Delegate = 0x18;
    private const byte CatchAll = 0x19;
    private const byte TryTable = 0x1F;
    private const byte ExnRef = 0x69;

    private static readonly EngineOptions Every = new() { SuspendAtEveryCall = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Legacy_exceptions_are_caught_by_tag_rethrown_and_delegated(bool suspending)
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        int other = builder.Tag(Type(">"));
        int thrower = builder.Function("thrower", Type("i>i"), [], Get(0), If(), Get(0), [ThrowCode, (byte)tag], End, I32Const(-1));
        builder.Function("caught", Type("i>i"), [], [Try, (byte)ValType.I32], Get(0), Call(thrower), [Catch, (byte)other], I32Const(1), [Catch, (byte)tag], I32Const(100), I32Add, End);
        builder.Function("all", Type("i>i"), [], [Try, (byte)ValType.I32], Get(0), Call(thrower), [CatchAll], I32Const(7), End);
        builder.Function("again", Type("i>i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], Get(0), Call(thrower), [CatchAll], [Rethrow, 0], End, [Catch, (byte)tag], I32Const(2), I32Mul, End);
        builder.Function("delegated", Type("i>i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], Get(0), Call(thrower), [Delegate, 1],
            [CatchAll], I32Const(1), End, [Catch, (byte)tag], I32Const(3), I32Mul, End);
        var instance = builder.Instantiate(options: suspending ? Every : null);
        Assert.Equal(105, Run(instance, "caught", 5));
        Assert.Equal(-1, Run(instance, "caught", 0));
        Assert.Equal(7, Run(instance, "all", 5));
        Assert.Equal(10, Run(instance, "again", 5));
        Assert.Equal(15, Run(instance, "delegated", 5));
        Assert.Equal(TrapKind.UncaughtException, Assert.Throws<TrapException>(() => Run(instance, "thrower", 5)).Kind);
        Assert.Equal(105, Run(instance, "caught", 5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exceptions_of_the_new_encoding_are_caught_by_tag_and_thrown_by_reference(bool suspending)
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("il>"));
        int pair = builder.Type(Type(">il"));
        int withRef = builder.Type(FuncType.Get([], [ValType.I32, ValType.I64, ValType.ExnRef]));
        int thrower = builder.Function("thrower", Type("i>"), [], Get(0), If(), Get(0), I64Const(1L << 40), [ThrowCode, (byte)tag], End);

        // Clause kinds: 0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref; then tag and label.
        builder.Function("caught", Type("i>l"), [ValType.I64], Block((byte)pair), [TryTable, NoValue, 1, 0, (byte)tag, 0], Get(0), Call(thrower), End, I32Const(-1), I64Const(-1), End, Set(1), [0xAC], Get(1), [0x7C]);
        builder.Function("all", Type("i>i"), [], Block(), [TryTable, NoValue, 1, 2, 0], Get(0), Call(thrower), End, I32Const(1), Return, End, I32Const(2));
        builder.Function("again", Type("i>i"), [ValType.ExnRef, ValType.I64], Block((byte)pair), [TryTable, NoValue, 1, 0, (byte)tag, 0],
            Block((byte)withRef), [TryTable, NoValue, 1, 1, (byte)tag, 0], Get(0), Call(thrower), End, I32Const(0), Return, End, [ThrowRef], End, I32Const(0), Return, End, Set(2));
        builder.Function("null_ref", Type(">"), [], [0xD0, ExnRef, ThrowRef]);
        var instance = builder.Instantiate(options: suspending ? Every : null);
        Assert.Equal((1L << 40) + 5, Run(instance, "caught", 5, wide: true));
        Assert.Equal(-2, Run(instance, "caught", 0, wide: true));
        Assert.Equal(2, Run(instance, "all", 1));
        Assert.Equal(1, Run(instance, "all", 0));
        Assert.Equal(9, Run(instance, "again", 9));
        Assert.Equal(0, Run(instance, "again", 0));
        Assert.Equal(TrapKind.NullReference, instance.Trap("null_ref").Kind);
    }

    [Fact]
    public void Tail_calls_need_no_stack()
    {
        var builder = new ModuleBuilder();
        int sum = builder.Function("sum", Type("il>l"), [], Get(0), I32Eqz, If(), Get(1), Return, End, Get(0), I32Const(1), I32Sub, Get(1), I64Const(3), [0x7C], [0x12, 0]);
        builder.Table(sum);
        builder.Function("through_table", Type("il>l"), [], Get(0), Get(1), I32Const(0), [0x13, (byte)builder.Type(Type("il>l")), 0]);
        builder.Function("wider", Type(">l"), [], I32Const(10_000_000), I64Const(1), [0x12, 0]);
        var instance = builder.Instantiate();
        Assert.Equal(30_000_000, instance.Call("sum", 10_000_000, 0L).I64);
        Assert.Equal(30_000_002, instance.Call("through_table", 10_000_000, 2L).I64);
        Assert.Equal(30_000_001, instance.Call("wider").I64);
    }

    [Fact]
    public void Vectors_keep_their_lanes_through_calls_memory_and_suspension()
    {
        var builder = new ModuleBuilder().Memory(1);
        byte[] one = [0xFD, 12, .. Enumerable.Range(1, 16).Select(i => (byte)i)];
        int add = builder.Function("add", Type("vv>v"), [], Get(0), Get(1), [0xFD, 110]);
        builder.Function("run", Type("i>v"), [ValType.V128], one, Set(1), I32Const(3), Get(1), Get(1), Call(add), [0xFD, 11, 0, 0], Get(1), I32Const(3), [0xFD, 0, 0, 0], Call(add));
        builder.Function("shuffle", Type("vv>v"), [], Get(0), Get(1), [0xFD, 13, 0, 16, 1, 17, 2, 18, 3, 19, 31, 30, 29, 28, 15, 14, 13, 12]);
        builder.Function("outside", Type("i>v"), [], Get(0), [0xFD, 0, 0, 0]);
        var instance = builder.Instantiate(options: Every);
        using var memory = instance.Memory!;
        var results = new WasmValue[1];
        Finish(instance, instance.GetFunction("run")!.Invoke([0], results), results);
        Assert.Equal(Vector128.Create([.. Enumerable.Range(1, 16).Select(i => (byte)(3 * i))]), results[0].V128);
        var low = Vector128.Create([.. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        var high = Vector128.Create([.. Enumerable.Range(100, 16).Select(i => (byte)i)]);
        byte[] expected = [0, 100, 1, 101, 2, 102, 3, 103, 115, 114, 113, 112, 15, 14, 13, 12];
        Assert.Equal(Vector128.Create(expected), instance.Call("shuffle", low, high).V128);
        instance.Call("outside", 65520);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("outside", 65521).Kind);
    }

    [Fact]
    public void A_function_pointer_of_another_type_is_called_as_native_machines_do()
    {
        var builder = new ModuleBuilder();
        int two = builder.Function("two", Type("ii>i"), [], Get(0), Get(1), I32Const(10), I32Mul, I32Add);
        int nothing = builder.Function("nothing", Type(">"), []);
        builder.Table(two, nothing);
        builder.Function("with_one", Type("i>i"), [], I32Const(7), Get(0), CallIndirect(builder.Type(Type("i>i"))));
        builder.Function("with_three", Type("i>"), [], I32Const(7), F64Const(2), I64Const(3), Get(0), CallIndirect(builder.Type(Type("idl>"))));
        builder.Function("with_long", Type("i>l"), [], I64Const(5), I64Const(6), Get(0), CallIndirect(builder.Type(Type("ll>l"))));
        var strict = builder.Instantiate();
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, strict.Trap("with_one", 0).Kind);
        var instance = builder.Instantiate(options: new EngineOptions { EmulateFunctionPointerCasts = true });
        Assert.Equal(7, instance.Call("with_one", 0).I32);
        Assert.Equal(0, instance.Call("with_one", 1).I32);
        instance.Call("with_three", 0);
        Assert.Equal(65, instance.Call("with_long", 0).I64);
        Assert.Equal(TrapKind.UndefinedElement, instance.Trap("with_one", 2).Kind);
    }

    [Fact]
    public void What_the_JIT_gets_wrong_by_itself_is_right()
    {
        var builder = new ModuleBuilder();
        int global = builder.Global(ValType.I32, I32Const(0x40000000));
        int wide = builder.Global(ValType.I64, I64Const(1));
        builder.Function("rotl", Type(">i"), [], GlobalGet(global), I32Const(1), [0x77], If((byte)ValType.I32), I32Const(1), Else, I32Const(2), End);
        builder.Function("rotl_back", Type("i>i"), [], Get(0), I32Const(-1), [0x77], If((byte)ValType.I32), I32Const(1), Else, I32Const(2), End);
        builder.Function("rotr", Type(">l"), [], GlobalGet(wide), I64Const(65), [0x8A]);
        builder.Function("least", Type("d>d"), [], F64Const(-0.0), Get(0), [0xA4]);
        builder.Function("most", Type("d>d"), [], F64Const(-0.0), Get(0), [0xA5]);
        var instance = builder.Instantiate();
        Assert.Equal(1, instance.Call("rotl").I32);
        Assert.Equal(1, instance.Call("rotl_back", 32768).I32);
        Assert.Equal(2, instance.Call("rotl_back", 0).I32);
        Assert.Equal(long.MinValue, instance.Call("rotr").I64);
        Assert.True(double.IsNegative(instance.Call("least", 0.0).F64));
        Assert.False(double.IsNegative(instance.Call("most", 0.0).F64));
    }

    private static long Run(Instance instance, string name, int argument, bool wide = false)
    {
        var results = new WasmValue[1];
        Finish(instance, instance.GetFunction(name)!.Invoke([argument], results), results);
        return wide ? results[0].I64 : results[0].I32;
    }

    private static void Finish(Instance instance, Completion completion, WasmValue[] results)
    {
        while (completion == Completion.Suspended)
            completion = instance.Resume(instance.Execution.Suspended!, [], results);
        Assert.Equal(Completion.Returned, completion);
    }
}
