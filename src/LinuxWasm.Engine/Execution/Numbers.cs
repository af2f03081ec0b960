using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine;

/// <summary>
/// Numeric instructions that IL lacks or does otherwise (section 4.3 of the specification). Compiled code calls them by name; the JIT puts them in place.
/// </summary>
internal static class Numbers
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private static readonly ConcurrentDictionary<string, MethodInfo> Methods = new(StringComparer.Ordinal);

    public static MethodInfo Method(string name) => Methods.GetOrAdd(name, n =>
        typeof(Numbers).GetMethod(n, BindingFlags.Public | BindingFlags.Static) ?? throw new MissingMethodException(nameof(Numbers), n));

    [MethodImpl(Inline)]
    public static int I32Clz(int value) => BitOperations.LeadingZeroCount((uint)value);

    [MethodImpl(Inline)]
    public static int I32Ctz(int value) => BitOperations.TrailingZeroCount(value);

    [MethodImpl(Inline)]
    public static int I32Popcnt(int value) => BitOperations.PopCount((uint)value);

    [MethodImpl(Inline)]
    public static long I64Clz(long value) => BitOperations.LeadingZeroCount((ulong)value);

    [MethodImpl(Inline)]
    public static long I64Ctz(long value) => BitOperations.TrailingZeroCount(value);

    [MethodImpl(Inline)]
    public static long I64Popcnt(long value) => BitOperations.PopCount((ulong)value);

    [MethodImpl(Inline)]
    public static int I32Rotl(int value, int count) => (int)BitOperations.RotateLeft((uint)value, count);

    [MethodImpl(Inline)]
    public static int I32Rotr(int value, int count) => (int)BitOperations.RotateRight((uint)value, count);

    [MethodImpl(Inline)]
    public static long I64Rotl(long value, long count) => (long)BitOperations.RotateLeft((ulong)value, (int)count);

    [MethodImpl(Inline)]
    public static long I64Rotr(long value, long count) => (long)BitOperations.RotateRight((ulong)value, (int)count);

    [MethodImpl(Inline)]
    public static int I32DivS(int left, int right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        if (right == -1 && left == int.MinValue)
            Helpers.Throw(TrapKind.IntegerOverflow);
        return left / right;
    }

    [MethodImpl(Inline)]
    public static int I32DivU(int left, int right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return (int)((uint)left / (uint)right);
    }

    [MethodImpl(Inline)]
    public static int I32RemS(int left, int right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return right == -1 ? 0 : left % right;
    }

    [MethodImpl(Inline)]
    public static int I32RemU(int left, int right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return (int)((uint)left % (uint)right);
    }

    [MethodImpl(Inline)]
    public static long I64DivS(long left, long right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        if (right == -1 && left == long.MinValue)
            Helpers.Throw(TrapKind.IntegerOverflow);
        return left / right;
    }

    [MethodImpl(Inline)]
    public static long I64DivU(long left, long right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return (long)((ulong)left / (ulong)right);
    }

    [MethodImpl(Inline)]
    public static long I64RemS(long left, long right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return right == -1 ? 0 : left % right;
    }

    [MethodImpl(Inline)]
    public static long I64RemU(long left, long right)
    {
        if (right == 0)
            Helpers.Throw(TrapKind.IntegerDivideByZero);
        return (long)((ulong)left % (ulong)right);
    }

    [MethodImpl(Inline)]
    public static float F32Abs(float value) => MathF.Abs(value);

    [MethodImpl(Inline)]
    public static float F32Ceil(float value) => QuietF32(MathF.Ceiling(value));

    [MethodImpl(Inline)]
    public static float F32Floor(float value) => QuietF32(MathF.Floor(value));

    [MethodImpl(Inline)]
    public static float F32Trunc(float value) => QuietF32(MathF.Truncate(value));

    [MethodImpl(Inline)]
    public static float F32Nearest(float value) => QuietF32(MathF.Round(value, MidpointRounding.ToEven));

    [MethodImpl(Inline)]
    public static float F32Sqrt(float value) => MathF.Sqrt(value);

    [MethodImpl(Inline)]
    public static float F32Min(float left, float right) => QuietF32(MathF.Min(left, right));

    [MethodImpl(Inline)]
    public static float F32Max(float left, float right) => QuietF32(MathF.Max(left, right));

    [MethodImpl(Inline)]
    public static float F32Copysign(float value, float sign) => MathF.CopySign(value, sign);

    [MethodImpl(Inline)]
    public static double F64Abs(double value) => Math.Abs(value);

    [MethodImpl(Inline)]
    public static double F64Ceil(double value) => QuietF64(Math.Ceiling(value));

    [MethodImpl(Inline)]
    public static double F64Floor(double value) => QuietF64(Math.Floor(value));

    [MethodImpl(Inline)]
    public static double F64Trunc(double value) => QuietF64(Math.Truncate(value));

    [MethodImpl(Inline)]
    public static double F64Nearest(double value) => QuietF64(Math.Round(value, MidpointRounding.ToEven));

    [MethodImpl(Inline)]
    public static double F64Sqrt(double value) => Math.Sqrt(value);

    [MethodImpl(Inline)]
    public static double F64Min(double left, double right) => QuietF64(Math.Min(left, right));

    [MethodImpl(Inline)]
    public static double F64Max(double left, double right) => QuietF64(Math.Max(left, right));

    [MethodImpl(Inline)]
    public static double F64Copysign(double value, double sign) => Math.CopySign(value, sign);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float F32MinExact(float left, float right) => F32Min(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float F32MaxExact(float left, float right) => F32Max(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double F64MinExact(double left, double right) => F64Min(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double F64MaxExact(double left, double right) => F64Max(left, right);

    [MethodImpl(Inline)]
    public static int I32TruncF32S(float value) =>
        value is >= -2147483648f and < 2147483648f ? (int)value : BadI32(value);

    [MethodImpl(Inline)]
    public static int I32TruncF32U(float value) =>
        value is > -1f and < 4294967296f ? (int)(uint)value : BadI32(value);

    [MethodImpl(Inline)]
    public static int I32TruncF64S(double value) =>
        value is > -2147483649d and < 2147483648d ? (int)value : BadI32(value);

    [MethodImpl(Inline)]
    public static int I32TruncF64U(double value) =>
        value is > -1d and < 4294967296d ? (int)(uint)value : BadI32(value);

    [MethodImpl(Inline)]
    public static long I64TruncF32S(float value) =>
        value is >= -9223372036854775808f and < 9223372036854775808f ? (long)value : BadI64(value);

    [MethodImpl(Inline)]
    public static long I64TruncF32U(float value) =>
        value is > -1f and < 18446744073709551616f ? (long)(ulong)value : BadI64(value);

    [MethodImpl(Inline)]
    public static long I64TruncF64S(double value) =>
        value is >= -9223372036854775808d and < 9223372036854775808d ? (long)value : BadI64(value);

    [MethodImpl(Inline)]
    public static long I64TruncF64U(double value) =>
        value is > -1d and < 18446744073709551616d ? (long)(ulong)value : BadI64(value);

    // C#'s own conversions saturate and take NaN to 0 on every platform since .NET 9.
    [MethodImpl(Inline)]
    public static int I32SatF32S(float value) => (int)value;

    [MethodImpl(Inline)]
    public static int I32SatF32U(float value) => (int)(uint)value;

    [MethodImpl(Inline)]
    public static int I32SatF64S(double value) => (int)value;

    [MethodImpl(Inline)]
    public static int I32SatF64U(double value) => (int)(uint)value;

    [MethodImpl(Inline)]
    public static long I64SatF32S(float value) => (long)value;

    [MethodImpl(Inline)]
    public static long I64SatF32U(float value) => (long)(ulong)value;

    [MethodImpl(Inline)]
    public static long I64SatF64S(double value) => (long)value;

    [MethodImpl(Inline)]
    public static long I64SatF64U(double value) => (long)(ulong)value;

    /// <summary>Rounds once: halving keeps the lost bit sticky, so that the doubled result is what one rounding gives.</summary>
    [MethodImpl(Inline)]
    public static float F32ConvertI64U(long value) =>
        value >= 0 ? value : (float)(long)(((ulong)value >> 1) | ((ulong)value & 1)) * 2f;

    [MethodImpl(Inline)]
    public static double F64ConvertI64U(long value) =>
        value >= 0 ? value : (double)(long)(((ulong)value >> 1) | ((ulong)value & 1)) * 2d;

    [MethodImpl(Inline)]
    public static int I32ReinterpretF32(float value) => BitConverter.SingleToInt32Bits(value);

    [MethodImpl(Inline)]
    public static long I64ReinterpretF64(double value) => BitConverter.DoubleToInt64Bits(value);

    /// <summary>By way of a vector: of a byte's load whose bits become a float, BitConverter's form makes a load of four bytes (.NET 10).</summary>
    [MethodImpl(Inline)]
    public static float F32ReinterpretI32(int value) => Vector128.CreateScalarUnsafe(value).AsSingle().ToScalar();

    [MethodImpl(Inline)]
    public static double F64ReinterpretI64(long value) => BitConverter.Int64BitsToDouble(value);

    /// <summary>.NET may hand a signalling NaN through; WebAssembly's results are quiet.</summary>
    [MethodImpl(Inline)]
    public static float QuietF32(float value) => float.IsNaN(value) ? value + value : value;

    [MethodImpl(Inline)]
    public static double QuietF64(double value) => double.IsNaN(value) ? value + value : value;

    private static int BadI32(double value)
    {
        Helpers.Throw(double.IsNaN(value) ? TrapKind.InvalidConversionToInteger : TrapKind.IntegerOverflow);
        return 0;
    }

    private static long BadI64(double value)
    {
        Helpers.Throw(double.IsNaN(value) ? TrapKind.InvalidConversionToInteger : TrapKind.IntegerOverflow);
        return 0;
    }
}
