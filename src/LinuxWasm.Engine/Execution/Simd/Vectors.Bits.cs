using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LinuxWasm.Engine;

/// <summary>Operations on all 128 bits.</summary>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static V Not(V value) => ~value;

    [MethodImpl(Inline)]
    public static V And(V left, V right) => left & right;

    [MethodImpl(Inline)]
    public static V AndNot(V left, V right) => left & ~right;

    [MethodImpl(Inline)]
    public static V Or(V left, V right) => left | right;

    [MethodImpl(Inline)]
    public static V Xor(V left, V right) => left ^ right;

    [MethodImpl(Inline)]
    public static V BitSelect(V first, V second, V mask) => Vector128.ConditionalSelect(mask, first, second);

    [MethodImpl(Inline)]
    public static int AnyTrue(V value) => value != V.Zero ? 1 : 0;
}
