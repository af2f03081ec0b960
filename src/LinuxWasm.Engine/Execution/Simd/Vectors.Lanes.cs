using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>Splats, and single lanes.</summary>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static V I8x16Splat(int value) => Vector128.Create((byte)value);

    [MethodImpl(Inline)]
    public static V I16x8Splat(int value) => Vector128.Create((ushort)value).AsByte();

    [MethodImpl(Inline)]
    public static V I32x4Splat(int value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static V I64x2Splat(long value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static V F32x4Splat(float value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static V F64x2Splat(double value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static int I8x16ExtractLaneS(V value, int lane) => value.AsSByte().GetElement(lane);

    [MethodImpl(Inline)]
    public static int I8x16ExtractLaneU(V value, int lane) => value.GetElement(lane);

    [MethodImpl(Inline)]
    public static V I8x16ReplaceLane(V vector, int value, int lane) => vector.WithElement(lane, (byte)value);

    [MethodImpl(Inline)]
    public static int I16x8ExtractLaneS(V value, int lane) => value.AsInt16().GetElement(lane);

    [MethodImpl(Inline)]
    public static int I16x8ExtractLaneU(V value, int lane) => value.AsUInt16().GetElement(lane);

    [MethodImpl(Inline)]
    public static V I16x8ReplaceLane(V vector, int value, int lane) => vector.AsUInt16().WithElement(lane, (ushort)value).AsByte();

    [MethodImpl(Inline)]
    public static int I32x4ExtractLane(V value, int lane) => value.AsInt32().GetElement(lane);

    [MethodImpl(Inline)]
    public static V I32x4ReplaceLane(V vector, int value, int lane) => vector.AsInt32().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static long I64x2ExtractLane(V value, int lane) => value.AsInt64().GetElement(lane);

    [MethodImpl(Inline)]
    public static V I64x2ReplaceLane(V vector, long value, int lane) => vector.AsInt64().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static float F32x4ExtractLane(V value, int lane) => value.AsSingle().GetElement(lane);

    [MethodImpl(Inline)]
    public static V F32x4ReplaceLane(V vector, float value, int lane) => vector.AsSingle().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static double F64x2ExtractLane(V value, int lane) => value.AsDouble().GetElement(lane);

    [MethodImpl(Inline)]
    public static V F64x2ReplaceLane(V vector, double value, int lane) => vector.AsDouble().WithElement(lane, value).AsByte();
}
