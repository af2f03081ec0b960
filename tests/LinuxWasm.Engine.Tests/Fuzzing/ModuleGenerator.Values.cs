using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Tests.Instructions;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Fuzzing;

internal sealed partial class ModuleGenerator
{
    private const int CopySign32 = 0x98;
    private const int CopySign64 = 0xA6;
    private const int Reinterpret32 = 0xBC;
    private const int Reinterpret64 = 0xBD;

    private static readonly long[] Edges = [0, 1, -1, 2, 31, 32, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 53];
    private static readonly double[] FloatEdges = [0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e10, -1e10, 1e300, 1e-300, 2147483648, -2147483649, 4294967296, 9.3e18, double.PositiveInfinity, double.NegativeInfinity, double.NaN, float.Epsilon];

    /// <summary>What gives a value of a type, by the prefix, so that the few plain instructions come up as often as the many of vectors.</summary>
    private static readonly Dictionary<ValType, Instruction[][]> Giving = All.ToDictionary(t => t, t => Instructions.Where(i => i.Info.Out == t).GroupBy(i => i.Prefix).Select(g => g.ToArray()).ToArray());

    private static readonly Instruction[][] Stores = [.. Instructions.Where(i => i.Info.Out == ValTypes.Unknown).GroupBy(i => i.Prefix).Select(g => g.ToArray())];

    /// <summary>All that take values of fixed types and are the same everywhere: relaxed SIMD is not, nor is waiting.</summary>
    private static IEnumerable<Instruction> Instructions
    {
        get
        {
            for (int code = Op.I32Load; code <= Op.I64Extend32S; code++)
            {
                if (OpTable.Plain[code].Immediate != Immediate.Special)
                    yield return new Instruction(0, code, OpTable.Plain[code]);
            }

            for (int code = 0; code < 8; code++)
                yield return new Instruction(Op.PrefixMisc, code, OpTable.Misc[code]);
            for (int code = 0; code < 256; code++)
            {
                if (OpTable.Simd[code].Immediate != Immediate.Special)
                    yield return new Instruction(Op.PrefixSimd, code, OpTable.Simd[code]);
            }

            for (int code = 0; code < OpTable.Atomic.Length; code++)
            {
                if (OpTable.Atomic[code].Immediate != Immediate.Special && Op.Atomic + code is not (Op.AtomicWait32 or Op.AtomicWait64))
                    yield return new Instruction(Op.PrefixAtomic, code, OpTable.Atomic[code]);
            }
        }
    }

    private byte[] Value(ValType type, int depth)
    {
        if (depth <= 0 || OneIn(8))
        {
            int local = locals.IndexOf(type, random.Next(locals.Count));
            return local >= 0 && !OneIn(3) ? Get(local) : OneIn(4) ? GlobalGet(globals[Array.IndexOf(All, type)]) : Constant(type);
        }

        switch (random.Next(20))
        {
            case 0:
                return [.. Value(type, depth - 1), .. Value(type, depth - 1), .. Value(ValType.I32, depth - 1), .. OneIn(2) ? Select : [0x1C, 1, (byte)type]];
            case 1:
                return [.. Value(ValType.I32, depth - 1), .. If((byte)type), .. Value(type, depth - 1), .. Else, .. Value(type, depth - 1), .. End];
            case 2 or 3:
                return Called(type, depth);
            case 4:
                return [.. Block((byte)type), .. Value(type, depth - 1), .. Value(ValType.I32, depth - 1), .. BrIf(0), .. End];
            case 5:
                return [.. Block((byte)type), .. Block((byte)type), .. Value(type, depth - 1), .. Value(ValType.I32, depth - 1), 0x0E, 2, 0, 1, 0, .. End, .. End];
            case 6:
                return Tried(type, depth - 1);
            case 7 when type == ValType.I32:
                return Sized(depth - 1);
            default:
                var instruction = Pick(Pick(Giving[type]));
                while (instruction.MayTrap && !OneIn(8))
                    instruction = Pick(Pick(Giving[type]));
                return Computed(instruction, depth - 1);
        }
    }

    private byte[] Store(int depth) => Computed(Pick(Pick(Stores)), depth - 1);

    private byte[] Computed(Instruction instruction, int depth)
    {
        var (prefix, op, info) = instruction;
        var code = new List<byte>();
        bool atomic = prefix == Op.PrefixAtomic;
        bool memory = info.Immediate is Immediate.Memory or Immediate.MemoryLane;
        for (int i = 0; i < info.Inputs; i++)
        {
            var type = i == 0 ? info.In0 : i == 1 ? info.In1 : info.In2;
            bool seen = prefix == 0 && (memory || op is Reinterpret32 or Reinterpret64 || (op is CopySign32 or CopySign64 && i == 1));
            code.AddRange(i == 0 && memory ? Address(depth, atomic ? info.Width : 1) : seen ? Guarded(type, depth) : Value(type, depth));
            if (i == 1 && instruction.Divides && !OneIn(8))
                code.AddRange(type == ValType.I32 ? [.. I32Const(1), 0x72] : [.. I64Const(1), 0x84]);
        }

        code.AddRange(prefix == 0 ? [(byte)op] : [(byte)prefix, .. U32(op)]);
        if (memory)
            code.AddRange([(byte)(atomic ? int.TrailingZeroCount(info.Width) : 0), .. U32(atomic ? random.Next(3) * info.Width : random.Next(16))]);
        if (info.Immediate == Immediate.Lane)
            code.Add((byte)random.Next(info.Width));
        if (info.Immediate == Immediate.MemoryLane)
            code.Add((byte)random.Next(16 / info.Width));
        return prefix == Op.PrefixSimd ? [.. code, .. Canonical(LanesOfFloats(op))] : [.. code];
    }

    /// <summary>Bytes in the lanes that may hold a NaN of any payload; 0 if there are none.</summary>
    private static int LanesOfFloats(int op) => op switch
    {
        19 or 32 => 4,
        20 or 34 => 8,
        _ => SimdModel.NaNWidth(op),
    };

    private byte[] Canonical(int width)
    {
        if (width == 0)
            return [];
        int keep = guards + 2;
        byte[] nan = [0xFD, 12, .. Enumerable.Repeat(width == 4 ? BitConverter.GetBytes(0x7FC00000) : BitConverter.GetBytes(0x7FF8000000000000), 16 / width).SelectMany(b => b)];
        return [.. Tee(keep), .. nan, .. Get(keep), .. Get(keep), 0xFD, (byte)(width == 4 ? 65 : 71), 0xFD, 82];
    }

    /// <summary>A float whose bits may be looked at: the one canonical NaN in place of any.</summary>
    private byte[] Guarded(ValType type, int depth)
    {
        byte[] value = Value(type, depth);
        if (type is not (ValType.F32 or ValType.F64))
            return value;
        int keep = type == ValType.F32 ? guards : guards + 1;
        byte[] nan = type == ValType.F32 ? [0x43, 0, 0, 0xC0, 0x7F] : [0x44, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F];
        byte equal = (byte)(type == ValType.F32 ? 0x5B : 0x61);
        return [.. value, .. Tee(keep), .. nan, .. Get(keep), .. Get(keep), equal, .. Select];
    }

    private byte[] Address(int depth, int width) => OneIn(30)
        ? Value(ValType.I32, depth)
        : [.. Value(ValType.I32, depth), .. I32Const((OneIn(10) ? 0xFFF8 : 0xFFD8) | (OneIn(16) ? 7 : width < 8 ? (7 & -width) : 0)), 0x71];

    private byte[] Constant(ValType type)
    {
        switch (type)
        {
            case ValType.I32:
                return I32Const((int)Pick(Edges));
            case ValType.I64:
                return I64Const(Pick(Edges));
            case ValType.F32:
                return [0x43, .. BitConverter.GetBytes((float)Pick(FloatEdges))];
            case ValType.F64:
                return F64Const(Pick(FloatEdges));
            default:
                var bytes = new byte[16];
                random.NextBytes(bytes);
                return random.Next(4) switch
                {
                    0 => [0xFD, 12, .. bytes],
                    1 => [0xFD, 12, .. BitConverter.GetBytes(Pick(Edges)), .. BitConverter.GetBytes(Pick(Edges))],
                    2 => [0xFD, 12, .. Enumerable.Range(0, 4).SelectMany(_ => BitConverter.GetBytes((float)Pick(FloatEdges)))],
                    _ => [0xFD, 12, .. BitConverter.GetBytes(Pick(FloatEdges)), .. BitConverter.GetBytes(Pick(FloatEdges))],
                };
        }
    }

    private byte[] Sized(int depth) => random.Next(7) switch
    {
        0 => MemorySize,
        1 => [.. OneIn(4) ? Value(ValType.I32, depth) : I32Const(random.Next(2)), .. MemoryGrow],
        2 => [0xFC, 16, 0],
        3 => [.. Reference(depth), .. I32Const(random.Next(2)), 0xFC, 15, 0],
        4 => [.. Reference(depth), 0xD1],
        5 => [0xD0, 0x6F, 0xD1],
        _ => [.. Value(ValType.V128, depth), .. Value(ValType.V128, depth), 0xFD, 13, .. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(32)), 0xFD, 27, (byte)random.Next(4)],
    };

    private byte[] Tried(ValType type, int depth)
    {
        int tag = random.Next(tagTypes.Length);
        byte[] thrown = OneIn(2) ? [.. Value(ValType.I32, depth), .. If(), .. Throw(depth), .. End] : [];
        byte[] body = [0x06, (byte)type, .. thrown, .. Value(type, depth)];
        byte[] payload = [.. Enumerable.Repeat(Drop[0], tagTypes[tag].Parameters.Length)];
        byte[] all = OneIn(3) ? [] : [0x19, .. Value(type, depth)];
        return [.. body, 0x07, (byte)tag, .. payload, .. Value(type, depth), .. all, .. End];
    }

    private byte[] Called(ValType type, int depth)
    {
        int callee = signatures.FindIndex(random.Next(signatures.Count + 1), s => s.Results.Contains(type));
        if (callee < 0)
            return Constant(type);
        var code = new List<byte>();
        var signature = signatures[callee];
        foreach (var parameter in signature.Parameters)
            code.AddRange(Value(parameter, depth - 2));
        code.AddRange(OneIn(2) ? Call(callee) : [.. OneIn(6) ? TableIndex(0) : I32Const(callee), .. CallIndirect(builder.Type(signature))]);

        // Of several results, the one that is wanted is kept on the way down.
        int wanted = signature.Results.IndexOf(type);
        for (int i = signature.Results.Length - 1; i > wanted; i--)
            code.AddRange(Drop);
        if (wanted == 0)
            return [.. code];
        int keep = locals.IndexOf(type);
        if (keep < 0)
            return [.. code, .. Enumerable.Repeat(Drop[0], wanted + 1), .. Constant(type)];
        return [.. code, .. Set(keep), .. Enumerable.Repeat(Drop[0], wanted), .. Get(keep)];
    }

    /// <param name="Prefix">0 if there is none.</param>
    /// <param name="Code">Behind the prefix.</param>
    private sealed record Instruction(int Prefix, int Code, OpInfo Info)
    {
        /// <summary>What most operands make trap comes up more seldom: a function that has trapped shows nothing more.</summary>
        public bool MayTrap => Prefix == 0 && Code is (>= 0xA8 and <= 0xAB) or (>= 0xAE and <= 0xB1);

        public bool Divides => Prefix == 0 && Code is (>= 0x6D and <= 0x70) or (>= 0x7F and <= 0x82);
    }
}
