using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>From lanes to lanes twice as wide.</summary>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static V I16x8ExtendLowS(V value) => Vector128.WidenLower(value.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtMulLowS(V left, V right) => (Vector128.WidenLower(left.AsSByte()) * Vector128.WidenLower(right.AsSByte())).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtendHighS(V value) => Vector128.WidenUpper(value.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtMulHighS(V left, V right) => (Vector128.WidenUpper(left.AsSByte()) * Vector128.WidenUpper(right.AsSByte())).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtendLowU(V value) => Vector128.WidenLower(value).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtMulLowU(V left, V right) => (Vector128.WidenLower(left) * Vector128.WidenLower(right)).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtendHighU(V value) => Vector128.WidenUpper(value).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtMulHighU(V left, V right) => (Vector128.WidenUpper(left) * Vector128.WidenUpper(right)).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtAddPairwiseS(V value) => (Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(value.AsInt16(), 8), 8) + Vector128.ShiftRightArithmetic(value.AsInt16(), 8)).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ExtAddPairwiseU(V value) => (Vector128.ShiftRightLogical(Vector128.ShiftLeft(value.AsUInt16(), 8), 8) + Vector128.ShiftRightLogical(value.AsUInt16(), 8)).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtendLowS(V value) => Vector128.WidenLower(value.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtMulLowS(V left, V right) => (Vector128.WidenLower(left.AsInt16()) * Vector128.WidenLower(right.AsInt16())).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtendHighS(V value) => Vector128.WidenUpper(value.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtMulHighS(V left, V right) => (Vector128.WidenUpper(left.AsInt16()) * Vector128.WidenUpper(right.AsInt16())).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtendLowU(V value) => Vector128.WidenLower(value.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtMulLowU(V left, V right) => (Vector128.WidenLower(left.AsUInt16()) * Vector128.WidenLower(right.AsUInt16())).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtendHighU(V value) => Vector128.WidenUpper(value.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtMulHighU(V left, V right) => (Vector128.WidenUpper(left.AsUInt16()) * Vector128.WidenUpper(right.AsUInt16())).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtAddPairwiseS(V value) => (Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(value.AsInt32(), 16), 16) + Vector128.ShiftRightArithmetic(value.AsInt32(), 16)).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ExtAddPairwiseU(V value) => (Vector128.ShiftRightLogical(Vector128.ShiftLeft(value.AsUInt32(), 16), 16) + Vector128.ShiftRightLogical(value.AsUInt32(), 16)).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtendLowS(V value) => Vector128.WidenLower(value.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtMulLowS(V left, V right) => (Vector128.WidenLower(left.AsInt32()) * Vector128.WidenLower(right.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtendHighS(V value) => Vector128.WidenUpper(value.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtMulHighS(V left, V right) => (Vector128.WidenUpper(left.AsInt32()) * Vector128.WidenUpper(right.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtendLowU(V value) => Vector128.WidenLower(value.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtMulLowU(V left, V right) => (Vector128.WidenLower(left.AsUInt32()) * Vector128.WidenLower(right.AsUInt32())).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtendHighU(V value) => Vector128.WidenUpper(value.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ExtMulHighU(V left, V right) => (Vector128.WidenUpper(left.AsUInt32()) * Vector128.WidenUpper(right.AsUInt32())).AsByte();
}
