using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>Integer lanes.</summary>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static V I8x16Abs(V value) => Vector128.Abs(value.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16Neg(V value) => Vector128.Negate(value.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static int I8x16AllTrue(V value) => Vector128.EqualsAny(value, Vector128<byte>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I8x16Bitmask(V value) => (int)value.ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static V I8x16Shl(V value, int count) => Vector128.ShiftLeft(value, count & 7);

    [MethodImpl(Inline)]
    public static V I8x16ShrS(V value, int count) => Vector128.ShiftRightArithmetic(value.AsSByte(), count & 7).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16ShrU(V value, int count) => Vector128.ShiftRightLogical(value, count & 7);

    [MethodImpl(Inline)]
    public static V I8x16Add(V left, V right) => (left + right);

    [MethodImpl(Inline)]
    public static V I8x16Sub(V left, V right) => (left - right);

    [MethodImpl(Inline)]
    public static V I8x16MinS(V left, V right) => Vector128.Min(left.AsSByte(), right.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16MinU(V left, V right) => Vector128.Min(left, right);

    [MethodImpl(Inline)]
    public static V I8x16MaxS(V left, V right) => Vector128.Max(left.AsSByte(), right.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16MaxU(V left, V right) => Vector128.Max(left, right);

    [MethodImpl(Inline)]
    public static V I8x16AddSatS(V left, V right) => Vector128.AddSaturate(left.AsSByte(), right.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16AddSatU(V left, V right) => Vector128.AddSaturate(left, right);

    [MethodImpl(Inline)]
    public static V I8x16SubSatS(V left, V right) => Vector128.SubtractSaturate(left.AsSByte(), right.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16SubSatU(V left, V right) => Vector128.SubtractSaturate(left, right);

    [MethodImpl(Inline)]
    public static V I8x16AvgrU(V left, V right) => (left | right) - Vector128.ShiftRightLogical(left ^ right, 1);

    [MethodImpl(Inline)]
    public static V I16x8Abs(V value) => Vector128.Abs(value.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8Neg(V value) => Vector128.Negate(value.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static int I16x8AllTrue(V value) => Vector128.EqualsAny(value.AsUInt16(), Vector128<ushort>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I16x8Bitmask(V value) => (int)value.AsUInt16().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static V I16x8Shl(V value, int count) => Vector128.ShiftLeft(value.AsUInt16(), count & 15).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ShrS(V value, int count) => Vector128.ShiftRightArithmetic(value.AsInt16(), count & 15).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8ShrU(V value, int count) => Vector128.ShiftRightLogical(value.AsUInt16(), count & 15).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8Add(V left, V right) => (left.AsUInt16() + right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8Sub(V left, V right) => (left.AsUInt16() - right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8Mul(V left, V right) => (left.AsUInt16() * right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8MinS(V left, V right) => Vector128.Min(left.AsInt16(), right.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8MinU(V left, V right) => Vector128.Min(left.AsUInt16(), right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8MaxS(V left, V right) => Vector128.Max(left.AsInt16(), right.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8MaxU(V left, V right) => Vector128.Max(left.AsUInt16(), right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8AddSatS(V left, V right) => Vector128.AddSaturate(left.AsInt16(), right.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8AddSatU(V left, V right) => Vector128.AddSaturate(left.AsUInt16(), right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8SubSatS(V left, V right) => Vector128.SubtractSaturate(left.AsInt16(), right.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8SubSatU(V left, V right) => Vector128.SubtractSaturate(left.AsUInt16(), right.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8AvgrU(V left, V right) => ((left.AsUInt16() | right.AsUInt16()) - Vector128.ShiftRightLogical(left.AsUInt16() ^ right.AsUInt16(), 1)).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Abs(V value) => Vector128.Abs(value.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Neg(V value) => Vector128.Negate(value.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static int I32x4AllTrue(V value) => Vector128.EqualsAny(value.AsUInt32(), Vector128<uint>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I32x4Bitmask(V value) => (int)value.AsUInt32().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static V I32x4Shl(V value, int count) => Vector128.ShiftLeft(value.AsUInt32(), count & 31).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ShrS(V value, int count) => Vector128.ShiftRightArithmetic(value.AsInt32(), count & 31).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4ShrU(V value, int count) => Vector128.ShiftRightLogical(value.AsUInt32(), count & 31).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Add(V left, V right) => (left.AsUInt32() + right.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Sub(V left, V right) => (left.AsUInt32() - right.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Mul(V left, V right) => (left.AsUInt32() * right.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4MinS(V left, V right) => Vector128.Min(left.AsInt32(), right.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4MinU(V left, V right) => Vector128.Min(left.AsUInt32(), right.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4MaxS(V left, V right) => Vector128.Max(left.AsInt32(), right.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4MaxU(V left, V right) => Vector128.Max(left.AsUInt32(), right.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Abs(V value) => Vector128.Abs(value.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Neg(V value) => Vector128.Negate(value.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static int I64x2AllTrue(V value) => Vector128.EqualsAny(value.AsUInt64(), Vector128<ulong>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I64x2Bitmask(V value) => (int)value.AsUInt64().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static V I64x2Shl(V value, int count) => Vector128.ShiftLeft(value.AsUInt64(), count & 63).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ShrS(V value, int count) => Vector128.ShiftRightArithmetic(value.AsInt64(), count & 63).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2ShrU(V value, int count) => Vector128.ShiftRightLogical(value.AsUInt64(), count & 63).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Add(V left, V right) => (left.AsUInt64() + right.AsUInt64()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Sub(V left, V right) => (left.AsUInt64() - right.AsUInt64()).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Mul(V left, V right) => (left.AsUInt64() * right.AsUInt64()).AsByte();
}
