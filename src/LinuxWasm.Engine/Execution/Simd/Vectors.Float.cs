using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>Floating point lanes.</summary>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static V F32x4Abs(V value) => Vector128.Abs(value.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Neg(V value) => (value.AsSingle() ^ Vector128.Create(-0.0f)).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Sqrt(V value) => Vector128.Sqrt(value.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Add(V left, V right) => (left.AsSingle() + right.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Sub(V left, V right) => (left.AsSingle() - right.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Mul(V left, V right) => (left.AsSingle() * right.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Div(V left, V right) => (left.AsSingle() / right.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Min(V left, V right) => Quieted(Vector128.Min(left.AsSingle(), right.AsSingle()), left.AsSingle() + right.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4Max(V left, V right) => Quieted(Vector128.Max(left.AsSingle(), right.AsSingle()), left.AsSingle() + right.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4PMin(V left, V right) => Vector128.ConditionalSelect(Vector128.LessThan(right.AsSingle(), left.AsSingle()).AsByte(), right, left);

    [MethodImpl(Inline)]
    public static V F32x4PMax(V left, V right) => Vector128.ConditionalSelect(Vector128.LessThan(left.AsSingle(), right.AsSingle()).AsByte(), right, left);

    [MethodImpl(Inline)]
    public static V F32x4Ceil(V value) => Quieted(Vector128.Ceiling(value.AsSingle()), value.AsSingle() + value.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4Floor(V value) => Quieted(Vector128.Floor(value.AsSingle()), value.AsSingle() + value.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4Trunc(V value) => Quieted(Vector128.Truncate(value.AsSingle()), value.AsSingle() + value.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4Nearest(V value) => Quieted(Vector128.Round(value.AsSingle(), MidpointRounding.ToEven), value.AsSingle() + value.AsSingle());

    [MethodImpl(Inline)]
    public static V F32x4RelaxedMadd(V left, V right, V added) => ((left.AsSingle() * right.AsSingle()) + added.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4RelaxedNmadd(V left, V right, V added) => (added.AsSingle() - (left.AsSingle() * right.AsSingle())).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Abs(V value) => Vector128.Abs(value.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Neg(V value) => (value.AsDouble() ^ Vector128.Create(-0.0)).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Sqrt(V value) => Vector128.Sqrt(value.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Add(V left, V right) => (left.AsDouble() + right.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Sub(V left, V right) => (left.AsDouble() - right.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Mul(V left, V right) => (left.AsDouble() * right.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Div(V left, V right) => (left.AsDouble() / right.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Min(V left, V right) => Quieted(Vector128.Min(left.AsDouble(), right.AsDouble()), left.AsDouble() + right.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2Max(V left, V right) => Quieted(Vector128.Max(left.AsDouble(), right.AsDouble()), left.AsDouble() + right.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2PMin(V left, V right) => Vector128.ConditionalSelect(Vector128.LessThan(right.AsDouble(), left.AsDouble()).AsByte(), right, left);

    [MethodImpl(Inline)]
    public static V F64x2PMax(V left, V right) => Vector128.ConditionalSelect(Vector128.LessThan(left.AsDouble(), right.AsDouble()).AsByte(), right, left);

    [MethodImpl(Inline)]
    public static V F64x2Ceil(V value) => Quieted(Vector128.Ceiling(value.AsDouble()), value.AsDouble() + value.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2Floor(V value) => Quieted(Vector128.Floor(value.AsDouble()), value.AsDouble() + value.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2Trunc(V value) => Quieted(Vector128.Truncate(value.AsDouble()), value.AsDouble() + value.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2Nearest(V value) => Quieted(Vector128.Round(value.AsDouble(), MidpointRounding.ToEven), value.AsDouble() + value.AsDouble());

    [MethodImpl(Inline)]
    public static V F64x2RelaxedMadd(V left, V right, V added) => ((left.AsDouble() * right.AsDouble()) + added.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2RelaxedNmadd(V left, V right, V added) => (added.AsDouble() - (left.AsDouble() * right.AsDouble())).AsByte();

    /// <summary>Where the result is NaN, what an addition gives: a quiet one.</summary>
    [MethodImpl(Inline)]
    private static V Quieted(Vector128<float> result, Vector128<float> quiet) =>
        Vector128.ConditionalSelect(Vector128.Equals(result, result), result, quiet).AsByte();

    [MethodImpl(Inline)]
    private static V Quieted(Vector128<double> result, Vector128<double> quiet) =>
        Vector128.ConditionalSelect(Vector128.Equals(result, result), result, quiet).AsByte();
}
