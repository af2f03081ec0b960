using System.Runtime.Intrinsics;
using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>One program, what is called, and what must come of it: values, or a trap.</summary>
internal sealed record ControlCase(Func<ModuleBuilder> Make, string Function, WasmValue[] Arguments, WasmValue[] Expected, TrapKind? Trap = null);

/// <summary>Programs of exceptions, in both encodings, and of tail calls.</summary>
internal static class ControlCases
{
    private const byte Try = 0x06;
    private const byte Catch = 0x07;
    private const byte ThrowCode = 0x08;
    private const byte Rethrow = 0x09;
    private const byte ThrowRef = 0x0A;
    private const byte ReturnCall = 0x12;
    private const byte ReturnCallIndirect = 0x13;
    private const byte Delegate = 0x18;
    private const byte CatchAll = 0x19;
    private const byte TryTable = 0x1F;
    private const byte ExnRef = 0x69;
    private const byte IsNull = 0xD1;

    // Kinds of a try_table's clauses.
    private const byte OfTag = 0;
    private const byte OfTagRef = 1;
    private const byte OfAll = 2;
    private const byte OfAllRef = 3;

    public static readonly int[] Instructions =
        [Op.Try, Op.Catch, Op.CatchAll, Op.Delegate, Op.Rethrow, Op.Throw, Op.ThrowRef, Op.TryTable, Op.ReturnCall, Op.ReturnCallIndirect];

    private static readonly WasmValue Vector = Vector128.Create([.. Enumerable.Range(200, 16).Select(i => (byte)i)]);

    /// <summary>A payload of every type with its edges: signalling NaNs keep their bits, references their identity.</summary>
    private static readonly WasmValue[] Payload = [int.MinValue, long.MinValue, 0x7F800001, unchecked((long)0xFFF0000000000001), Vector];

    public static readonly IReadOnlyDictionary<string, ControlCase> All = new Dictionary<string, ControlCase>
    {
        ["legacy: a payload of every type"] = new(LegacyPayload, "run", Payload, Payload),
        ["new: a payload of every type"] = new(NewPayload, "run", Payload, Payload),
        ["legacy: references as payload"] = new(References, "legacy", [], [5, 1]),
        ["new: references as payload"] = new(References, "new", [], [5, 1]),
        ["legacy: the first clause that fits wins"] = new(LegacyClauses, "run", [0], [10]),
        ["legacy: a later clause"] = new(LegacyClauses, "run", [1], [21]),
        ["legacy: catch_all takes the rest"] = new(LegacyClauses, "run", [2], [30]),
        ["legacy: nothing thrown"] = new(LegacyClauses, "run", [3], [40]),
        ["new: the first clause that fits wins"] = new(NewClauses, "run", [0], [10]),
        ["new: a later clause, with reference"] = new(NewClauses, "run", [1], [21]),
        ["new: catch_all takes the rest"] = new(NewClauses, "run", [2], [30]),
        ["new: nothing thrown"] = new(NewClauses, "run", [3], [40]),
        ["new: catch_all_ref thrown on"] = new(AllRef, "run", [6], [48]),
        ["legacy: rethrow of an outer catch's exception"] = new(RethrowOuter, "run", [], [7]),
        ["legacy: thrown inside a catch"] = new(ThrowInCatch, "run", [], [102]),
        ["legacy: delegate to an outer try"] = new(Delegated, "outer", [], [23]),
        ["legacy: delegate out of the function"] = new(Delegated, "out_caught", [], [9]),
        ["legacy: delegate of a try that throws nothing"] = new(Delegated, "quiet", [], [4]),
        ["legacy: a branch out of a try, and one into a loop around it"] = new(Branches, "run", [3], [6]),
        ["through calls, tables and tail calls"] = new(Through, "run", [0], [1000]),
        ["through a call by table"] = new(Through, "run", [1], [1001]),
        ["a tail call's exception passes its caller's try"] = new(Through, "run", [2], [2002]),
        ["not caught"] = new(LegacyClauses, "thrower", [1], [], TrapKind.UncaughtException),
        ["throw_ref of null"] = new(AllRef, "null", [], [], TrapKind.NullReference),
        ["a trap is not an exception: legacy"] = new(Traps, "legacy", [0], [], TrapKind.IntegerDivideByZero),
        ["a trap is not an exception: new"] = new(Traps, "new", [0], [], TrapKind.IntegerDivideByZero),
        ["operands below a try survive"] = new(Traps, "operands", [5], [1105]),
        ["ten thousand exceptions"] = new(Many, "run", [10_000], [50_005_000]),
        ["tail: a million calls deep"] = new(TailCalls, "count", [1_000_000, 0L], [3_000_000L]),
        ["tail: two functions in turn"] = new(TailCalls, "even", [1_000_001], [0]),
        ["tail: to one with twenty parameters and back"] = new(TailCalls, "few", [300_000], [42]),
        ["tail: several results"] = new(TailCalls, "several", [3], [3, 4L, Vector]),
        ["tail: to an import"] = new(TailCalls, "host", [20], [41]),
        ["tail: by table"] = new(TailCalls, "by_table", [1_000_000, 1L], [3_000_001L]),
        ["tail: by table, beyond its end"] = new(TailCalls, "entry", [100], [], TrapKind.UndefinedElement),
        ["tail: by table, at -1"] = new(TailCalls, "entry", [-1], [], TrapKind.UndefinedElement),
        ["tail: by table, an empty element"] = new(TailCalls, "entry", [2], [], TrapKind.UninitializedElement),
        ["tail: by table, another type"] = new(TailCalls, "entry", [1], [], TrapKind.IndirectCallTypeMismatch),
    };

    public static ImportTable Imports() => new() { ["env", "host"] = HostFunction.Create((Execution _, int value) => (value * 2) + 1) };

    private static ModuleBuilder LegacyPayload()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("ilfdv>"));
        int all = builder.Type(Type(">ilfdv"));
        builder.Function("run", Type("ilfdv>ilfdv"), [], [Try, (byte)all], Get(0), Get(1), Get(2), Get(3), Get(4), [ThrowCode, (byte)tag], [Catch, (byte)tag], End);
        return builder;
    }

    private static ModuleBuilder NewPayload()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("ilfdv>"));
        int all = builder.Type(Type(">ilfdv"));
        int withRef = builder.Type(FuncType.Get([], [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.ExnRef]));

        // Caught with its reference, thrown again by that, and caught once more.
        builder.Function("run", Type("ilfdv>ilfdv"), [], Block((byte)all), [TryTable, NoValue, 1, OfTag, (byte)tag, 0],
            Block((byte)withRef), [TryTable, NoValue, 1, OfTagRef, (byte)tag, 0], Get(0), Get(1), Get(2), Get(3), Get(4), [ThrowCode, (byte)tag], End, Unreachable, End, [ThrowRef], End, Unreachable, End);
        return builder;
    }

    /// <summary>A funcref and a null externref: the function is called, and the null seen to be one.</summary>
    private static ModuleBuilder References()
    {
        var builder = new ModuleBuilder();
        int five = builder.Function("five", Type(">i"), [], I32Const(5));
        builder.Table(five, five);
        int tag = builder.Tag(Type("nx>"));
        int pair = builder.Type(Type(">nx"));
        int call = builder.Type(Type(">i"));
        byte[] thrown = [0xD2, (byte)five, 0xD0, 0x6F, ThrowCode, (byte)tag];
        byte[][] used = [Set(1), Set(0), I32Const(1), Get(0), [0x26, 0], I32Const(1), CallIndirect(call), Get(1), [IsNull]];
        builder.Function("legacy", Type(">ii"), [ValType.FuncRef, ValType.ExternRef], [[Try, (byte)pair], thrown, [Catch, (byte)tag], End, .. used]);
        builder.Function("new", Type(">ii"), [ValType.FuncRef, ValType.ExternRef], [Block((byte)pair), [TryTable, NoValue, 1, OfTag, (byte)tag, 0], thrown, End, Unreachable, End, .. used]);
        return builder;
    }

    /// <summary>thrower(n) throws the n-th of three tags, or returns.</summary>
    private static (ModuleBuilder Builder, int Thrower) Thrower()
    {
        var builder = new ModuleBuilder();
        builder.Tag(Type(">"));
        builder.Tag(Type("i>"));
        builder.Tag(Type("l>"));
        int thrower = builder.Function("thrower", Type("i>"), [], Get(0), I32Eqz, If(), [ThrowCode, 0], End, Get(0), I32Const(1), [0x46], If(), Get(0), [ThrowCode, 1], End,
            Get(0), I32Const(2), [0x46], If(), I64Const(9), [ThrowCode, 2], End);
        return (builder, thrower);
    }

    private static ModuleBuilder LegacyClauses()
    {
        var (builder, thrower) = Thrower();
        builder.Function("run", Type("i>i"), [], [Try, (byte)ValType.I32], Get(0), Call(thrower), I32Const(40), [Catch, 0], I32Const(10), [Catch, 1], I32Const(20), I32Add,
            [Catch, 0], I32Const(11), [CatchAll], I32Const(30), End);
        return builder;
    }

    private static ModuleBuilder NewClauses()
    {
        var (builder, thrower) = Thrower();
        int withRef = builder.Type(FuncType.Get([], [ValType.I32, ValType.ExnRef]));
        builder.Function("run", Type("i>i"), [], Block(), Block((byte)withRef), Block(),
            [TryTable, NoValue, 4, OfTag, 0, 0, OfTagRef, 1, 1, OfTag, 0, 2, OfAll, 2], Get(0), Call(thrower), End, I32Const(40), Return, End,
            I32Const(10), Return, End, Drop, I32Const(20), I32Add, Return, End, I32Const(30));
        return builder;
    }

    private static ModuleBuilder AllRef()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        builder.Function("run", Type("i>i"), [], Block((byte)ValType.I32), [TryTable, NoValue, 1, OfTag, (byte)tag, 0],
            Block(ExnRef), [TryTable, NoValue, 1, OfAllRef, 0], Get(0), I32Const(8), I32Mul, [ThrowCode, (byte)tag], End, Unreachable, End, [ThrowRef], End, Unreachable, End);
        builder.Function("null", Type(">"), [], [0xD0, ExnRef, ThrowRef]);
        return builder;
    }

    /// <summary>Two exceptions under way: the inner catch throws the outer one's again.</summary>
    private static ModuleBuilder RethrowOuter()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        int other = builder.Tag(Type(">"));
        builder.Function("run", Type(">i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], I32Const(7), [ThrowCode, (byte)tag], [Catch, (byte)tag], Drop,
            [Try, (byte)ValType.I32], [ThrowCode, (byte)other], [CatchAll], [Rethrow, 1], End, End, [Catch, (byte)tag], End);
        return builder;
    }

    private static ModuleBuilder ThrowInCatch()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        builder.Function("run", Type(">i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], I32Const(1), [ThrowCode, (byte)tag], [Catch, (byte)tag],
            I32Const(1), I32Add, [ThrowCode, (byte)tag], [CatchAll], I32Const(-1), End, [Catch, (byte)tag], I32Const(100), I32Add, End);
        return builder;
    }

    private static ModuleBuilder Delegated()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));

        // The try in between, which would catch it, is passed over.
        builder.Function("outer", Type(">i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], I32Const(3), [ThrowCode, (byte)tag], [Delegate, 1],
            [CatchAll], I32Const(-1), End, [Catch, (byte)tag], I32Const(20), I32Add, End);
        int away = builder.Function("out", Type(">i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], I32Const(9), [ThrowCode, (byte)tag], [Delegate, 1], [CatchAll], I32Const(-1), End);
        builder.Function("out_caught", Type(">i"), [], [Try, (byte)ValType.I32], Call(away), [Catch, (byte)tag], End);
        builder.Function("quiet", Type(">i"), [], [Try, (byte)ValType.I32], [Try, (byte)ValType.I32], I32Const(4), [Delegate, 0], [CatchAll], I32Const(-1), End);
        return builder;
    }

    /// <summary>Adds n, n-1, ... by throwing each and branching back from the catch; leaves the try by a branch at 0.</summary>
    private static ModuleBuilder Branches()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        builder.Function("run", Type("i>i"), [ValType.I32], Block(), Loop(), [Try, NoValue], Get(0), I32Eqz, BrIf(2), Get(0), [ThrowCode, (byte)tag], [Catch, (byte)tag],
            Get(1), I32Add, Set(1), Get(0), I32Const(1), I32Sub, Set(0), Br(1), End, End, End, Get(1));
        return builder;
    }

    private static ModuleBuilder Through()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        int deep = builder.Function("deep", Type("ii>i"), [], Get(0), If((byte)ValType.I32), Get(0), I32Const(1), I32Sub, Get(1), Call(0), Else, Get(1), [ThrowCode, (byte)tag], End);
        builder.Table(deep);
        int type = builder.Type(Type("ii>i"));
        int table = builder.Function("table", Type("ii>i"), [], Get(0), Get(1), I32Const(0), CallIndirect(type));

        // Its own try would catch, but it is gone when the callee runs.
        int tail = builder.Function("tail", Type("ii>i"), [], [Try, (byte)ValType.I32], Get(0), Get(1), [ReturnCall, (byte)deep], [CatchAll], I32Const(-1), End);
        builder.Function("run", Type("i>i"), [], [Try, (byte)ValType.I32], Get(0), I32Eqz, If((byte)ValType.I32), I32Const(50), Get(0), Call(deep), Else,
            Get(0), I32Const(1), [0x46], If((byte)ValType.I32), I32Const(50), Get(0), Call(table), Else, I32Const(50), I32Const(1002), Call(tail), End, End, [Catch, (byte)tag], I32Const(1000), I32Add, End);
        return builder;
    }

    private static ModuleBuilder Traps()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        builder.Function("legacy", Type("i>i"), [], [Try, (byte)ValType.I32], I32Const(1), Get(0), I32DivS, [CatchAll], I32Const(-1), End);
        builder.Function("new", Type("i>i"), [], Block(), [TryTable, (byte)ValType.I32, 1, OfAll, 0], I32Const(1), Get(0), I32DivS, End, Return, End, I32Const(-1));
        builder.Function("operands", Type("i>i"), [], I32Const(1000), I32Const(100), [Try, (byte)ValType.I32], Get(0), [ThrowCode, (byte)tag], [Catch, (byte)tag], End, I32Add, I32Add);
        return builder;
    }

    private static ModuleBuilder Many()
    {
        var builder = new ModuleBuilder();
        int tag = builder.Tag(Type("i>"));
        builder.Function("run", Type("i>i"), [ValType.I32], Loop(), Block((byte)ValType.I32), [TryTable, NoValue, 1, OfTag, (byte)tag, 0], Get(0), [ThrowCode, (byte)tag], End, Unreachable, End,
            Get(1), I32Add, Set(1), Get(0), I32Const(1), I32Sub, Tee(0), BrIf(0), End, Get(1));
        return builder;
    }

    private static ModuleBuilder TailCalls()
    {
        var builder = new ModuleBuilder();
        int host = builder.Import("env", "host", Type("i>i"));
        byte[] one = I32Const(1);
        int count = builder.Function("count", Type("il>l"), [], Get(0), I32Eqz, If(), Get(1), Return, End, Get(0), one, I32Sub, Get(1), I64Const(3), [0x7C], [ReturnCall, 1]);
        builder.Function("even", Type("i>i"), [], Get(0), I32Eqz, If(), I32Const(1), Return, End, Get(0), one, I32Sub, [ReturnCall, 3]);
        builder.Function("odd", Type("i>i"), [], Get(0), I32Eqz, If(), I32Const(0), Return, End, Get(0), one, I32Sub, [ReturnCall, 2]);
        builder.Function("few", Type("i>i"), [], Get(0), I32Eqz, If(), I32Const(42), Return, End, Get(0), one, I32Sub, [.. Enumerable.Range(0, 19).SelectMany(_ => Get(0))], [ReturnCall, 5]);
        builder.Function("many", FuncType.Get([.. Enumerable.Repeat(ValType.I32, 20)], [ValType.I32]), [], Get(0), [ReturnCall, 4]);
        builder.Function("results", Type("i>ilv"), [], Get(0), I64Const(4), [0xFD, 12, .. Enumerable.Range(200, 16).Select(i => (byte)i)]);
        builder.Function("several", Type("i>ilv"), [], Get(0), [ReturnCall, 6]);
        builder.Function("host", Type("i>i"), [], Get(0), [ReturnCall, (byte)host]);
        int table = builder.Function("by_table", Type("il>l"), [], Get(0), I32Eqz, If(), Get(1), Return, End, Get(0), one, I32Sub, Get(1), I64Const(3), [0x7C], I32Const(0),
            [ReturnCallIndirect, (byte)builder.Type(Type("il>l")), 0]);
        builder.Function("entry", Type("i>l"), [], I32Const(2), [0xD0, 0x70], [0x26, 0], I32Const(5), I64Const(1), Get(0), [ReturnCallIndirect, (byte)builder.Type(Type("il>l")), 0]);
        builder.Table(table, 2, count);
        return builder;
    }
}
