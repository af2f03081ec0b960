using System.Numerics;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>
/// What every numeric instruction gives, in arithmetic that owes nothing to the engine's: integers in unbounded ones, floats of 32 bits in 64 bits and
/// rounded once, conversions in exact fractions. Operands and results are bits; a trap is thrown.
/// </summary>
internal static class ScalarModel
{
    public delegate ulong Rule(ulong[] operands);

    /// <summary>By code; the saturating truncations at 0xFC00 and on.</summary>
    public static readonly IReadOnlyDictionary<int, Rule> Rules = Make();

    /// <summary>Bytes of the result if it may be a NaN of a payload that is not laid down; 0 otherwise.</summary>
    public static int NaNWidth(int code) => code switch
    {
        (>= 0x8D and <= 0x97) or 0xB6 => 4,
        (>= 0x9B and <= 0xA5) or 0xBB => 8,
        _ => 0,
    };

    private static Dictionary<int, Rule> Make()
    {
        var rules = new Dictionary<int, Rule>();
        Integers(rules, 32, test: 0x45, compare: 0x46, unary: 0x67, binary: 0x6A);
        Integers(rules, 64, test: 0x50, compare: 0x51, unary: 0x79, binary: 0x7C);
        Floats(rules, 0x5B, 0x8B, F, x => BitConverter.SingleToUInt32Bits((float)x), 31);
        Floats(rules, 0x61, 0x99, D, BitConverter.DoubleToUInt64Bits, 63);
        Truncations(rules);
        Conversions(rules);
        return rules;
    }

    private static void Integers(Dictionary<int, Rule> rules, int bits, int test, int compare, int unary, int binary)
    {
        var modulus = BigInteger.One << bits;
        BigInteger U(ulong value) => value % modulus;
        BigInteger S(ulong value) => U(value) >= modulus / 2 ? U(value) - modulus : U(value);
        ulong Wrap(BigInteger value) => (ulong)(((value % modulus) + modulus) % modulus);
        int Count(ulong value) => (int)(U(value) % bits);
        BigInteger Divisor(BigInteger value) => value.IsZero ? throw new TrapException(TrapKind.IntegerDivideByZero) : value;

        rules[test] = o => U(o[0]).IsZero ? 1u : 0;
        Func<ulong, ulong, bool>[] comparisons =
        [
            (a, b) => U(a) == U(b), (a, b) => U(a) != U(b), (a, b) => S(a) < S(b), (a, b) => U(a) < U(b), (a, b) => S(a) > S(b),
            (a, b) => U(a) > U(b), (a, b) => S(a) <= S(b), (a, b) => U(a) <= U(b), (a, b) => S(a) >= S(b), (a, b) => U(a) >= U(b),
        ];
        for (int i = 0; i < comparisons.Length; i++)
        {
            var holds = comparisons[i];
            rules[compare + i] = o => holds(o[0], o[1]) ? 1u : 0;
        }

        string Digits(ulong value) => Convert.ToString((long)(ulong)U(value), 2).PadLeft(bits, '0')[^bits..];
        rules[unary] = o => (ulong)Digits(o[0]).TakeWhile(c => c == '0').Count();
        rules[unary + 1] = o => (ulong)Digits(o[0]).Reverse().TakeWhile(c => c == '0').Count();
        rules[unary + 2] = o => (ulong)Digits(o[0]).Count(c => c == '1');

        rules[binary] = o => Wrap(U(o[0]) + U(o[1]));
        rules[binary + 1] = o => Wrap(U(o[0]) - U(o[1]));
        rules[binary + 2] = o => Wrap(U(o[0]) * U(o[1]));
        rules[binary + 3] = o =>
        {
            var quotient = BigInteger.Divide(S(o[0]), Divisor(S(o[1])));
            return quotient == modulus / 2 ? throw new TrapException(TrapKind.IntegerOverflow) : Wrap(quotient);
        };
        rules[binary + 4] = o => Wrap(BigInteger.Divide(U(o[0]), Divisor(U(o[1]))));
        rules[binary + 5] = o => Wrap(BigInteger.Remainder(S(o[0]), Divisor(S(o[1]))));
        rules[binary + 6] = o => Wrap(BigInteger.Remainder(U(o[0]), Divisor(U(o[1]))));
        rules[binary + 7] = o => Wrap(U(o[0]) & U(o[1]));
        rules[binary + 8] = o => Wrap(U(o[0]) | U(o[1]));
        rules[binary + 9] = o => Wrap(U(o[0]) ^ U(o[1]));
        rules[binary + 10] = o => Wrap(U(o[0]) << Count(o[1]));
        rules[binary + 11] = o => Wrap(S(o[0]) >> Count(o[1]));
        rules[binary + 12] = o => Wrap(U(o[0]) >> Count(o[1]));
        rules[binary + 13] = o => Wrap((U(o[0]) << Count(o[1])) | (U(o[0]) >> (bits - Count(o[1]))));
        rules[binary + 14] = o => Wrap((U(o[0]) >> Count(o[1])) | (U(o[0]) << (bits - Count(o[1]))));
    }

    private static void Floats(Dictionary<int, Rule> rules, int compare, int unary, Func<ulong, double> read, Func<double, ulong> bits, int sign)
    {
        Func<double, double, bool>[] comparisons = [(a, b) => a == b, (a, b) => a != b, (a, b) => a < b, (a, b) => a > b, (a, b) => a <= b, (a, b) => a >= b];
        for (int i = 0; i < comparisons.Length; i++)
        {
            var holds = comparisons[i];
            rules[compare + i] = o => holds(read(o[0]), read(o[1])) ? 1u : 0;
        }

        ulong minus = 1UL << sign, all = minus | (minus - 1);
        rules[unary] = o => o[0] & all & ~minus;
        rules[unary + 1] = o => (o[0] & all) ^ minus;
        Func<double, double>[] rounding = [Math.Ceiling, Math.Floor, Math.Truncate, HalfToEven, Math.Sqrt];
        for (int i = 0; i < rounding.Length; i++)
        {
            var round = rounding[i];
            rules[unary + 2 + i] = o => bits(round(read(o[0])));
        }

        // Rounded once more to 32 bits, the 53 bits of a sum, product, quotient or root of two numbers of 24 bits are right.
        Func<double, double, double>[] arithmetic = [(a, b) => a + b, (a, b) => a - b, (a, b) => a * b, (a, b) => a / b, Least, (a, b) => -Least(-a, -b)];
        for (int i = 0; i < arithmetic.Length; i++)
        {
            var compute = arithmetic[i];
            rules[unary + 7 + i] = o => bits(compute(read(o[0]), read(o[1])));
        }

        rules[unary + 13] = o => (o[0] & all & ~minus) | (o[1] & minus);
    }

    private static void Truncations(Dictionary<int, Rule> rules)
    {
        // i32 of f32 and f64, signed and unsigned, then i64; the same order behind the prefix.
        int[] trapping = [0xA8, 0xA9, 0xAA, 0xAB, 0xAE, 0xAF, 0xB0, 0xB1];
        for (int i = 0; i < 8; i++)
        {
            int bits = i < 4 ? 32 : 64;
            bool signed = i % 2 == 0;
            Func<ulong, double> read = i % 4 < 2 ? F : D;
            var least = signed ? -(BigInteger.One << (bits - 1)) : BigInteger.Zero;
            var most = (BigInteger.One << (signed ? bits - 1 : bits)) - 1;
            ulong Cut(BigInteger value) => (ulong)(value & ((BigInteger.One << bits) - 1));
            rules[trapping[i]] = o =>
            {
                double value = read(o[0]);
                if (double.IsNaN(value))
                    throw new TrapException(TrapKind.InvalidConversionToInteger);
                if (double.IsInfinity(value) || new BigInteger(value) < least || new BigInteger(value) > most)
                    throw new TrapException(TrapKind.IntegerOverflow);
                return Cut(new BigInteger(value));
            };
            rules[0xFC00 + i] = o =>
            {
                double value = read(o[0]);
                if (double.IsNaN(value))
                    return 0;
                if (double.IsInfinity(value))
                    return Cut(value < 0 ? least : most);
                return Cut(BigInteger.Clamp(new BigInteger(value), least, most));
            };
        }
    }

    private static void Conversions(Dictionary<int, Rule> rules)
    {
        rules[0xA7] = o => (uint)o[0];
        rules[0xAC] = o => (ulong)(int)o[0];
        rules[0xAD] = o => (uint)o[0];
        Func<ulong, BigInteger>[] integers = [v => (int)v, v => (uint)v, v => (long)v, v => v];
        for (int i = 0; i < 4; i++)
        {
            var read = integers[i];
            rules[0xB2 + i] = o => BitConverter.SingleToUInt32Bits((float)Rounded(read(o[0]), 24));
            rules[0xB7 + i] = o => BitConverter.DoubleToUInt64Bits(Rounded(read(o[0]), 53));
        }

        rules[0xB6] = o => BitConverter.SingleToUInt32Bits((float)D(o[0]));
        rules[0xBB] = o => BitConverter.DoubleToUInt64Bits(F(o[0]));
        rules[0xBC] = rules[0xBE] = o => (uint)o[0];
        rules[0xBD] = rules[0xBF] = o => o[0];
        rules[0xC0] = o => (uint)(sbyte)o[0];
        rules[0xC1] = o => (uint)(short)o[0];
        rules[0xC2] = o => (ulong)(sbyte)o[0];
        rules[0xC3] = o => (ulong)(short)o[0];
        rules[0xC4] = o => (ulong)(int)o[0];
    }

    private static double F(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static double D(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    /// <summary>To the nearest integer with so many significant bits, the even one of two; that one a double has exactly.</summary>
    private static double Rounded(BigInteger value, int bits)
    {
        var magnitude = BigInteger.Abs(value);
        int surplus = Math.Max((int)magnitude.GetBitLength() - bits, 0);
        var unit = BigInteger.One << surplus;
        var down = magnitude - (magnitude % unit);
        var twice = 2 * (magnitude - down);
        bool up = twice > unit || (twice == unit && !(down / unit).IsEven);
        return (value.Sign < 0 ? -1.0 : 1.0) * (double)(down + (up ? unit : 0));
    }

    private static double HalfToEven(double value)
    {
        double down = Math.Floor(value), rest = value - down;
        if (double.IsNaN(rest) || rest == 0)
            return value;
        double result = rest < 0.5 ? down : rest > 0.5 ? down + 1 : Math.Floor(down / 2) * 2 == down ? down : down + 1;
        return result == 0 ? Math.CopySign(0, value) : result;
    }

    private static double Least(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
            return double.NaN;
        if (a == 0 && b == 0)
            return double.IsNegative(a) ? a : b;
        return a < b ? a : b;
    }
}
