using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Programs of typed function references.</summary>
internal static class ReferenceCases
{
    private const byte CallRef = 0x14;
    private const byte ReturnCallRef = 0x15;
    private const byte NullCode = 0xD0;
    private const byte FuncCode = 0xD2;
    private const byte AsNonNull = 0xD4;
    private const byte OnNull = 0xD5;
    private const byte OnNonNull = 0xD6;

    // Behind these: how many supertypes, which, and the type.
    private const byte Open = 0x50;
    private const byte Function = 0x60;

    private static readonly FuncType Unary = Type("i>i");
    private static readonly ValType MaybeUnary = ValTypes.Reference(Unary);
    private static readonly ValType SurelyUnary = MaybeUnary.NonNull();

    public static readonly int[] Instructions =
        [Op.CallRef, Op.ReturnCallRef, Op.RefNull, Op.RefFunc, Op.RefIsNull, Op.RefEq, Op.RefAsNonNull, Op.BrOnNull, Op.BrOnNonNull, Op.SelectTyped, Op.TableGet];

    public static readonly IReadOnlyDictionary<string, ControlCase> All = new Dictionary<string, ControlCase>
    {
        ["call_ref: two functions"] = new(Calls, "apply", [1, 20], [22]),
        ["call_ref: the other one"] = new(Calls, "apply", [2, 20], [60]),
        ["call_ref: null"] = new(Calls, "apply", [0, 20], [], TrapKind.NullFunction),
        ["call_ref: of an import"] = new(Calls, "apply", [3, 20], [41]),
        ["call_ref: operands below survive"] = new(Calls, "nested", [5], [5 + ((5 * 3) + 2)]),
        ["call_ref: a function that gets itself"] = new(Recursion, "run", [10], [3_628_800]),
        ["return_call_ref: a million calls deep"] = new(Recursion, "count", [1_000_000], [1_000_000]),
        ["return_call_ref: null"] = new(Calls, "tail_null", [1], [], TrapKind.NullFunction),
        ["ref.as_non_null: of null"] = new(Calls, "sure", [0], [], TrapKind.NullReference),
        ["ref.as_non_null: of a function"] = new(Calls, "sure", [1], [3]),
        ["br_on_null: null, with a value below"] = new(Branches, "on_null", [0], [70]),
        ["br_on_null: not null"] = new(Branches, "on_null", [1], [7 + 3]),
        ["br_on_null: out of the function"] = new(Branches, "leave", [0], [9]),
        ["br_on_null: out of the function, not null"] = new(Branches, "leave", [1], [3]),
        ["br_on_non_null: null"] = new(Branches, "on_non_null", [0], [80]),
        ["br_on_non_null: not null, with a value below"] = new(Branches, "on_non_null", [1], [8 + 3]),
        ["a local that is never null"] = new(Locals, "run", [4], [22]),
        ["a table with an initializer"] = new(Tables, "run", [4], [5 + 5 + 12]),
        ["call_indirect: the very type"] = new(Subtypes, "very", [0], [1]),
        ["call_indirect: a subtype where the type above is expected"] = new(Subtypes, "above", [0], [1]),
        ["call_indirect: a type above where the subtype is expected"] = new(Subtypes, "below", [1], [], TrapKind.IndirectCallTypeMismatch),
        ["call_indirect: an equal type that is no subtype"] = new(Subtypes, "above", [2], [], TrapKind.IndirectCallTypeMismatch),
        ["call_indirect: null where subtypes may stand"] = new(Subtypes, "above", [3], [], TrapKind.UninitializedElement),
        ["ref.eq of nulls"] = new(Nulls, "equal", [], [1]),
        ["nulls of every kind"] = new(Nulls, "all", [], [12]),
    };

    private static byte[] Ref(int function) => [FuncCode, (byte)function];

    /// <summary>pick(n): null, successor, triple, or an import, through typed selects.</summary>
    private static ModuleBuilder Calls()
    {
        var builder = new ModuleBuilder();
        int host = builder.Import("env", "host", Unary);
        int unary = builder.Type(Unary);
        int add = builder.Function("add", Unary, [], Get(0), I32Const(2), I32Add);
        int triple = builder.Function("triple", Unary, [], Get(0), I32Const(3), I32Mul);
        builder.PassiveElements(host, add, triple);
        byte[] select = [0x1C, 1, ValTypes.Concrete, (byte)unary];
        int pick = builder.Function("pick", FuncType.Get([ValType.I32], [MaybeUnary]), [],
            [NullCode, (byte)unary], Ref(add), Get(0), I32Const(1), [0x47], select, Ref(triple), Get(0), I32Const(2), [0x47], select, Ref(host), Get(0), I32Const(3), [0x47], select);
        builder.Function("apply", Type("ii>i"), [], Get(1), Get(0), Call(pick), [CallRef, (byte)unary]);
        builder.Function("nested", Unary, [], Get(0), Get(0), I32Const(2), Call(pick), [CallRef, (byte)unary], I32Const(1), Call(pick), [CallRef, (byte)unary], I32Add);
        builder.Function("tail_null", Unary, [], Get(0), I32Const(0), Call(pick), [ReturnCallRef, (byte)unary]);
        builder.Function("sure", Unary, [SurelyUnary], Get(0), Call(pick), [AsNonNull], Set(1), Get(0), Get(1), [CallRef, (byte)unary]);
        return builder;
    }

    /// <summary>Functions whose type takes a reference to a function of that very type: a group that refers to itself.</summary>
    private static ModuleBuilder Recursion()
    {
        var builder = new ModuleBuilder();
        int self = builder.RawType(Function, 3, 0x7F, 0x7F, ValTypes.Concrete, 0, 1, 0x7F);
        int unary = builder.Type(Unary);
        int factorial = builder.Function("factorial", self, [], Get(0), I32Eqz, If((byte)ValType.I32), Get(1), Else,
            Get(0), I32Const(1), I32Sub, Get(1), Get(0), I32Mul, Get(2), Get(2), [CallRef, (byte)self], End);
        int count = builder.Function("step", self, [], Get(0), I32Eqz, If((byte)ValType.I32), Get(1), Else,
            Get(0), I32Const(1), I32Sub, Get(1), I32Const(1), I32Add, Get(2), Get(2), [ReturnCallRef, (byte)self], End);
        builder.Function("run", unary, [], Get(0), I32Const(1), Ref(factorial), Call(factorial));
        builder.Function("count", unary, [], Get(0), I32Const(0), Ref(count), Call(count));
        return builder;
    }

    /// <summary>of(n): null for 0, else a successor of its argument by two.</summary>
    private static (ModuleBuilder Builder, int Unary, int Of) Maybe()
    {
        var builder = new ModuleBuilder();
        int unary = builder.Type(Unary);
        int add = builder.Function("add", Unary, [], Get(0), I32Const(2), I32Add);
        int of = builder.Function("of", FuncType.Get([ValType.I32], [MaybeUnary]), [], Ref(add), [NullCode, (byte)unary], Get(0), [0x1C, 1, ValTypes.Concrete, (byte)unary]);
        return (builder, unary, of);
    }

    private static ModuleBuilder Branches()
    {
        var (builder, unary, of) = Maybe();
        builder.Function("on_null", Unary, [MaybeUnary], Block((byte)ValType.I32), I32Const(70), Get(0), Call(of), [OnNull, 0], Set(1), Drop, I32Const(7), Get(0), Get(1), [CallRef, (byte)unary], I32Add, End);
        builder.Function("leave", Unary, [MaybeUnary], I32Const(9), Get(0), Call(of), [OnNull, 0], Set(1), Drop, Get(0), Get(1), [CallRef, (byte)unary]);
        int both = builder.Type(FuncType.Get([], [ValType.I32, SurelyUnary]));
        builder.Function("on_non_null", Unary, [MaybeUnary], Block((byte)both), I32Const(8), Get(0), Call(of), [OnNonNull, 0], Drop, I32Const(80), Return, End,
            Set(1), Get(0), Get(1), [CallRef, (byte)unary], I32Add);
        return builder;
    }

    /// <summary>Set in a block, used in it and in one inside; set anew behind it.</summary>
    private static ModuleBuilder Locals()
    {
        var (builder, unary, of) = Maybe();
        byte[][] use = [Get(0), Get(1), [CallRef, (byte)unary], Set(0)];
        byte[][] set = [I32Const(1), Call(of), [AsNonNull], Set(1)];
        builder.Function("run", Unary, [SurelyUnary], [Block(), .. set, .. use, Loop(), .. use, Get(0), I32Const(20), I32LtS, BrIf(0), End, End, .. set, .. use, Get(0)]);
        return builder;
    }

    private static ModuleBuilder Tables()
    {
        var builder = new ModuleBuilder();
        int unary = builder.Type(Unary);
        int next = builder.Function("next", Unary, [], Get(0), I32Const(1), I32Add);
        int triple = builder.Function("triple", Unary, [], Get(0), I32Const(3), I32Mul);
        builder.FilledTable(SurelyUnary, 3, Ref(next));
        builder.PassiveElements(triple);
        builder.Function("run", Unary, [], I32Const(1), Ref(triple), [0x26, 0], Get(0), I32Const(0), [0x25, 0, CallRef, (byte)unary],
            Get(0), I32Const(2), CallIndirect(unary), I32Add, Get(0), I32Const(1), [0x25, 0, CallRef, (byte)unary], I32Add);
        return builder;
    }

    /// <summary>Elements: a function of the subtype, one of the type above, one of an equal type that has declared nothing, and null.</summary>
    private static ModuleBuilder Subtypes()
    {
        var builder = new ModuleBuilder();
        int above = builder.RawType(Open, 0, Function, 0, 1, 0x7F);
        int below = builder.RawType(Open, 1, 0, Function, 0, 1, 0x7F);
        int other = builder.Type(Type(">i"));
        int one = builder.Function("one", below, [], I32Const(1));
        int two = builder.Function("two", above, [], I32Const(2));
        int three = builder.Function("three", other, [], I32Const(3));
        builder.FilledTable(ValType.FuncRef, 4, [NullCode, 0x70]);
        builder.Elements(0, one, two, three);
        builder.Function("very", Unary, [], Get(0), CallIndirect(below));
        builder.Function("above", Unary, [], Get(0), CallIndirect(above));
        builder.Function("below", Unary, [], Get(0), CallIndirect(below));
        return builder;
    }

    private static ModuleBuilder Nulls()
    {
        var builder = new ModuleBuilder();
        builder.Function("equal", Type(">i"), [], [NullCode, 0x6D, NullCode, 0x71, 0xD3]);
        var kinds = Enumerable.Range(0x69, 12).Select(k => (byte)k);
        builder.Function("all", Type(">i"), [], [I32Const(0), .. kinds.Select(k => (byte[])[NullCode, k, 0xD1, 0x6A])]);
        return builder;
    }
}
