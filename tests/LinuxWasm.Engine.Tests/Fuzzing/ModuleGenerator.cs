using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>
/// Makes valid modules from a seed: functions of arithmetic with edge values, memory, control flow, globals and calls, direct and through a
/// table, that always end. Floats whose bits could be seen go through a guard, since a NaN's payload is not specified.
/// </summary>
internal sealed class ModuleGenerator(int seed)
{
    public const int FunctionCount = 4;

    private static readonly ValType[] Types = [ValType.I32, ValType.I64, ValType.F32, ValType.F64];
    private static readonly long[] Edges = [0, 1, -1, 2, 31, 32, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 53];
    private static readonly double[] FloatEdges = [0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e10, -1e10, 1e300, 1e-300, 2147483648, -2147483649, 4294967296, 9.3e18, double.PositiveInfinity, double.NegativeInfinity, double.NaN, float.Epsilon];

    private readonly Random random = new(seed);
    private readonly List<ValType> locals = [];
    private readonly List<FuncType> signatures = [];
    private ModuleBuilder types = new();
    private int loops;

    public ModuleBuilder Make()
    {
        var builder = types = new ModuleBuilder().Memory(1, 2);
        var bytes = new byte[256];
        random.NextBytes(bytes);
        builder.Data(random.Next(60000), bytes);
        builder.Global(ValType.I32, I32Const(random.Next()));
        builder.Global(ValType.I64, I64Const(random.NextInt64()));
        for (int f = 0; f < FunctionCount; f++)
        {
            var type = FuncType.Get([.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick(Types))], [Pick(Types)]);
            locals.Clear();
            foreach (var parameter in type.Parameters)
                locals.Add(parameter);
            var own = Enumerable.Range(0, 6).Select(_ => Pick(Types)).ToArray();
            locals.AddRange(own);

            // Counters of loops: nothing else writes them.
            loops = 0;
            var code = new List<byte[]>();
            for (int s = random.Next(2, 7); s > 0; s--)
                code.Add(Statement(3));
            code.Add(Value(type.Results[0], 4));
            builder.Function($"f{f}", type, [.. own, ValType.I32, ValType.I32, ValType.I32], [.. code]);
            signatures.Add(type);
        }

        return builder.Table([.. Enumerable.Range(0, FunctionCount)]);
    }

    public WasmValue Argument(ValType type) => type switch
    {
        ValType.I32 => (int)Pick(Edges),
        ValType.I64 => Pick(Edges),
        ValType.F32 => (float)Pick(FloatEdges),
        _ => (WasmValue)Pick(FloatEdges),
    };

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private byte[] Statement(int depth)
    {
        int kind = random.Next(depth > 0 ? 8 : 3);
        switch (kind)
        {
            case 0 or 1:
                int local = random.Next(locals.Count);
                return [.. Value(locals[local], depth), .. Set(local)];
            case 2:
                return random.Next(2) == 0
                    ? [.. Value(ValType.I32, depth), .. GlobalSet(0)]
                    : [.. Value(ValType.I64, depth), .. GlobalSet(1)];
            case 3:
                return Store(depth);
            case 4:
                return [.. Value(ValType.I32, depth - 1), .. If(), .. Statement(depth - 1), .. Else, .. Statement(depth - 1), .. End];
            case 5:
                return [.. Block(), .. Statement(depth - 1), .. Value(ValType.I32, depth - 1), .. BrIf(0), .. Statement(depth - 1), .. End];
            case 6 when loops < 3:
                int counter = locals.Count + loops++;
                byte[] loop = [.. I32Const(random.Next(1, 5)), .. Set(counter), .. Loop(), .. Statement(depth - 1),
                    .. Get(counter), .. I32Const(1), .. I32Sub, .. Tee(counter), .. BrIf(0), .. End];
                return loop;
            default:
                return [.. Block(), .. Block(), .. Block(), .. Value(ValType.I32, depth - 1), 0x0E, 2, 0, 1, 2, .. End, .. Statement(depth - 1), .. End, .. Statement(depth - 1), .. End];
        }
    }

    private byte[] Address(int depth) => random.Next(12) == 0
        ? Value(ValType.I32, depth)
        : [.. Value(ValType.I32, depth), .. I32Const(0xFFF8), 0x71];

    private byte[] Store(int depth)
    {
        byte op = (byte)random.Next(0x36, 0x3F);
        var type = op switch { 0x36 or 0x3A or 0x3B => ValType.I32, 0x38 => ValType.F32, 0x39 => ValType.F64, _ => ValType.I64 };
        return [.. Address(depth - 1), .. Guarded(type, depth - 1), .. Memory(op, (uint)random.Next(16))];
    }

    /// <summary>A value whose bits may be looked at: 0 in place of a NaN.</summary>
    private byte[] Guarded(ValType type, int depth)
    {
        byte[] value = Value(type, depth);
        if (type is ValType.I32 or ValType.I64)
            return value;
        int keep = locals.IndexOf(type);
        if (keep < 0)
            return Constant(type, allowNaN: false);
        byte equal = (byte)(type == ValType.F32 ? 0x5B : 0x61);
        return [.. value, .. Tee(keep), .. Zero(type), .. Get(keep), .. Get(keep), equal, .. Select];
    }

    private static byte[] Zero(ValType type) => type == ValType.F32 ? [0x43, 0, 0, 0, 0] : F64Const(0);

    private byte[] Constant(ValType type, bool allowNaN = true)
    {
        double edge = Pick(FloatEdges);
        if (!allowNaN && double.IsNaN(edge))
            edge = 7;
        return type switch
        {
            ValType.I32 => I32Const((int)Pick(Edges)),
            ValType.I64 => I64Const(Pick(Edges)),
            ValType.F32 => [0x43, .. BitConverter.GetBytes((float)edge)],
            _ => F64Const(edge),
        };
    }

    private byte[] Value(ValType type, int depth)
    {
        if (depth <= 0 || random.Next(8) == 0)
        {
            int local = locals.IndexOf(type, random.Next(locals.Count));
            return local >= 0 && random.Next(3) > 0 ? Get(local) : Constant(type);
        }

        switch (random.Next(11))
        {
            case 0:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), .. Value(ValType.I32, depth - 1), .. Select];
            case 1:
                return [.. Value(ValType.I32, depth - 1), .. If((byte)type), .. Value(type, depth - 1), .. Else, .. Value(type, depth - 1), .. End];
            case 2:
                return Load(type, depth);
            case 3:
                return Called(type, depth);
            case 4:
                return [.. Block((byte)type), .. Value(type, depth - 1), .. Value(ValType.I32, depth - 1), .. BrIf(0), .. End];
            case 5 or 6:
                return Unary(type, depth);
            default:
                return Binary(type, depth);
        }
    }

    private byte[] Load(ValType type, int depth)
    {
        byte[] ops = type switch
        {
            ValType.I32 => [0x28, 0x2C, 0x2D, 0x2E, 0x2F],
            ValType.I64 => [0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35],
            ValType.F32 => [0x2A],
            _ => [0x2B],
        };
        return [.. Address(depth - 1), .. Memory(Pick(ops), (uint)random.Next(16))];
    }

    private byte[] Called(ValType type, int depth)
    {
        int callee = signatures.FindIndex(s => s.Results[0] == type);
        if (callee < 0)
            return type == ValType.I32 ? GlobalGet(0) : Constant(type);
        var code = new List<byte>();
        foreach (var parameter in signatures[callee].Parameters)
            code.AddRange(Value(parameter, depth - 2));
        return random.Next(2) == 0 ? [.. code, .. Call(callee)] : [.. code, .. I32Const(callee), .. CallIndirect(types.Type(signatures[callee]))];
    }

    private byte[] Binary(ValType type, int depth)
    {
        switch (type)
        {
            case ValType.I32 when random.Next(3) == 0:
                var compared = Pick(Types);
                int first = compared switch { ValType.I32 => 0x46, ValType.I64 => 0x51, ValType.F32 => 0x5B, _ => 0x61 };
                int count = compared is ValType.I32 or ValType.I64 ? 10 : 6;
                return [.. Value(compared, depth - 1), .. Value(compared, depth - 1), (byte)(first + random.Next(count))];
            case ValType.I32:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), (byte)random.Next(0x6A, 0x79)];
            case ValType.I64:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), (byte)random.Next(0x7C, 0x8B)];
            case ValType.F32:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), (byte)random.Next(0x92, 0x98)];
            default:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), (byte)random.Next(0xA0, 0xA6)];
        }
    }

    private byte[] Unary(ValType type, int depth)
    {
        (ValType From, byte[] Op)[] choices = type switch
        {
            ValType.I32 => [(ValType.I32, [0x67]), (ValType.I32, [0x68]), (ValType.I32, [0x69]), (ValType.I32, [0x45]), (ValType.I64, [0x50]), (ValType.I64, [0xA7]), (ValType.I32, [0xC0]), (ValType.I32, [0xC1]),
                (ValType.F32, [0xA8]), (ValType.F32, [0xA9]), (ValType.F64, [0xAA]), (ValType.F64, [0xAB]), (ValType.F32, [0xFC, 0]), (ValType.F32, [0xFC, 1]), (ValType.F64, [0xFC, 2]), (ValType.F64, [0xFC, 3])],
            ValType.I64 => [(ValType.I64, [0x79]), (ValType.I64, [0x7A]), (ValType.I64, [0x7B]), (ValType.I32, [0xAC]), (ValType.I32, [0xAD]), (ValType.I64, [0xC2]), (ValType.I64, [0xC3]), (ValType.I64, [0xC4]),
                (ValType.F32, [0xAE]), (ValType.F64, [0xB1]), (ValType.F32, [0xFC, 4]), (ValType.F32, [0xFC, 5]), (ValType.F64, [0xFC, 6]), (ValType.F64, [0xFC, 7])],
            ValType.F32 => [(ValType.F32, [0x8B]), (ValType.F32, [0x8C]), (ValType.F32, [0x8D]), (ValType.F32, [0x8E]), (ValType.F32, [0x8F]), (ValType.F32, [0x90]), (ValType.F32, [0x91]),
                (ValType.I32, [0xB2]), (ValType.I32, [0xB3]), (ValType.I64, [0xB4]), (ValType.I64, [0xB5]), (ValType.F64, [0xB6]), (ValType.I32, [0xBE])],
            _ => [(ValType.F64, [0x99]), (ValType.F64, [0x9A]), (ValType.F64, [0x9B]), (ValType.F64, [0x9C]), (ValType.F64, [0x9D]), (ValType.F64, [0x9E]), (ValType.F64, [0x9F]),
                (ValType.I32, [0xB7]), (ValType.I32, [0xB8]), (ValType.I64, [0xB9]), (ValType.I64, [0xBA]), (ValType.F32, [0xBB]), (ValType.I64, [0xBF])],
        };
        var (from, op) = Pick(choices);
        return [.. Value(from, depth - 1), .. op];
    }
}
