using System.Numerics;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>
/// What each SIMD instruction does, as the specification says it, lane by lane in plain arithmetic. Instructions that touch memory are not here.
/// Relaxed instructions: the one of the allowed behaviours that the engine promises on every machine.
/// </summary>
internal static class SimdModel
{
    public delegate Bits Rule(Bits[] operands, int lane);

    private static readonly int[] Widths = [1, 2, 4, 8];
    private static readonly Dictionary<int, Rule> All = [];

    static SimdModel()
    {
        Moves();
        Comparisons();
        Bitwise();
        Integers();
        Widening();
        Floats();
        Conversions();
        Relaxed();
    }

    public static IReadOnlyDictionary<int, Rule> Rules => All;

    /// <summary>True where the result's NaNs may have any payload: arithmetic on floats of that many bytes; 0 where bits are exact.</summary>
    public static int NaNWidth(int code) => code switch
    {
        94 or (>= 103 and <= 106) or (>= 227 and <= 233) or 261 or 262 or 269 or 270 => 4,
        95 or 116 or 117 or 122 or 148 or (>= 239 and <= 245) or 263 or 264 or 271 or 272 => 8,
        _ => 0,
    };

    private static void Unary(int code, int width, Func<ulong, ulong> f) => All.Add(code, (o, _) => Bits.Make(width, i => f(o[0].U(width, i))));

    private static void UnaryS(int code, int width, Func<long, long> f) => All.Add(code, (o, _) => Bits.Make(width, i => (ulong)f(o[0].S(width, i))));

    private static void Signed(int code, int width, Func<Int128, Int128, Int128> f) =>
        All.Add(code, (o, _) => Bits.Make(width, i => (ulong)f(o[0].S(width, i), o[1].S(width, i))));

    private static void Unsigned(int code, int width, Func<Int128, Int128, Int128> f) =>
        All.Add(code, (o, _) => Bits.Make(width, i => (ulong)f(o[0].U(width, i), o[1].U(width, i))));

    private static void Single(int code, Func<float, float> f) => All.Add(code, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits(f(o[0].F(i)))));

    private static void Singles(int code, Func<float, float, float> f) =>
        All.Add(code, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits(f(o[0].F(i), o[1].F(i)))));

    private static void Double(int code, Func<double, double> f) => All.Add(code, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(f(o[0].D(i)))));

    private static void Doubles(int code, Func<double, double, double> f) =>
        All.Add(code, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(f(o[0].D(i), o[1].D(i)))));

    private static Int128 True(bool condition) => condition ? -1 : 0;

    private static ulong Mask(bool condition) => condition ? ulong.MaxValue : 0;

    private static Int128 Clamp(Int128 value, Int128 least, Int128 most) => value < least ? least : value > most ? most : value;

    private static Int128 ClampS(int width, Int128 value) => Clamp(value, -(Int128.One << ((8 * width) - 1)), (Int128.One << ((8 * width) - 1)) - 1);

    private static Int128 ClampU(int width, Int128 value) => Clamp(value, 0, (Int128.One << (8 * width)) - 1);

    private static void Moves()
    {
        All.Add(14, (o, _) => Bits.Make(1, i => o[1].U(1, i) < 16 ? o[0].U(1, (int)o[1].U(1, i)) : 0));
        int[] splats = [1, 2, 4, 8, 4, 8];
        for (int k = 0; k < splats.Length; k++)
        {
            int width = splats[k];
            All.Add(15 + k, (o, _) => Bits.Make(width, _ => o[0].Low));
        }

        All.Add(21, (o, lane) => new Bits((uint)o[0].S(1, lane)));
        All.Add(24, (o, lane) => new Bits((uint)o[0].S(2, lane)));
        (int Extract, int Replace, int Width)[] lanes = [(22, 23, 1), (25, 26, 2), (27, 28, 4), (29, 30, 8), (31, 32, 4), (33, 34, 8)];
        foreach (var (extract, replace, width) in lanes)
        {
            All.Add(extract, (o, lane) => new Bits(o[0].U(width, lane)));
            All.Add(replace, (o, lane) => Bits.Make(width, i => i == lane ? o[1].Low : o[0].U(width, i)));
        }
    }

    private static void Comparisons()
    {
        // eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u
        for (int k = 0; k < 3; k++)
        {
            int at = 35 + (10 * k), width = Widths[k];
            Signed(at, width, (a, b) => True(a == b));
            Signed(at + 1, width, (a, b) => True(a != b));
            Signed(at + 2, width, (a, b) => True(a < b));
            Unsigned(at + 3, width, (a, b) => True(a < b));
            Signed(at + 4, width, (a, b) => True(a > b));
            Unsigned(at + 5, width, (a, b) => True(a > b));
            Signed(at + 6, width, (a, b) => True(a <= b));
            Unsigned(at + 7, width, (a, b) => True(a <= b));
            Signed(at + 8, width, (a, b) => True(a >= b));
            Unsigned(at + 9, width, (a, b) => True(a >= b));
        }

        Signed(214, 8, (a, b) => True(a == b));
        Signed(215, 8, (a, b) => True(a != b));
        Signed(216, 8, (a, b) => True(a < b));
        Signed(217, 8, (a, b) => True(a > b));
        Signed(218, 8, (a, b) => True(a <= b));
        Signed(219, 8, (a, b) => True(a >= b));

        Func<double, double, bool>[] floats = [(a, b) => a == b, (a, b) => a != b, (a, b) => a < b, (a, b) => a > b, (a, b) => a <= b, (a, b) => a >= b];
        for (int k = 0; k < floats.Length; k++)
        {
            var compare = floats[k];
            All.Add(65 + k, (o, _) => Bits.Make(4, i => Mask(compare(o[0].F(i), o[1].F(i)))));
            All.Add(71 + k, (o, _) => Bits.Make(8, i => Mask(compare(o[0].D(i), o[1].D(i)))));
        }
    }

    private static void Bitwise()
    {
        Unary(77, 8, a => ~a);
        All.Add(78, (o, _) => Bits.Make(8, i => o[0].U(8, i) & o[1].U(8, i)));
        All.Add(79, (o, _) => Bits.Make(8, i => o[0].U(8, i) & ~o[1].U(8, i)));
        All.Add(80, (o, _) => Bits.Make(8, i => o[0].U(8, i) | o[1].U(8, i)));
        All.Add(81, (o, _) => Bits.Make(8, i => o[0].U(8, i) ^ o[1].U(8, i)));
        All.Add(82, Select);
        All.Add(83, (o, _) => new Bits(o[0].Low != 0 || o[0].High != 0 ? 1u : 0));
    }

    private static Bits Select(Bits[] o, int lane) => Bits.Make(8, i => (o[0].U(8, i) & o[2].U(8, i)) | (o[1].U(8, i) & ~o[2].U(8, i)));

    private static void Integers()
    {
        // abs neg all_true bitmask, shl shr_s shr_u, add sub
        int[] at = [96, 128, 160, 192];
        for (int k = 0; k < 4; k++)
        {
            int width = Widths[k], bits = width * 8;
            UnaryS(at[k], width, a => a < 0 ? unchecked(-a) : a);
            UnaryS(at[k] + 1, width, a => unchecked(-a));
            All.Add(at[k] + 3, (o, _) => new Bits(Enumerable.Range(0, 16 / width).All(i => o[0].U(width, i) != 0) ? 1u : 0));
            All.Add(at[k] + 4, (o, _) => new Bits((ulong)Enumerable.Range(0, 16 / width).Sum(i => o[0].S(width, i) < 0 ? 1 << i : 0)));
            All.Add(at[k] + 11, (o, _) => Bits.Make(width, i => o[0].U(width, i) << ((int)o[1].Low & (bits - 1))));
            All.Add(at[k] + 12, (o, _) => Bits.Make(width, i => (ulong)(o[0].S(width, i) >> ((int)o[1].Low & (bits - 1)))));
            All.Add(at[k] + 13, (o, _) => Bits.Make(width, i => o[0].U(width, i) >> ((int)o[1].Low & (bits - 1))));
            Signed(at[k] + 14, width, (a, b) => a + b);
            Signed(at[k] + 17, width, (a, b) => a - b);
        }

        Unary(98, 1, a => (ulong)BitOperations.PopCount(a));
        for (int k = 0; k < 2; k++)
        {
            int width = Widths[k], from = at[k];
            Signed(from + 15, width, (a, b) => ClampS(width, a + b));
            Unsigned(from + 16, width, (a, b) => ClampU(width, a + b));
            Signed(from + 18, width, (a, b) => ClampS(width, a - b));
            Unsigned(from + 19, width, (a, b) => ClampU(width, a - b));
            Unsigned(from + 27, width, (a, b) => (a + b + 1) / 2);
        }

        int[] extremes = [118, 150, 182];
        for (int k = 0; k < 3; k++)
        {
            Signed(extremes[k], Widths[k], Int128.Min);
            Unsigned(extremes[k] + 1, Widths[k], Int128.Min);
            Signed(extremes[k] + 2, Widths[k], Int128.Max);
            Unsigned(extremes[k] + 3, Widths[k], Int128.Max);
        }

        Signed(149, 2, (a, b) => (a * b) & ushort.MaxValue);
        Signed(181, 4, (a, b) => (a * b) & uint.MaxValue);
        All.Add(213, (o, _) => Bits.Make(8, i => unchecked(o[0].U(8, i) * o[1].U(8, i))));
        Signed(130, 2, (a, b) => ClampS(2, ((a * b) + 0x4000) >> 15));
        All.Add(186, (o, _) => Bits.Make(4, i => (ulong)((o[0].S(2, 2 * i) * o[1].S(2, 2 * i)) + (o[0].S(2, (2 * i) + 1) * o[1].S(2, (2 * i) + 1)))));
    }

    private static void Widening()
    {
        for (int k = 0; k < 2; k++)
        {
            int from = Widths[k], to = Widths[k + 1], half = 8 / from;

            // The first operand's lanes, then the second's.
            Func<Bits[], int, long> wide = (o, i) => i < half ? o[0].S(to, i) : o[1].S(to, i - half);
            All.Add(101 + (32 * k), (o, _) => Bits.Make(from, i => (ulong)ClampS(from, wide(o, i))));
            All.Add(102 + (32 * k), (o, _) => Bits.Make(from, i => (ulong)ClampU(from, wide(o, i))));
            All.Add(124 + (2 * k), (o, _) => Bits.Make(to, i => (ulong)(o[0].S(from, 2 * i) + o[0].S(from, (2 * i) + 1))));
            All.Add(125 + (2 * k), (o, _) => Bits.Make(to, i => o[0].U(from, 2 * i) + o[0].U(from, (2 * i) + 1)));
        }

        for (int k = 0; k < 3; k++)
        {
            int from = Widths[k], to = Widths[k + 1], half = 8 / from, extend = 135 + (32 * k), multiply = 156 + (32 * k);
            All.Add(extend, (o, _) => Bits.Make(to, i => (ulong)o[0].S(from, i)));
            All.Add(extend + 1, (o, _) => Bits.Make(to, i => (ulong)o[0].S(from, half + i)));
            All.Add(extend + 2, (o, _) => Bits.Make(to, i => o[0].U(from, i)));
            All.Add(extend + 3, (o, _) => Bits.Make(to, i => o[0].U(from, half + i)));
            All.Add(multiply, (o, _) => Bits.Make(to, i => (ulong)(o[0].S(from, i) * o[1].S(from, i))));
            All.Add(multiply + 1, (o, _) => Bits.Make(to, i => (ulong)(o[0].S(from, half + i) * o[1].S(from, half + i))));
            All.Add(multiply + 2, (o, _) => Bits.Make(to, i => o[0].U(from, i) * o[1].U(from, i)));
            All.Add(multiply + 3, (o, _) => Bits.Make(to, i => o[0].U(from, half + i) * o[1].U(from, half + i)));
        }
    }

    private static void Floats()
    {
        Single(103, MathF.Ceiling);
        Single(104, MathF.Floor);
        Single(105, MathF.Truncate);
        Single(106, a => MathF.Round(a, MidpointRounding.ToEven));
        Double(116, Math.Ceiling);
        Double(117, Math.Floor);
        Double(122, Math.Truncate);
        Double(148, a => Math.Round(a, MidpointRounding.ToEven));
        Unary(224, 4, a => a & 0x7FFFFFFF);
        Unary(225, 4, a => a ^ 0x80000000);
        Unary(236, 8, a => a & long.MaxValue);
        Unary(237, 8, a => a ^ (1UL << 63));
        Single(227, MathF.Sqrt);
        Singles(228, (a, b) => a + b);
        Singles(229, (a, b) => a - b);
        Singles(230, (a, b) => a * b);
        Singles(231, (a, b) => a / b);
        Singles(232, (a, b) => (float)Least(a, b));
        Singles(233, (a, b) => (float)Most(a, b));
        All.Add(234, (o, _) => Bits.Make(4, i => o[1].F(i) < o[0].F(i) ? o[1].U(4, i) : o[0].U(4, i)));
        All.Add(235, (o, _) => Bits.Make(4, i => o[0].F(i) < o[1].F(i) ? o[1].U(4, i) : o[0].U(4, i)));
        Double(239, Math.Sqrt);
        Doubles(240, (a, b) => a + b);
        Doubles(241, (a, b) => a - b);
        Doubles(242, (a, b) => a * b);
        Doubles(243, (a, b) => a / b);
        Doubles(244, Least);
        Doubles(245, Most);
        All.Add(246, (o, _) => Bits.Make(8, i => o[1].D(i) < o[0].D(i) ? o[1].U(8, i) : o[0].U(8, i)));
        All.Add(247, (o, _) => Bits.Make(8, i => o[0].D(i) < o[1].D(i) ? o[1].U(8, i) : o[0].U(8, i)));
    }

    /// <summary>NaN wins; -0 is less than 0.</summary>
    private static double Least(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
            return double.NaN;
        return a < b || (a == b && double.IsNegative(a)) ? a : b;
    }

    private static double Most(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
            return double.NaN;
        return a > b || (a == b && !double.IsNegative(a)) ? a : b;
    }

    private static ulong Saturated(double value, double least, double most)
    {
        if (double.IsNaN(value))
            return 0;
        double clamped = value < least ? least : value > most ? most : value;
        return (ulong)(long)Math.Truncate(clamped);
    }

    private static ulong ToS(double value) => Saturated(value, int.MinValue, int.MaxValue);

    private static ulong ToU(double value) => Saturated(value, 0, uint.MaxValue);

    private static void Conversions()
    {
        All.Add(94, (o, _) => Bits.Make(4, i => i < 2 ? BitConverter.SingleToUInt32Bits((float)o[0].D(i)) : 0));
        All.Add(95, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(o[0].F(i))));
        All.Add(248, (o, _) => Bits.Make(4, i => ToS(o[0].F(i))));
        All.Add(249, (o, _) => Bits.Make(4, i => ToU(o[0].F(i))));
        All.Add(250, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits((float)o[0].S(4, i))));
        All.Add(251, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits((float)o[0].U(4, i))));
        All.Add(252, (o, _) => Bits.Make(4, i => i < 2 ? ToS(o[0].D(i)) : 0));
        All.Add(253, (o, _) => Bits.Make(4, i => i < 2 ? ToU(o[0].D(i)) : 0));
        All.Add(254, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(o[0].S(4, i))));
        All.Add(255, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(o[0].U(4, i))));
    }

    private static void Relaxed()
    {
        (int Relaxed, int Strict)[] same = [(256, 14), (257, 248), (258, 249), (259, 252), (260, 253), (269, 232), (270, 233), (271, 244), (272, 245), (273, 130)];
        foreach (var (relaxed, strict) in same)
            All.Add(relaxed, All[strict]);
        for (int code = 265; code <= 268; code++)
            All.Add(code, Select);
        All.Add(274, (o, _) => Bits.Make(2, i => (ulong)Dot(o, i)));
        All.Add(275, (o, _) => Bits.Make(4, i => (ulong)(Dot(o, 2 * i) + Dot(o, (2 * i) + 1) + o[2].S(4, i))));
        All.Add(261, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits((float)(o[0].F(i) * o[1].F(i)) + o[2].F(i))));
        All.Add(262, (o, _) => Bits.Make(4, i => BitConverter.SingleToUInt32Bits(o[2].F(i) - (float)(o[0].F(i) * o[1].F(i)))));
        All.Add(263, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits((o[0].D(i) * o[1].D(i)) + o[2].D(i))));
        All.Add(264, (o, _) => Bits.Make(8, i => BitConverter.DoubleToUInt64Bits(o[2].D(i) - (o[0].D(i) * o[1].D(i)))));
    }

    private static long Dot(Bits[] o, int pair) => (long)ClampS(2, (o[0].S(1, 2 * pair) * o[1].S(1, 2 * pair)) + (o[0].S(1, (2 * pair) + 1) * o[1].S(1, (2 * pair) + 1)));
}
