using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>
/// Makes valid modules from a seed: functions over all instructions with edge values, memory that grows, bulk operations, tables that change,
/// exceptions, tail calls, several results. What they do is determined and always ends: floats whose bits could be seen go through a guard,
/// since a NaN's payload is not specified; loops count; and every function uses up fuel, of which <see cref="Refuel"/> gives a little.
/// </summary>
internal sealed partial class ModuleGenerator
{
    /// <summary>The export that has to be called before every other call.</summary>
    public const string Refuel = "refuel";

    private const int FunctionCount = 6;
    private const int Fuel = 60;

    /// <summary>So many of the functions, the first, may have vectors among their parameters and results, and are called by the others only.</summary>
    private const int InnerFunctions = 2;

    private static readonly ValType[] Scalars = [ValType.I32, ValType.I64, ValType.F32, ValType.F64];
    private static readonly ValType[] All = [.. Scalars, ValType.V128];

    private readonly Random random;
    private readonly int seed;
    private readonly int depth;
    private readonly List<FuncType> signatures = [];
    private readonly List<ValType> locals = [];
    private readonly int[] globals = new int[All.Length];
    private readonly FuncType[] tagTypes = [Type("i>"), Type("lfd>"), Type(">")];
    private ModuleBuilder builder = new();
    private FuncType current = Type(">");
    private int firstLoop;
    private int loops;
    private int guards;
    private int fuel;
    private int passiveElements;
    private int passiveData;

    /// <param name="seed">What all else follows from.</param>
    /// <param name="depth">How deep statements and values nest: 3, or less for modules that are compiled in no time.</param>
    public ModuleGenerator(int seed, int depth = 3)
    {
        this.seed = seed;
        this.depth = depth;
        random = new Random(seed);
    }

    /// <summary>Exports to call, by name, in the order in which they are to be called; the last ones read the globals.</summary>
    public List<string> Calls { get; } = [];

    public ModuleBuilder Make()
    {
        builder = new ModuleBuilder().Memory(1, 4, shared: seed % 3 == 0);
        var bytes = new byte[256];
        random.NextBytes(bytes);
        builder.Data(random.Next(60000), bytes);
        passiveData = builder.PassiveData([.. bytes.Reverse()]);
        for (int i = 0; i < All.Length; i++)
            globals[i] = builder.Global(All[i], Constant(All[i]));
        fuel = builder.Global(ValType.I32, I32Const(0));
        foreach (var type in tagTypes)
            builder.Tag(type);

        // Elements stand in front of the functions that refer to them.
        builder.Table([.. Enumerable.Range(0, FunctionCount)]);
        passiveElements = builder.PassiveElements(0, 1, FunctionCount - 1);
        for (int f = 0; f < FunctionCount; f++)
            AddFunction(f);
        builder.Function(Refuel, Type(">"), [], I32Const(Fuel), GlobalSet(fuel));
        for (int i = 0; i < Scalars.Length; i++)
            builder.Function($"global{i}", FuncType.Get([], [Scalars[i]]), [], GlobalGet(globals[i]));
        for (int call = 0; call < (FunctionCount - InnerFunctions) * 3; call++)
            Calls.Add($"f{InnerFunctions + (call % (FunctionCount - InnerFunctions))}");
        Calls.AddRange(Enumerable.Range(0, Scalars.Length).Select(i => $"global{i}"));
        return builder;
    }

    public WasmValue Argument(ValType type) => type switch
    {
        ValType.I32 => (int)Pick(Edges),
        ValType.I64 => Pick(Edges),
        ValType.F32 => (float)Pick(FloatEdges),
        _ => (WasmValue)Pick(FloatEdges),
    };

    private void AddFunction(int index)
    {
        var types = index < InnerFunctions ? All : Scalars;
        current = FuncType.Get([.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick(types))], [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(types))]);
        locals.Clear();
        foreach (var parameter in current.Parameters)
            locals.Add(parameter);
        var own = Enumerable.Range(0, 7).Select(_ => Pick(All)).ToArray();
        locals.AddRange(own);

        // Counters of loops, and what guards keep: nothing else writes them.
        firstLoop = locals.Count;
        guards = firstLoop + 3;
        loops = 0;
        var code = new List<byte[]> { GlobalGet(fuel), I32Eqz, If(), Unreachable, End, GlobalGet(fuel), I32Const(1), I32Sub, GlobalSet(fuel) };
        for (int s = random.Next(2, 1 + (2 * depth)); s > 0; s--)
            code.Add(Statement(depth));
        code.Add(random.Next(6) == 0 ? TailCall() : []);
        code.Add(Results(depth));
        builder.Function($"f{index}", current, [.. own, ValType.I32, ValType.I32, ValType.I32, ValType.F32, ValType.F64, ValType.V128], [.. code]);
        signatures.Add(current);
    }

    private byte[] Results(int nesting)
    {
        var code = new List<byte>();
        foreach (var type in current.Results)
            code.AddRange(Value(type, nesting));
        return [.. code];
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private bool OneIn(int count) => random.Next(count) == 0;

    private byte[] Statement(int depth)
    {
        switch (random.Next(depth > 0 ? 19 : 4))
        {
            case 0 or 1:
                int local = random.Next(locals.Count);
                return [.. Value(locals[local], depth), .. Set(local)];
            case 2:
                int global = random.Next(All.Length);
                return [.. Value(All[global], depth), .. GlobalSet(globals[global])];
            case 3 or 4 or 5:
                return Store(depth);
            case 6:
                return [.. Value(ValType.I32, depth - 1), .. If(), .. Statement(depth - 1), .. Else, .. Statement(depth - 1), .. End];
            case 7:
                return [.. Block(), .. Statement(depth - 1), .. Value(ValType.I32, depth - 1), .. BrIf(0), .. Statement(depth - 1), .. End];
            case 8 or 9 when loops < 3:
                int counter = firstLoop + loops++;
                return [.. I32Const(random.Next(1, 5)), .. Set(counter), .. Loop(), .. Statement(depth - 1),
                    .. Get(counter), .. I32Const(1), .. I32Sub, .. Tee(counter), .. BrIf(0), .. End];
            case 10:
                return [.. Block(), .. Block(), .. Block(), .. Value(ValType.I32, depth - 1), 0x0E, 2, 0, 1, 2, .. End, .. Statement(depth - 1), .. End, .. Statement(depth - 1), .. End];
            case 11:
                return BulkMemory(depth - 1);
            case 12:
                return TableChange(depth - 1);
            case 13 or 14:
                return TryStatement(depth - 1);
            case 15:
                return [.. Value(ValType.I32, depth - 1), .. If(), .. OneIn(6) ? Throw(depth - 2) : OneIn(2) ? [.. Results(depth - 2), .. Return] : TailCall(), .. End];
            case 16:
                return SeveralValues(depth - 1);
            default:
                return [.. Value(ValType.I32, depth - 1), .. If(), .. Statement(depth - 1), .. End];
        }
    }

    private byte[] BulkMemory(int depth)
    {
        byte[] length = OneIn(20) ? Value(ValType.I32, depth) : [.. Value(ValType.I32, depth), .. I32Const(0xFF), 0x71];
        return random.Next(5) switch
        {
            0 or 1 => [.. Address(depth, 1), .. Value(ValType.I32, depth), .. length, 0xFC, 11, 0],
            2 or 3 => [.. Address(depth, 1), .. Address(depth, 1), .. length, 0xFC, 10, 0, 0],
            _ => [.. Address(depth, 1), .. I32Const(random.Next(8)), .. length, 0xFC, 8, (byte)passiveData, 0, .. OneIn(3) ? [0xFC, 9, (byte)passiveData] : Array.Empty<byte>()],
        };
    }

    private byte[] TableChange(int depth)
    {
        byte[] index = TableIndex(depth), few = I32Const(random.Next(3));
        return random.Next(6) switch
        {
            0 => [.. index, .. Reference(depth), 0x26, 0],
            1 => [.. index, .. Reference(depth), .. few, 0xFC, 17, 0],
            2 => [.. index, .. TableIndex(depth), .. few, 0xFC, 14, 0, 0],
            3 => [.. index, .. I32Const(random.Next(2)), .. few, 0xFC, 12, (byte)passiveElements, 0, .. OneIn(4) ? [0xFC, 13, (byte)passiveElements] : Array.Empty<byte>()],
            4 => [.. Reference(depth), .. few, 0xFC, 15, 0, .. Drop],
            _ => [.. index, .. TableIndex(depth), 0x25, 0, 0x26, 0],
        };
    }

    private byte[] TableIndex(int depth) => OneIn(20) ? Value(ValType.I32, depth) : I32Const(random.Next(FunctionCount + 1));

    private byte[] Reference(int depth) => random.Next(4) switch
    {
        0 => [0xD0, 0x70],
        1 => [.. TableIndex(depth), 0x25, 0],
        _ => [0xD2, (byte)random.Next(FunctionCount)],
    };

    private byte[] Throw(int depth)
    {
        int tag = random.Next(tagTypes.Length);
        var code = new List<byte>();
        foreach (var type in tagTypes[tag].Parameters)
            code.AddRange(Value(type, depth));
        return [.. code, 0x08, (byte)tag];
    }

    private byte[] TryStatement(int depth)
    {
        byte[] body = [0x06, NoValue, .. Statement(depth), .. OneIn(3) ? Throw(depth) : Statement(depth)];
        if (OneIn(5))
            return [.. Block(), .. body, 0x18, (byte)random.Next(2), .. End];
        int tag = random.Next(tagTypes.Length);
        var code = new List<byte>([.. body, 0x07, (byte)tag]);

        // The payload goes where it can be seen.
        for (int i = tagTypes[tag].Parameters.Length - 1; i >= 0; i--)
            code.AddRange(GlobalSet(globals[Array.IndexOf(All, tagTypes[tag].Parameters[i])]));
        code.AddRange(Statement(depth - 1));
        if (OneIn(4))
            code.AddRange([0x09, 0]);
        if (!OneIn(3))
            code.AddRange([0x19, .. Statement(depth - 1), .. OneIn(6) ? [0x09, 0] : Array.Empty<byte>()]);
        return [.. code, .. End];
    }

    /// <summary>A call in place of the function's end, of an earlier function that gives the same; nothing if there is none.</summary>
    private byte[] TailCall()
    {
        var results = current.Results.ToArray();
        int callee = signatures.FindIndex(s => s.Results.SequenceEqual(results));
        if (callee < 0)
            return [];
        var code = new List<byte>();
        foreach (var parameter in signatures[callee].Parameters)
            code.AddRange(Value(parameter, 1));
        return OneIn(2) ? [.. code, 0x12, (byte)callee] : [.. code, .. I32Const(callee), 0x13, .. U32(builder.Type(signatures[callee])), 0];
    }

    /// <summary>A block that takes two values and gives three, which are put away.</summary>
    private byte[] SeveralValues(int depth)
    {
        int[] taken = [random.Next(locals.Count), random.Next(locals.Count)];
        int[] given = [random.Next(locals.Count), random.Next(locals.Count), random.Next(locals.Count)];
        var type = FuncType.Get([locals[taken[0]], locals[taken[1]]], [locals[given[0]], locals[given[1]], locals[given[2]]]);
        byte[] three = [.. Value(locals[given[0]], depth), .. Value(locals[given[1]], depth), .. Value(locals[given[2]], depth)];
        byte[] inside = [.. Set(taken[1]), .. Set(taken[0]), .. three, .. Value(ValType.I32, depth - 1), .. BrIf(0), .. Drop, .. Drop, .. Drop, .. three];
        byte[] operands = [.. Value(locals[taken[0]], depth), .. Value(locals[taken[1]], depth)];
        byte[] kind = S64(builder.Type(type));
        byte[] block = random.Next(2) == 0
            ? [.. operands, 0x02, .. kind, .. inside, .. End]
            : [.. operands, .. Value(ValType.I32, depth), 0x04, .. kind, .. inside, .. Else, .. Set(taken[1]), .. Set(taken[0]), .. three, .. End];
        return [.. block, .. Set(given[2]), .. Set(given[1]), .. Set(given[0])];
    }
}
