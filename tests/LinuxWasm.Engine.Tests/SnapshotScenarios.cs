using System.Globalization;
using System.Text;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>Programs that suspend themselves, for continuing them elsewhere: each call of <c>suspend(i32) -> i32</c> is a chance to.</summary>
internal static class SnapshotScenarios
{
    public static readonly EngineOptions Options = new()
    {
        Traits = i => i.Name switch
        {
            "suspend" => ImportTraits.Suspends,
            "setjmp" => ImportTraits.SetJmp,
            "longjmp" => ImportTraits.LongJmp,
            _ => ImportTraits.None,
        },
    };

    /// <summary>What the externrefs of the scenarios stand for.</summary>
    private static readonly Dictionary<string, object> Externs = new() { ["left"] = new StringBuilder("left"), ["right"] = new StringBuilder("right") };

    public static readonly SnapshotOptions Names = new()
    {
        NameExtern = o => o.ToString(),
        FindExtern = name => Externs.GetValueOrDefault(name),
    };

    public static readonly IReadOnlyDictionary<string, Func<ModuleBuilder>> All = new Dictionary<string, Func<ModuleBuilder>>
    {
        ["recursion"] = Recursion,
        ["tables"] = Tables,
        ["vectors"] = Vectors,
        ["jumps"] = Jumps,
        ["references"] = References,
        ["typed references"] = TypedReferences,
        ["externs"] = ExternalReferences,
        ["exceptions"] = Exceptions,
        ["segments"] = Segments,
        ["memory"] = MemoryAndBlocks,
        ["tail calls"] = TailCalls,
    };

    /// <summary>What the n-th call of suspend answers, from 0.</summary>
    public static int Answer(int call) => (call * 7) + 3;

    public static ImportTable Imports(List<string>? printed = null) => new()
    {
        ["env", "suspend"] = HostFunction.Create((Execution e, int _) =>
        {
            Assert.True(e.TrySuspend());
            return int.MinValue;
        }),
        ["env", "left"] = HostFunction.Create((Execution e) => e.ToExternRef(Externs["left"])),
        ["env", "print"] = HostFunction.Create((Execution e, nint o) => printed?.Add(e.FromExternRef(o)?.ToString() ?? "null")),
    };

    /// <summary>What can be seen of an instance that has ended.</summary>
    public static string Outcome(Instance instance, WasmValue[] results, List<string> printed)
    {
        var text = new StringBuilder();
        var types = instance.GetFunction("run")!.Type.Results;
        for (int i = 0; i < types.Length; i++)
        {
            text.Append(types[i] switch
            {
                ValType.I32 => $"{results[i].I32} ",
                ValType.V128 => $"{results[i].V128} ",
                _ => $"{results[i].I64:x} ",
            });
        }

        ulong hash = 14695981039346656037;
        if (instance.Memory is { } memory)
        {
            Assert.True(memory.TryGetSpan(0, (int)memory.Length, out var bytes));
            foreach (byte b in bytes)
                hash = (hash ^ b) * 1099511628211;
        }

        return text.Append(CultureInfo.InvariantCulture, $"{hash:x16} {string.Join(',', printed)}").ToString();
    }

    /// <summary>Runs on from an answer to the end.</summary>
    public static string Finish(Instance instance, SuspendedStack stack, int call, List<string> printed)
    {
        var results = new WasmValue[stack.Type.Results.Length];
        var completion = instance.Resume(stack, [Answer(call)], results);
        while (completion == Completion.Suspended)
            completion = instance.Resume(instance.Execution.Suspended!, [Answer(++call)], results);
        Assert.Equal(Completion.Returned, completion);
        return Outcome(instance, results, printed);
    }

    private static (ModuleBuilder Builder, int Suspend) WithSuspend()
    {
        var builder = new ModuleBuilder();
        return (builder, builder.Import("env", "suspend", Type("i>i")));
    }

    /// <summary>down(n, d): n == 0 ? suspend(5) : down(n - 1, d * 2) + suspend(n) + trunc(d).</summary>
    private static ModuleBuilder Recursion()
    {
        var (builder, suspend) = WithSuspend();
        builder.Function("down", Type("idl>i"), [], Get(0), I32Eqz, If((byte)ValType.I32), I32Const(5), Call(suspend), Else,
            Get(0), I32Const(1), I32Sub, Get(1), F64Const(2), [0xA2], Get(2), Call(1), Get(0), Call(suspend), I32Add, Get(1), [0xAA], I32Add, Get(2), [0xA7], I32Add, End);
        builder.Function("run", Type(">i"), [], I32Const(4), F64Const(1.5), I64Const(1L << 33 | 9), Call(1));
        return builder;
    }

    private static ModuleBuilder Tables()
    {
        var (builder, suspend) = WithSuspend();
        int pair = builder.Function("pair", Type("i>il"), [], Get(0), Call(suspend), I64Const(1L << 40));
        builder.Table(pair, suspend);
        builder.Function("run", Type(">ldi"), [ValType.I64, ValType.I32], F64Const(0.25), I32Const(6), I32Const(0), CallIndirect(builder.Type(Type("i>il"))), Set(0), Set(1), Drop,
            Get(0), F64Const(0.5), Get(1), I32Const(1), I32Const(1), CallIndirect(builder.Type(Type("i>i"))), I32Add);
        return builder;
    }

    /// <summary>A vector in a local, another on the operand stack, a third as parameter and result.</summary>
    private static ModuleBuilder Vectors()
    {
        var (builder, suspend) = WithSuspend();
        byte[] one = [0xFD, 12, .. Enumerable.Range(1, 16).Select(i => (byte)i)];
        byte[] two = [0xFD, 12, .. Enumerable.Range(1, 16).Select(i => (byte)(i * 15))];
        int add = builder.Function("add", Type("vi>v"), [], Get(0), Get(1), Call(suspend), [0xFD, 15], [0xFD, 110]);
        builder.Function("run", Type(">v"), [ValType.V128], one, Set(0), two, Get(0), I32Const(1), Call(add), [0xFD, 113], Get(0), [0xFD, 81]);
        return builder;
    }

    /// <summary>setjmp, a suspension two calls deeper, and there a longjmp back with what suspend answered; an operand lies below the setjmp.</summary>
    private static ModuleBuilder Jumps()
    {
        var (builder, suspend) = WithSuspend();
        builder.Memory(1);
        int setjmp = builder.Import("env", "setjmp", Type("i>i"));
        int longjmp = builder.Import("env", "longjmp", Type("ii>"));
        builder.Function("deep", Type("i>"), [], Get(0), If(), Get(0), I32Const(1), I32Sub, Call(3), Else, I32Const(64), I32Const(2), Call(suspend), Call(longjmp), End);
        builder.Function("run", Type(">i"), [ValType.I32, ValType.I32], I32Const(1000), I32Const(1), Call(suspend), I32Mul, I32Const(64), Call(setjmp), Tee(0), I32Eqz, If(),
            Get(1), I32Const(1), I32Add, Set(1), I32Const(2), Call(3), Unreachable, End, Get(0), I32Add, Get(1), I32Const(100), I32Mul, I32Add);
        _ = (setjmp, longjmp);
        return builder;
    }

    /// <summary>Function references in a local, a global, a table, before and behind the suspension.</summary>
    private static ModuleBuilder References()
    {
        var (builder, suspend) = WithSuspend();
        var unary = Type("i>i");
        int twice = builder.Function("twice", unary, [], Get(0), I32Const(2), I32Mul);
        int square = builder.Function("square", unary, [], Get(0), Get(0), I32Mul);
        int negate = builder.Function("negate", unary, [], I32Const(0), Get(0), I32Sub);
        builder.Table(twice, negate);
        int global = builder.Global(ValType.FuncRef, [0xD0, 0x70]);
        int call = builder.Type(unary);
        builder.Function("run", Type(">iii"), [ValType.FuncRef, ValType.FuncRef], [0xD2, (byte)square], Set(0), [0xD2, (byte)negate], GlobalSet(global), I32Const(0), [0x25, 0], Set(1),
            I32Const(1), Call(suspend), Drop, I32Const(1), Get(0), [0x26, 0], I32Const(9), I32Const(1), CallIndirect(call),
            I32Const(1), GlobalGet(global), [0x26, 0], I32Const(9), I32Const(1), CallIndirect(call), I32Const(1), Call(suspend), Drop,
            I32Const(1), Get(1), [0x26, 0], I32Const(9), I32Const(1), CallIndirect(call));
        return builder;
    }

    /// <summary>References that are called without a check: in a local that is never null, a global, a table, and on the stack.</summary>
    private static ModuleBuilder TypedReferences()
    {
        var (builder, suspend) = WithSuspend();
        var unary = Type("i>i");
        int type = builder.Type(unary);
        var maybe = ValTypes.Reference(unary);
        int square = builder.Function("square", unary, [], Get(0), Get(0), I32Mul);
        int asks = builder.Function("asks", unary, [], Get(0), Call(suspend), Get(0), I32Add);
        builder.Function("other", Type("id>i"), [], Get(0));
        builder.FilledTable(maybe.NonNull(), 2, [0xD2, (byte)asks]);
        int global = builder.Global(maybe, [0xD0, (byte)type]);
        byte[] call = [0x14, (byte)type];
        builder.Function("run", Type(">i"), [maybe.NonNull(), ValType.I32], [0xD2, (byte)square], Set(0), [0xD2, (byte)asks], GlobalSet(global), I32Const(0), [0xD2, (byte)square], [0x26, 0],
            I32Const(3), I32Const(1), [0x25, 0], call, Get(0), call, I32Const(0), [0x25, 0], I32Const(2), GlobalGet(global), call, Set(1), Set(0), Get(1), Get(0), call, I32Add);
        return builder;
    }

    private static ModuleBuilder ExternalReferences()
    {
        var (builder, suspend) = WithSuspend();
        int left = builder.Import("env", "left", Type(">x"));
        int print = builder.Import("env", "print", Type("x>"));
        int global = builder.Global(ValType.ExternRef, [0xD0, 0x6F]);
        builder.Function("run", Type(">i"), [ValType.ExternRef, ValType.ExternRef], Call(left), Tee(0), GlobalSet(global), I32Const(1), Call(suspend), GlobalGet(global), Call(print), Get(0), Call(print), Get(1), Call(print));
        return builder;
    }

    /// <summary>Suspended inside a legacy catch, before a rethrow, and with an exnref in a local, before a throw_ref.</summary>
    private static ModuleBuilder Exceptions()
    {
        var (builder, suspend) = WithSuspend();
        int tag = builder.Tag(Type("il>"));
        int pair = builder.Type(Type(">il"));
        int withRef = builder.Type(FuncType.Get([], [ValType.I32, ValType.I64, ValType.ExnRef]));
        int again = builder.Function("again", Type(">"), [], [0x06, NoValue], I32Const(7), I64Const(1L << 35), [0x08, (byte)tag], [0x07, (byte)tag], Drop, Drop,
            I32Const(1), Call(suspend), Drop, [0x09, 0], End);
        builder.Function("run", Type(">il"), [ValType.ExnRef], Block((byte)pair), [0x1F, NoValue, 1, 0, (byte)tag, 0],
            Block((byte)withRef), [0x1F, NoValue, 1, 1, (byte)tag, 0], Call(again), End, Unreachable, End, Set(0), Drop, Drop, I32Const(2), Call(suspend), Drop, Get(0), [0x0A], End, Unreachable, End);
        return builder;
    }

    /// <summary>A dropped segment stays dropped, another can still be used.</summary>
    private static ModuleBuilder Segments()
    {
        var (builder, suspend) = WithSuspend();
        builder.Memory(1);
        int kept = builder.PassiveData([1, 2, 3, 4]);
        int dropped = builder.PassiveData([5, 6]);
        int one = builder.Function("one", Type(">i"), [], I32Const(1));
        int two = builder.Function("two", Type(">i"), [], I32Const(2));
        builder.Table(one, one);
        int elements = builder.PassiveElements(two, one);
        builder.Function("lost", Type(">"), [], I32Const(0), I32Const(0), I32Const(2), [0xFC, 8, (byte)dropped, 0]);
        builder.Function("run", Type(">ii"), [], [0xFC, 9, (byte)dropped], I32Const(1), Call(suspend), Drop,
            I32Const(100), I32Const(1), I32Const(3), [0xFC, 8, (byte)kept, 0], I32Const(1), I32Const(0), I32Const(1), [0xFC, 12, (byte)elements, 0], [0xFC, 13, (byte)elements],
            I32Const(1), CallIndirect(builder.Type(Type(">i"))), I32Const(2), Call(suspend), Drop, I32Const(100), Memory(0x28, 0));
        return builder;
    }

    /// <summary>Grows its memory, writes far apart, in nested blocks and a loop.</summary>
    private static ModuleBuilder MemoryAndBlocks()
    {
        var (builder, suspend) = WithSuspend();
        builder.Memory(1, 40);
        int global = builder.Global(ValType.I64, I64Const(5));
        builder.Function("run", Type(">il"), [ValType.I32, ValType.F32], [0x43, 0, 0, 0x20, 0x41], Set(1), Block(), Loop(), Block(), I32Const(3), MemoryGrow, Drop,
            MemorySize, I32Const(65536), I32Mul, I32Const(8), I32Sub, I32Const(1), Call(suspend), Memory(0x36, 0), GlobalGet(global), I64Const(11), [0x7E], GlobalSet(global), End,
            Get(0), I32Const(1), I32Add, Tee(0), I32Const(5), I32LtS, BrIf(0), End, End, MemorySize, Get(1), [0xA8], I32Add, GlobalGet(global));
        return builder;
    }

    private static ModuleBuilder TailCalls()
    {
        var (builder, suspend) = WithSuspend();
        builder.Function("even", Type("il>i"), [], Get(0), I32Eqz, If((byte)ValType.I32), I32Const(4), Call(suspend), Get(1), [0xA7], I32Add, Else, Get(0), I32Const(1), I32Sub, [0x12, 2], End);
        builder.Function("odd", Type("i>i"), [], Get(0), Get(0), Call(suspend), [0xAC], [0x12, 1]);
        builder.Function("run", Type(">i"), [], I32Const(3), I64Const(2), Call(1), I32Const(1000), I32Mul);
        return builder;
    }
}
