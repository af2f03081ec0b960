using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Writes a method body as bytes. References to methods and signatures are kept aside and become tokens when the method is
/// made, so that a body can outlive the process.
/// </summary>
internal sealed class IlWriter
{
    private const byte ElementInternal = 0x21;

    private readonly List<int> labels = [];
    private readonly List<(int At, int Base, int Label)> branches = [];
    private readonly List<(int At, MethodReference Method)> methods = [];
    private readonly List<(int At, byte[] Signature)> signatures = [];
    private readonly List<IlType> locals = [];
    private readonly List<(int Local, int Bytes)> areas = [];
    private byte[] code = new byte[1024];

    public int Length { get; private set; }

    /// <summary>An upper bound of the evaluation stack's depth; raised by who knows.</summary>
    public int MaxStack { get; set; } = 16;

    public int DeclareLocal(IlType type)
    {
        locals.Add(type);
        return locals.Count - 1;
    }

    /// <summary>A local that is a block of bytes; its size may be set later.</summary>
    public int DeclareArea()
    {
        areas.Add((locals.Count, 8));
        return DeclareLocal(IlType.Void);
    }

    public void GrowArea(int local, int bytes)
    {
        for (int i = 0; i < areas.Count; i++)
        {
            if (areas[i].Local == local)
                areas[i] = (local, Math.Max(areas[i].Bytes, bytes));
        }
    }

    public int DefineLabel()
    {
        labels.Add(-1);
        return labels.Count - 1;
    }

    public void Mark(int label) => labels[label] = Length;

    public void Emit(int op)
    {
        Room(2);
        if (op > 0xFF)
            code[Length++] = (byte)(op >> 8);
        code[Length++] = (byte)op;
    }

    public void Ldarg(int index) => Short(index, 0x02, 4, 0x0E, 0x09);

    public void Starg(int index) => Short(index, 0, 0, 0x10, 0x0B);

    public void Ldloc(int index) => Short(index, 0x06, 4, 0x11, 0x0C);

    public void Stloc(int index) => Short(index, 0x0A, 4, 0x13, 0x0E);

    public void Ldloca(int index) => Short(index, 0, 0, 0x12, 0x0D);

    public void LdcI4(int value)
    {
        Room(5);
        if (value is >= -1 and <= 8)
        {
            code[Length++] = (byte)(0x16 + value);
        }
        else if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            code[Length++] = 0x1F;
            code[Length++] = (byte)value;
        }
        else
        {
            code[Length++] = 0x20;
            Int32(value);
        }
    }

    public void LdcI8(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            LdcI4((int)value);
            Emit(Il.ConvI8);
            return;
        }

        if (value is >= 0 and <= uint.MaxValue)
        {
            LdcI4((int)value);
            Emit(Il.ConvU8);
            return;
        }

        Room(9);
        code[Length++] = 0x21;
        BinaryPrimitives.WriteInt64LittleEndian(code.AsSpan(Length), value);
        Length += 8;
    }

    public void LdcR4(int bits)
    {
        Room(5);
        code[Length++] = 0x22;
        Int32(bits);
    }

    public void LdcR8(long bits)
    {
        Room(9);
        code[Length++] = 0x23;
        BinaryPrimitives.WriteInt64LittleEndian(code.AsSpan(Length), bits);
        Length += 8;
    }

    public void Branch(int op, int label)
    {
        Room(5);
        code[Length++] = (byte)op;
        branches.Add((Length, Length + 4, label));
        Int32(0);
    }

    public void Switch(ReadOnlySpan<int> targets)
    {
        Room(5 + targets.Length * 4);
        code[Length++] = Il.Switch;
        Int32(targets.Length);
        int end = Length + targets.Length * 4;
        foreach (int target in targets)
        {
            branches.Add((Length, end, target));
            Int32(0);
        }
    }

    public void Call(MethodBase method) => MethodOp(0x28, method);

    public void Callvirt(MethodBase method) => MethodOp(0x6F, method);

    /// <summary>A call through the address on top of the stack.</summary>
    public void Calli(byte[] signature)
    {
        Room(5);
        code[Length++] = 0x29;
        signatures.Add((Length, signature));
        Int32(0);
    }

    /// <summary>The next instruction, a call, gives its frame up first.</summary>
    public void TailPrefix()
    {
        Room(2);
        code[Length++] = 0xFE;
        code[Length++] = 0x14;
    }

    /// <summary>The next instruction reads what another thread may have written meanwhile.</summary>
    public void VolatilePrefix()
    {
        Room(2);
        code[Length++] = 0xFE;
        code[Length++] = 0x13;
    }

    public void LoadIndirect(ValType type)
    {
        switch (IlTypes.Of(type))
        {
            case IlType.I32: Emit(Il.LdindI4); break;
            case IlType.I64: Emit(Il.LdindI8); break;
            case IlType.F32: Emit(Il.LdindR4); break;
            case IlType.F64: Emit(Il.LdindR8); break;
            case IlType.V128: LoadVector(); break;
            default: Emit(Il.LdindI); break;
        }
    }

    public void StoreIndirect(ValType type)
    {
        switch (IlTypes.Of(type))
        {
            case IlType.I32: Emit(Il.StindI4); break;
            case IlType.I64: Emit(Il.StindI8); break;
            case IlType.F32: Emit(Il.StindR4); break;
            case IlType.F64: Emit(Il.StindR8); break;
            case IlType.V128: StoreVector(); break;
            default: Emit(Il.StindI); break;
        }
    }

    public void LoadVector() => Vector(nameof(VectorAccess.Load));

    public void StoreVector() => Vector(nameof(VectorAccess.Store));

    public static byte[] Signature(IlType result, ReadOnlySpan<IlType> parameters)
    {
        var bytes = new List<byte> { 0 };
        Compressed(bytes, parameters.Length);
        Type(bytes, result);
        foreach (var parameter in parameters)
            Type(bytes, parameter);
        return [.. bytes];
    }

    /// <summary>True if a signature names no type by its address.</summary>
    public static bool IsPlain(byte[] signature) => signature.Length == 3 + signature[1];

    /// <summary>Makes the method. It is compiled to machine code when its address is asked for.</summary>
    /// <param name="quick">The JIT is not to optimize.</param>
    public DynamicMethod Build(string name, IlType result, ReadOnlySpan<IlType> parameters, bool quick = false)
    {
        var types = new Type[parameters.Length];
        for (int i = 0; i < types.Length; i++)
            types[i] = parameters[i].ClrType();
        return Finish().Build(name, result.ClrType(), types, quick);
    }

    public DynamicMethod Build(string name, Type result, Type[] parameters) => Finish().Build(name, result, parameters, quick: false);

    /// <summary>The body, complete.</summary>
    public IlBody Finish()
    {
        foreach (var (at, from, label) in branches)
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(at), labels[label] - from);
        var types = locals.ToArray();
        var sizes = new int[types.Length];
        foreach (var (local, bytes) in areas)
            sizes[local] = bytes;
        return new IlBody(code.AsSpan(0, Length).ToArray(), MaxStack, [.. methods], [.. signatures], types, sizes);
    }

    internal static void Compressed(List<byte> bytes, int value)
    {
        if (value < 0x80)
        {
            bytes.Add((byte)value);
        }
        else if (value < 0x4000)
        {
            bytes.Add((byte)(0x80 | (value >> 8)));
            bytes.Add((byte)value);
        }
        else
        {
            bytes.Add((byte)(0xC0 | (value >> 24)));
            bytes.Add((byte)(value >> 16));
            bytes.Add((byte)(value >> 8));
            bytes.Add((byte)value);
        }
    }

    internal static void Type(List<byte> bytes, IlType type)
    {
        switch (type)
        {
            case IlType.Void: bytes.Add(0x01); break;
            case IlType.I32: bytes.Add(0x08); break;
            case IlType.I64: bytes.Add(0x0A); break;
            case IlType.F32: bytes.Add(0x0C); break;
            case IlType.F64: bytes.Add(0x0D); break;
            case IlType.Native: bytes.Add(0x18); break;
            case IlType.Object: bytes.Add(0x1C); break;
            default: Internal(bytes, typeof(System.Runtime.Intrinsics.Vector128<byte>)); break;
        }
    }

    /// <summary>A type by its address in this process, as signatures of dynamic methods may give it.</summary>
    internal static void Internal(List<byte> bytes, Type type)
    {
        bytes.Add(ElementInternal);
        nint handle = type.TypeHandle.Value;
        bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<nint>(in handle)));
    }

    private void Vector(string name) =>
        Call(typeof(VectorAccess).GetMethod(name) ?? throw new MissingMethodException(nameof(VectorAccess), name));

    private void MethodOp(byte op, MethodBase method)
    {
        Room(5);
        code[Length++] = op;
        methods.Add((Length, MethodReference.To(method)));
        Int32(0);
    }

    private void Short(int index, int first, int shortForms, int oneByte, int twoBytes)
    {
        Room(4);
        if (index < shortForms)
        {
            code[Length++] = (byte)(first + index);
        }
        else if (index <= byte.MaxValue)
        {
            code[Length++] = (byte)oneByte;
            code[Length++] = (byte)index;
        }
        else
        {
            code[Length++] = 0xFE;
            code[Length++] = (byte)twoBytes;
            BinaryPrimitives.WriteUInt16LittleEndian(code.AsSpan(Length), checked((ushort)index));
            Length += 2;
        }
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(Length), value);
        Length += 4;
    }

    private void Room(int bytes)
    {
        if (code.Length - Length < bytes)
            Array.Resize(ref code, Math.Max(code.Length * 2, Length + bytes));
    }
}

/// <summary>Machine code addresses of dynamic methods.</summary>
internal static class DynamicCode
{
    /// <summary>Compiles and answers the address. The method object must live as long as the address is used.</summary>
    public static nint Address(DynamicMethod method)
    {
        var handle = Descriptor(method);
        RuntimeHelpers.PrepareMethod(handle);
        return handle.GetFunctionPointer();
    }

    // There is no public way from a DynamicMethod to a function pointer; a delegate would cost a hop in each call.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetMethodDescriptor")]
    private static extern RuntimeMethodHandle Descriptor(DynamicMethod method);
}
