using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>
/// SIMD instructions (section 4.3.3 of the specification) on .NET's vectors, which the JIT turns into the machine's. Relaxed ones give what
/// their exact counterparts give.
/// </summary>
internal static unsafe partial class Vectors
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private static readonly ConcurrentDictionary<string, MethodInfo> Methods = new(StringComparer.Ordinal);

    public static MethodInfo Method(string name) => Methods.GetOrAdd(name, n =>
        typeof(Vectors).GetMethod(n, BindingFlags.Public | BindingFlags.Static) ?? throw new MissingMethodException(nameof(Vectors), n));

    [MethodImpl(Inline)]
    public static V Create(long low, long high) => Vector128.Create(low, high).AsByte();

    [MethodImpl(Inline)]
    public static V Load8x8S(sbyte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static V Load8x8U(byte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static V Load16x4S(byte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V Load16x4U(byte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V Load32x2S(byte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V Load32x2U(byte* at) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)at).AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V Load8Splat(byte* at) => Vector128.Create(*at);

    [MethodImpl(Inline)]
    public static V Load16Splat(byte* at) => Vector128.Create(*(short*)at).AsByte();

    [MethodImpl(Inline)]
    public static V Load32Splat(byte* at) => Vector128.Create(*(int*)at).AsByte();

    [MethodImpl(Inline)]
    public static V Load64Splat(byte* at) => Vector128.Create(*(long*)at).AsByte();

    [MethodImpl(Inline)]
    public static V Load32Zero(byte* at) => Vector128.CreateScalar(*(int*)at).AsByte();

    [MethodImpl(Inline)]
    public static V Load64Zero(byte* at) => Vector128.CreateScalar(*(long*)at).AsByte();

    [MethodImpl(Inline)]
    public static V LoadLane8(byte* at, V value, int lane) => value.WithElement(lane, *at);

    [MethodImpl(Inline)]
    public static V LoadLane16(byte* at, V value, int lane) => value.AsInt16().WithElement(lane, *(short*)at).AsByte();

    [MethodImpl(Inline)]
    public static V LoadLane32(byte* at, V value, int lane) => value.AsInt32().WithElement(lane, *(int*)at).AsByte();

    [MethodImpl(Inline)]
    public static V LoadLane64(byte* at, V value, int lane) => value.AsInt64().WithElement(lane, *(long*)at).AsByte();

    [MethodImpl(Inline)]
    public static void StoreLane8(byte* at, V value, int lane) => *at = value.GetElement(lane);

    [MethodImpl(Inline)]
    public static void StoreLane16(byte* at, V value, int lane) => *(short*)at = value.AsInt16().GetElement(lane);

    [MethodImpl(Inline)]
    public static void StoreLane32(byte* at, V value, int lane) => *(int*)at = value.AsInt32().GetElement(lane);

    [MethodImpl(Inline)]
    public static void StoreLane64(byte* at, V value, int lane) => *(long*)at = value.AsInt64().GetElement(lane);

    /// <summary>.NET's shuffle gives 0 for an index that is out of range, as swizzle does.</summary>
    [MethodImpl(Inline)]
    public static V I8x16Swizzle(V value, V indexes) => Vector128.Shuffle(value, indexes);

    /// <summary>Indexes from 16 choose from the second vector; taking 16 away puts the others out of range there.</summary>
    [MethodImpl(Inline)]
    public static V Shuffle(V first, V second, V indexes) =>
        Vector128.Shuffle(first, indexes) | Vector128.Shuffle(second, indexes - Vector128.Create((byte)16));

    [MethodImpl(Inline)]
    public static V I8x16Popcnt(V value)
    {
        var pairs = value - (Vector128.ShiftRightLogical(value, 1) & Vector128.Create((byte)0x55));
        var nibbles = (pairs & Vector128.Create((byte)0x33)) + (Vector128.ShiftRightLogical(pairs, 2) & Vector128.Create((byte)0x33));
        return (nibbles + Vector128.ShiftRightLogical(nibbles, 4)) & Vector128.Create((byte)0x0F);
    }

    [MethodImpl(Inline)]
    public static V I8x16NarrowS(V low, V high) => Vector128.NarrowWithSaturation(low.AsInt16(), high.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static V I8x16NarrowU(V low, V high)
    {
        var least = Vector128<short>.Zero;
        var most = Vector128.Create((short)byte.MaxValue);
        return Vector128.Narrow(Vector128.Clamp(low.AsInt16(), least, most).AsUInt16(), Vector128.Clamp(high.AsInt16(), least, most).AsUInt16());
    }

    [MethodImpl(Inline)]
    public static V I16x8NarrowS(V low, V high) => Vector128.NarrowWithSaturation(low.AsInt32(), high.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8NarrowU(V low, V high)
    {
        var least = Vector128<int>.Zero;
        var most = Vector128.Create((int)ushort.MaxValue);
        return Vector128.Narrow(Vector128.Clamp(low.AsInt32(), least, most).AsUInt32(), Vector128.Clamp(high.AsInt32(), least, most).AsUInt32()).AsByte();
    }

    [MethodImpl(Inline)]
    public static V I16x8Q15MulrSatS(V left, V right)
    {
        var half = Vector128.Create(0x4000);
        var low = (Vector128.WidenLower(left.AsInt16()) * Vector128.WidenLower(right.AsInt16())) + half;
        var high = (Vector128.WidenUpper(left.AsInt16()) * Vector128.WidenUpper(right.AsInt16())) + half;
        return Vector128.NarrowWithSaturation(Vector128.ShiftRightArithmetic(low, 15), Vector128.ShiftRightArithmetic(high, 15)).AsByte();
    }

    [MethodImpl(Inline)]
    public static V I32x4DotI16x8S(V left, V right) => (Even(left) * Even(right) + (Odd(left) * Odd(right))).AsByte();

    [MethodImpl(Inline)]
    public static V I16x8RelaxedDot(V left, V right)
    {
        var low = Vector128.WidenLower(left.AsSByte()) * Vector128.WidenLower(right.AsSByte());
        var high = Vector128.WidenUpper(left.AsSByte()) * Vector128.WidenUpper(right.AsSByte());
        return Vector128.NarrowWithSaturation(Even(low.AsByte()) + Odd(low.AsByte()), Even(high.AsByte()) + Odd(high.AsByte())).AsByte();
    }

    [MethodImpl(Inline)]
    public static V I32x4RelaxedDotAdd(V left, V right, V added)
    {
        var dot = I16x8RelaxedDot(left, right);
        return (Even(dot) + Odd(dot) + added.AsInt32()).AsByte();
    }

    [MethodImpl(Inline)]
    public static V F32x4DemoteF64x2Zero(V value) =>
        Vector128.Create((float)value.AsDouble()[0], (float)value.AsDouble()[1], 0, 0).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2PromoteLowF32x4(V value) => Vector128.Create((double)value.AsSingle()[0], value.AsSingle()[1]).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4TruncSatF32x4S(V value) => Vector128.ConvertToInt32(value.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4TruncSatF32x4U(V value) => Vector128.ConvertToUInt32(value.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4ConvertI32x4S(V value) => Vector128.ConvertToSingle(value.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4ConvertI32x4U(V value) => Vector128.ConvertToSingle(value.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4TruncSatF64x2SZero(V value) => Vector128.Create((int)value.AsDouble()[0], (int)value.AsDouble()[1], 0, 0).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4TruncSatF64x2UZero(V value) => Vector128.Create((uint)value.AsDouble()[0], (uint)value.AsDouble()[1], 0, 0).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2ConvertLowI32x4S(V value) => Vector128.Create((double)value.AsInt32()[0], value.AsInt32()[1]).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2ConvertLowI32x4U(V value) => Vector128.Create((double)value.AsUInt32()[0], value.AsUInt32()[1]).AsByte();

    [MethodImpl(Inline)]
    private static Vector128<int> Even(V value) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(value.AsInt32(), 16), 16);

    [MethodImpl(Inline)]
    private static Vector128<int> Odd(V value) => Vector128.ShiftRightArithmetic(value.AsInt32(), 16);
}
