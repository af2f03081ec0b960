using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Every numeric instruction of one value, with edge values in all pairs, against <see cref="ScalarModel"/>; loads and stores at every edge.</summary>
public sealed class ScalarTests
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 3, 7, 10, 31, 32, 33, 63, 64, 65, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x00FFFFFF, 0x01000001, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF,
        0x1_0000_0000, 0x20_0000_0000_0001, 0x7FFF_FFBF_FFFF_FFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0x8000000000000001, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF, 0x0123456789ABCDEF, 0xFFFF_FF80_0000_0000,
    ];

    private static readonly double[] Doubles =
    [
        0, double.Epsilon, 1e-310, 2.2250738585072014e-308, 1e-46, 1.4e-45, 1.1754944e-38, 0.1, 0.49999999999999994, 0.5, 0.99999994, 0.9999999999999999, 1, 1.5, 2.5, 3.5, 127.9, 255.5, 8388607.5, 16777217, 2147483647, 2147483647.9, 2147483648,
        2147483649, 4294967295, 4294967295.9, 4294967296, 4503599627370495.5, 4503599627370496.5, 9007199254740993, 9223371487098961920, 9223372036854774784, 9223372036854775808, 18446742974197923840.0, 18446744073709549568.0, 18446744073709551616.0,
        3.4028234663852886e38, 3.4028235677973366e38, 1e300, double.MaxValue, double.PositiveInfinity,
    ];

    private static readonly ulong[] Bits64 = [.. Doubles.SelectMany(d => new[] { d, -d }).Select(BitConverter.DoubleToUInt64Bits), 0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001, 0xFFF4000000000000, 0x7FFFFFFFFFFFFFFF];

    private static readonly ulong[] Bits32 = [.. Doubles.SelectMany(d => new[] { d, -d }).Select(d => (ulong)BitConverter.SingleToUInt32Bits((float)d)).Distinct(), 0x7FC00000, 0xFFC00000, 0x7F800001, 0xFFA00000, 0x7FFFFFFF];

    /// <summary>One byte, or 0xFC00 and what follows the prefix.</summary>
    public static TheoryData<int> Numeric => [.. Known().Where(c => Info(c).Immediate == Immediate.None)];

    public static TheoryData<int> OnMemory => [.. Known().Where(c => Info(c).Immediate == Immediate.Memory)];

    [Theory]
    [MemberData(nameof(Numeric))]
    public void Computes_what_the_specification_says(int code)
    {
        var info = Info(code);
        Assert.True(ScalarModel.Rules.TryGetValue(code, out var rule), $"no model of instruction 0x{code:X}: what should it give?");
        var combinations = Combinations(info).ToArray();
        var type = FuncType.Get(new[] { info.In0, info.In1 }.AsSpan(0, info.Inputs), [info.Out]);
        var builder = new ModuleBuilder();
        builder.Function("run", type, [], [.. Enumerable.Range(0, info.Inputs).SelectMany(Get)], Encoded(code));

        // The same with one operand that the compiler can see, or with all: it takes other ways then.
        var seen = combinations.Where((_, i) => i % 23 == 0).ToArray();
        for (int i = 0; i < seen.Length; i++)
        {
            builder.Function($"all{i}", FuncType.Get([], [info.Out]), [], [.. seen[i].SelectMany((o, k) => Constant(k == 0 ? info.In0 : info.In1, o))], Encoded(code));
            if (info.Inputs == 2)
                builder.Function($"second{i}", FuncType.Get([info.In0], [info.Out]), [], Get(0), Constant(info.In1, seen[i][1]), Encoded(code));
        }

        var instance = builder.Instantiate();
        var run = instance.GetFunction("run")!;
        foreach (ulong[] operands in combinations)
            Check(code, info, rule, operands, run, operands);
        for (int i = 0; i < seen.Length; i++)
        {
            Check(code, info, rule, seen[i], instance.GetFunction($"all{i}")!, []);
            if (info.Inputs == 2)
                Check(code, info, rule, seen[i], instance.GetFunction($"second{i}")!, [seen[i][0]]);
        }
    }

    [Theory]
    [MemberData(nameof(OnMemory))]
    public void Reads_and_writes_what_the_specification_says_and_not_beyond_the_end(int code)
    {
        var info = Info(code);
        int width = info.Width;
        uint[] offsets = [0, 1, 7, 65535, (uint)(65536 - width), (uint)(65537 - width), 65536, 0x7FFFFFFF, 0x80000000, uint.MaxValue];
        uint[] addresses = [0, 1, 8, (uint)(65535 - width), (uint)(65536 - width), (uint)(65537 - width), 65535, 65536, 0x7FFFFFFF, 0x80000000, (uint)-width, uint.MaxValue];
        var builder = new ModuleBuilder().Memory(1);
        var type = FuncType.Get(new[] { info.In0, info.In1 }.AsSpan(0, info.Inputs), info.Out == ValTypes.Unknown ? [] : [info.Out]);
        int alignments = int.TrailingZeroCount(width) + 1;
        for (int i = 0; i < offsets.Length; i++)
        {
            byte[] access = [(byte)code, (byte)(i % alignments), .. U32((int)offsets[i])];
            builder.Function($"at{i}", type, [], [.. Enumerable.Range(0, info.Inputs).SelectMany(Get)], access);
            for (int k = 0; k < addresses.Length; k++)
                builder.Function($"at{i}_{k}", FuncType.Get(type.Parameters[1..], type.Results), [], I32Const((int)addresses[k]), info.Inputs == 2 ? Get(0) : [], access);
        }

        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, LinearMemory.PageSize, out var bytes));
        var random = new Random(code);
        ulong[] values = info.Inputs == 1 ? [0] : [0, ulong.MaxValue, 0x0123456789ABCDEF, 0x7F800001, 0xFFF0000000000001, 0x80];
        for (int i = 0; i < offsets.Length; i++)
        {
            for (int k = 0; k < addresses.Length; k++)
            {
                ulong at = (ulong)addresses[k] + offsets[i];
                foreach (ulong value in values)
                {
                    random.NextBytes(bytes[..32]);
                    random.NextBytes(bytes[^32..]);
                    foreach (bool constant in new[] { false, true })
                    {
                        byte[] before = bytes.ToArray();
                        string name = constant ? $"at{i}_{k}" : $"at{i}";
                        WasmValue[] arguments = [.. constant ? Array.Empty<WasmValue>() : [addresses[k]], .. info.Inputs == 2 ? new WasmValue[] { value } : []];
                        if (at + (ulong)width > LinearMemory.PageSize)
                        {
                            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap(name, arguments).Kind);
                        }
                        else if (info.Inputs == 1)
                        {
                            Assert.Equal(Loaded(code, info, before.AsSpan((int)at, width)), Cut(info.Out, instance.Call(name, arguments)));
                        }
                        else
                        {
                            instance.Call(name, arguments);
                            BitConverter.GetBytes(value).AsSpan(0, width).CopyTo(before.AsSpan((int)at));
                        }

                        Assert.True(bytes.SequenceEqual(before));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0xA0)]
    [InlineData(0xA1)]
    [InlineData(0xA2)]
    [InlineData(0xA3)]
    [InlineData(0xA4)]
    [InlineData(0xA5)]
    public void What_is_computed_of_a_signalling_NaN_is_quiet(byte code)
    {
        var builder = new ModuleBuilder();
        builder.Function("constant", Type("d>d"), [], Get(0), [0x44, .. BitConverter.GetBytes(0x7FF0000000000001)], [code]);
        builder.Function("first", Type("d>d"), [], [0x44, .. BitConverter.GetBytes(0x7FF0000000000001)], Get(0), [code]);
        builder.Function("reinterpreted", Type("d>d"), [], Get(0), I64Const(0x7FF0000000000001), [0xBF], [code]);
        builder.Function("narrow", Type("f>f"), [], Get(0), I32Const(0x7F800001), [0xBE], [(byte)(code - 14)]);
        var instance = builder.Instantiate();
        foreach (string name in new[] { "constant", "first", "reinterpreted" })
            Assert.Equal(0x7FF8000000000000, instance.Call(name, 1.5).I64 & 0x7FF8000000000000);
        Assert.Equal(0x7FC00000, instance.Call("narrow", 1.5f).I32 & 0x7FC00000);
    }

    [Fact]
    public void No_instruction_is_left_out()
    {
        // All one-byte codes from the first load to the last extension but memory.size, memory.grow and the constants; the first eight behind the prefix.
        Assert.Equal([.. Enumerable.Range(0x28, 0xC5 - 0x28).Except(Enumerable.Range(0x3F, 6)), .. Enumerable.Range(0xFC00, 8)], Known());
        Assert.Equal(23, OnMemory.Count);
        Assert.Equal(Known().Count() - 23, Numeric.Count);
        Assert.Equal(Numeric.Count, ScalarModel.Rules.Count);
    }

    private static IEnumerable<int> Known() =>
        Enumerable.Range(0, 256).Where(c => OpTable.Plain[c].Immediate is Immediate.None or Immediate.Memory).Concat(Enumerable.Range(0xFC00, 8));

    private static OpInfo Info(int code) => code >= 0xFC00 ? OpTable.Misc[code - 0xFC00] : OpTable.Plain[code];

    private static byte[] Encoded(int code) => code >= 0xFC00 ? [0xFC, (byte)code] : [(byte)code];

    private static ulong[] Edges(ValType type) => type switch
    {
        ValType.F32 => Bits32,
        ValType.F64 => Bits64,
        ValType.I32 => [.. Integers.Select(i => (ulong)(uint)i).Distinct()],
        _ => Integers,
    };

    private static IEnumerable<ulong[]> Combinations(OpInfo info) =>
        from first in Edges(info.In0)
        from second in info.Inputs == 2 ? Edges(info.In1) : [0]
        select info.Inputs == 2 ? new[] { first, second } : [first];

    private static byte[] Constant(ValType type, ulong bits) => type switch
    {
        ValType.I32 => I32Const((int)bits),
        ValType.I64 => I64Const((long)bits),
        ValType.F32 => [0x43, .. BitConverter.GetBytes((uint)bits)],
        _ => [0x44, .. BitConverter.GetBytes(bits)],
    };

    private static ulong Cut(ValType type, WasmValue value) => type is ValType.I32 or ValType.F32 ? (uint)value.I32 : (ulong)value.I64;

    private static void Check(int code, OpInfo info, ScalarModel.Rule rule, ulong[] operands, GuestFunction function, ulong[] passed)
    {
        string expected = Outcome(() => rule(operands)), actual = Outcome(() =>
        {
            var results = new WasmValue[1];
            function.Invoke([.. passed.Select(p => (WasmValue)p)], results);
            return Cut(info.Out, results[0]);
        });
        int width = ScalarModel.NaNWidth(code);
        if (expected != actual && !(width > 0 && AllowedNaN(width, info, operands, expected, actual)))
            Assert.Fail($"0x{code:X} of {string.Join(", ", operands.Select(o => $"0x{o:x}"))}, {passed.Length} of them passed: expected {expected}, got {actual}");
    }

    /// <summary>Any quiet NaN if one went in that is not canonical; otherwise a canonical one, of either sign.</summary>
    private static bool AllowedNaN(int width, OpInfo info, ulong[] operands, string expected, string actual)
    {
        ulong Parse(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt64(text, 16) : 0;
        static ulong Quiet(int width) => width == 4 ? 0x7FC00000UL : 0x7FF8000000000000;
        static bool IsNaN(int width, ulong bits) => width == 4 ? float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits)) : double.IsNaN(BitConverter.UInt64BitsToDouble(bits));
        static bool IsCanonical(int width, ulong bits) => (bits & (width == 4 ? 0x7FFFFFFFUL : long.MaxValue)) == Quiet(width);
        int from = info.In0 == ValType.F32 ? 4 : 8;
        if (!IsNaN(width, Parse(expected)))
            return false;
        return operands.Any(o => IsNaN(from, o) && !IsCanonical(from, o))
            ? (Parse(actual) & Quiet(width)) == Quiet(width)
            : IsCanonical(width, Parse(actual));
    }

    private static string Outcome(Func<ulong> compute)
    {
        try
        {
            return $"0x{compute():x}";
        }
        catch (TrapException trap)
        {
            return trap.Kind.ToString();
        }
    }

    private static ulong Loaded(int code, OpInfo info, ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];

        // The signed ones: i32.load8_s and load16_s, i64.load8_s, load16_s and load32_s.
        if (code is 0x2C or 0x2E or 0x30 or 0x32 or 0x34)
            value = (ulong)((long)(value << (64 - (8 * bytes.Length))) >> (64 - (8 * bytes.Length)));
        return info.Out is ValType.I32 or ValType.F32 ? (uint)value : value;
    }
}
