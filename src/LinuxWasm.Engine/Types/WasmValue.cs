using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine;

/// <summary>
/// A value of any WebAssembly type, for calls whose types are known only when they run. The type is not stored: who
/// reads it knows the function's type. References are <see cref="Function"/>s and host objects' handles, see
/// <see cref="Execution.ToExternRef"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct WasmValue : IEquatable<WasmValue>
{
    [FieldOffset(0)]
    public int I32;
    [FieldOffset(0)]
    public long I64;
    [FieldOffset(0)]
    public float F32;
    [FieldOffset(0)]
    public double F64;
    [FieldOffset(0)]
    public Vector128<byte> V128;

    /// <summary>A reference as the engine stores it: 0 is null.</summary>
    [FieldOffset(0)]
    public nint Ref;

    public static implicit operator WasmValue(int value) => new() { I32 = value };

    public static implicit operator WasmValue(uint value) => new() { I32 = (int)value };

    public static implicit operator WasmValue(long value) => new() { I64 = value };

    public static implicit operator WasmValue(ulong value) => new() { I64 = (long)value };

    public static implicit operator WasmValue(float value) => new() { F32 = value };

    public static implicit operator WasmValue(double value) => new() { F64 = value };

    public static implicit operator WasmValue(Vector128<byte> value) => new() { V128 = value };

    public static bool operator ==(WasmValue left, WasmValue right) => left.Equals(right);

    public static bool operator !=(WasmValue left, WasmValue right) => !left.Equals(right);

    /// <summary>Equal bit for bit, so that a NaN equals itself.</summary>
    public readonly bool Equals(WasmValue other) => V128.Equals(other.V128);

    public override readonly bool Equals(object? obj) => obj is WasmValue other && Equals(other);

    public override readonly int GetHashCode() => V128.GetHashCode();
}
