using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Every SIMD instruction that the engine knows, with edge values in every lane, against a model in plain arithmetic.</summary>
public sealed class SimdTests
{
    private const int Shuffle = 13;
    private const int Constant = 12;

    private static readonly ulong[] IntegerEdges =
    [
        0, 1, ulong.MaxValue, 0x7F, 0x80, 0x81, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1UL << 32, long.MaxValue, 1UL << 63,
        0x8080808080808080, 0x7F7F7F7F7F7F7F7F, 0x8000800080008000, 0x7FFF7FFF7FFF7FFF, 0x8000000080000000, 0x0123456789ABCDEF, 0xFEDCBA9876543210, 0x00FF00FF01FE02FD,
    ];

    private static readonly double[] FloatEdges =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.4999999, 8388607.5, -8388609, 4503599627370495.5, 2147483647, 2147483648, -2147483648, -2147483649.5, 4294967295, 4294967296, -0.99999994,
        1e-40, float.Epsilon, float.MaxValue, 1e300, -1e300, double.Epsilon, double.PositiveInfinity, double.NegativeInfinity,
    ];

    /// <summary>Signalling NaNs and others with a payload, of both widths.</summary>
    private static readonly ulong[] NaNs = [0x7FC00000_7FC00000, 0xFFC00000_7F800001, 0x7FF8000000000000, 0xFFF0000000000001, 0x7FFFFFFFFFFFFFFF];

    private static readonly Bits[] Vectors = MakeVectors();

    /// <summary>Codes of instructions that are not a memory's.</summary>
    public static TheoryData<int> Plain => [.. Known().Where(c => c is not (Constant or Shuffle) && !TouchesMemory(c))];

    public static TheoryData<int> OnMemory => [.. Known().Where(TouchesMemory)];

    [Theory]
    [MemberData(nameof(Plain))]
    public void Computes_what_the_specification_says(int code)
    {
        Assert.True(SimdModel.Rules.TryGetValue(code, out var rule), $"no model of SIMD instruction {code}: what should it give?");
        var info = OpTable.Simd[code];
        int lanes = info.Immediate == Immediate.Lane ? info.Width : 1;
        var builder = new ModuleBuilder();
        for (int lane = 0; lane < lanes; lane++)
            builder.Function($"lane{lane}", TypeOf(info), [], Operands(info), [0xFD, .. U32(code), .. info.Immediate == Immediate.Lane ? [(byte)lane] : Array.Empty<byte>()]);

        // The same with operands that the compiler can see.
        var constants = Combinations(info).Where((_, i) => i % 41 == 0).ToArray();
        for (int i = 0; i < constants.Length; i++)
            builder.Function($"constant{i}", FuncType.Get([], [info.Out]), [], [.. constants[i].SelectMany((o, k) => ConstantOf(k == 0 ? info.In0 : k == 1 ? info.In1 : info.In2, o))], [0xFD, .. U32(code), .. info.Immediate == Immediate.Lane ? [(byte)(lanes - 1)] : Array.Empty<byte>()]);
        var instance = builder.Instantiate();
        for (int lane = 0; lane < lanes; lane++)
        {
            var function = instance.GetFunction($"lane{lane}")!;
            foreach (var operands in Combinations(info))
                Check(code, lane, info, rule, operands, function, operands);
        }

        for (int i = 0; i < constants.Length; i++)
            Check(code, lanes - 1, info, rule, constants[i], instance.GetFunction($"constant{i}")!, []);
    }

    [Fact]
    public void Constants_and_shuffles_take_every_lane()
    {
        var builder = new ModuleBuilder();
        var masks = new List<byte[]>();
        for (int shift = 0; shift < 32; shift++)
            masks.Add([.. Enumerable.Range(0, 16).Select(i => (byte)((i * 5 + shift) % 32))]);
        masks.Add([.. Enumerable.Repeat((byte)31, 16)]);
        for (int i = 0; i < masks.Count; i++)
            builder.Function($"shuffle{i}", Type("vv>v"), [], Get(0), Get(1), [0xFD, Shuffle, .. masks[i]]);
        for (int i = 0; i < Vectors.Length; i++)
            builder.Function($"constant{i}", Type(">v"), [], [0xFD, Constant, .. Vectors[i].Bytes()]);
        var instance = builder.Instantiate();
        for (int i = 0; i < masks.Count; i++)
        {
            for (int k = 1; k < Vectors.Length; k++)
            {
                var (left, right) = (Vectors[k - 1], Vectors[k]);
                var expected = Bits.Make(1, n => masks[i][n] < 16 ? left.U(1, masks[i][n]) : right.U(1, masks[i][n] - 16));
                Assert.Equal(expected, Bits.From(instance.Call($"shuffle{i}", left.ToValue(), right.ToValue())));
            }
        }

        for (int i = 0; i < Vectors.Length; i++)
            Assert.Equal(Vectors[i], Bits.From(instance.Call($"constant{i}")));
    }

    [Theory]
    [MemberData(nameof(OnMemory))]
    public void Reads_and_writes_what_the_specification_says_and_not_beyond_the_end(int code)
    {
        const int Offset = 3;
        var info = OpTable.Simd[code];
        int lanes = info.Immediate == Immediate.MemoryLane ? 16 / info.Width : 1;
        var builder = new ModuleBuilder().Memory(1);
        for (int lane = 0; lane < lanes; lane++)
            builder.Function($"lane{lane}", TypeOf(info), [], Operands(info), [0xFD, .. U32(code), 0, Offset, .. info.Immediate == Immediate.MemoryLane ? [(byte)lane] : Array.Empty<byte>()]);
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, LinearMemory.PageSize, out var bytes));
        var random = new Random(code);
        for (int round = 0; round < 64; round++)
        {
            random.NextBytes(bytes[^64..]);
            random.NextBytes(bytes[..64]);
            int lane = round % lanes;
            int at = round % 2 == 0 ? round : LinearMemory.PageSize - info.Width - (round / 8);
            var vector = Vectors[round % Vectors.Length];
            byte[] before = bytes.ToArray();
            WasmValue[] arguments = info.Inputs == 1 ? [at - Offset] : [at - Offset, vector.ToValue()];
            if (at < Offset)
            {
                // The address is 32 bits wide, and offsets don't wrap.
                Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap($"lane{lane}", arguments).Kind);
                continue;
            }

            var result = Bits.From(instance.Call($"lane{lane}", arguments));
            if (info.Out == ValType.V128)
                Assert.Equal(Loaded(code, before.AsSpan(at, info.Width), vector, lane), result);
            else
                vector.Bytes().AsSpan(lanes == 1 ? 0 : lane * info.Width, info.Width).CopyTo(before.AsSpan(at));
            Assert.True(bytes.SequenceEqual(before));
            arguments[0] = LinearMemory.PageSize - info.Width - Offset + 1 + (round % info.Width);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap($"lane{lane}", arguments).Kind);
            Assert.True(bytes.SequenceEqual(before));
        }
    }

    [Fact]
    public void No_instruction_is_left_out()
    {
        // What the theories above run is what the decoder knows; so nothing is left out if the decoder knows all 256 codes of the two proposals.
        int[] known = [.. Known()];
        int[] reserved = [154, 162, 165, 166, 175, 176, 178, 179, 180, 187, 194, 197, 198, 207, 208, 210, 211, 212, 226, 238];
        Assert.Equal(Enumerable.Range(0, 276).Except(reserved), known);
        Assert.Equal(known.Length, Plain.Count + OnMemory.Count + 2);
    }

    private static IEnumerable<int> Known() =>
        Enumerable.Range(0, OpTable.Simd.Length).Where(c => c is Constant or Shuffle || OpTable.Simd[c].Immediate != Immediate.Special);

    private static bool TouchesMemory(int code) => OpTable.Simd[code].Immediate is Immediate.Memory or Immediate.MemoryLane;

    private static FuncType TypeOf(OpInfo info) =>
        FuncType.Get(new[] { info.In0, info.In1, info.In2 }.AsSpan(0, info.Inputs), info.Out == ValTypes.Unknown ? [] : [info.Out]);

    private static byte[] Operands(OpInfo info) => [.. Enumerable.Range(0, info.Inputs).SelectMany(Get)];

    private static byte[] ConstantOf(ValType type, Bits value) => type switch
    {
        ValType.I32 => I32Const((int)value.Low),
        ValType.I64 => I64Const((long)value.Low),
        ValType.F32 => [0x43, .. BitConverter.GetBytes((uint)value.Low)],
        ValType.F64 => [0x44, .. BitConverter.GetBytes(value.Low)],
        _ => [0xFD, Constant, .. value.Bytes()],
    };

    private static Bits[] MakeVectors()
    {
        ulong[] halves =
        [
            .. IntegerEdges, .. NaNs, .. FloatEdges.Select(BitConverter.DoubleToUInt64Bits),
            .. FloatEdges.Zip(FloatEdges.Reverse(), (a, b) => BitConverter.SingleToUInt32Bits((float)a) | ((ulong)BitConverter.SingleToUInt32Bits((float)b) << 32)),
        ];
        return [.. halves.Select((h, i) => new Bits(h, halves[(i * 7 + 3) % halves.Length]))];
    }

    /// <summary>Each edge with a good many others, as operands of the instruction.</summary>
    private static IEnumerable<Bits[]> Combinations(OpInfo info)
    {
        for (int i = 0; i < Vectors.Length; i++)
        {
            if (info.Inputs == 1)
            {
                yield return [Operand(info.In0, i)];
                continue;
            }

            // All pairs are too many; steps that have no common factor with the count bring each to each lane's neighbours all the same.
            for (int k = 0; k < Vectors.Length; k += info.Inputs == 2 ? 3 : 7)
            {
                var pair = new[] { Operand(info.In0, i), Operand(info.In1, (i + k) % Vectors.Length) };
                yield return info.Inputs == 2 ? pair : [.. pair, Operand(info.In2, (i * 5 + k) % Vectors.Length)];
            }
        }
    }

    private static Bits Operand(ValType type, int index) => type switch
    {
        ValType.I32 or ValType.F32 => new Bits(Vectors[index].U(4, 0)),
        ValType.I64 or ValType.F64 => new Bits(Vectors[index].Low),
        _ => Vectors[index],
    };

    private static void Check(int code, int lane, OpInfo info, SimdModel.Rule rule, Bits[] operands, GuestFunction function, Bits[] passed)
    {
        var results = new WasmValue[1];
        function.Invoke([.. passed.Select(o => o.ToValue())], results);
        var actual = Bits.From(results[0]);
        var expected = rule(operands, lane);
        int width = SimdModel.NaNWidth(code);
        for (int i = 0; width > 0 && i < 16 / width; i++)
        {
            // Any quiet NaN will do; what is compared is that it is one.
            bool wanted = width == 4 ? float.IsNaN(expected.F(i)) : double.IsNaN(expected.D(i));
            ulong quiet = width == 4 ? 0x7FC00000 : 0x7FF8000000000000UL;
            if (wanted && (actual.U(width, i) & quiet) == quiet)
                actual = Bits.Make(width, n => n == i ? expected.U(width, n) : actual.U(width, n));
        }

        if (expected != actual)
            Assert.Fail($"{VectorNames.Names[code]} ({code}) lane {lane} of {string.Join(", ", operands)}: expected {expected}, got {actual}{(passed.Length == 0 && info.Inputs > 0 ? ", with constants" : "")}");
    }

    private static Bits Loaded(int code, ReadOnlySpan<byte> memory, Bits vector, int lane)
    {
        byte[] bytes = memory.ToArray();
        var read = Bits.From(bytes);
        switch (code)
        {
            case 0:
                return read;
            case >= 1 and <= 6:
                int width = 1 << ((code - 1) / 2);
                return Bits.Make(width * 2, i => code % 2 == 1 ? (ulong)read.S(width, i) : read.U(width, i));
            case >= 7 and <= 10:
                return Bits.Make(bytes.Length, _ => read.Low);
            case 92 or 93:
                return read;
            default:
                return Bits.Make(bytes.Length, i => i == lane ? read.Low : vector.U(bytes.Length, i));
        }
    }
}
