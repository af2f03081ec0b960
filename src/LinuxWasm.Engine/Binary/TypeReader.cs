namespace LinuxWasm.Engine.Binary;

/// <summary>Reads types where they stand in a module: value types, reference types, heap types.</summary>
internal static class TypeReader
{
    private const int Exact = 0x62;

    /// <param name="reader">Stands at the type.</param>
    /// <param name="types">The module's types so far.</param>
    /// <param name="group">Types that the group which is being read defines behind those.</param>
    public static ValType Value(ref ByteReader reader, List<DefinedType> types, int group = 0)
    {
        var type = (ValType)reader.Peek();
        if (!type.IsNumeric() && type != ValType.V128)
            return Reference(ref reader, types, group, "value");
        reader.Position++;
        return type;
    }

    public static ValType Reference(ref ByteReader reader, List<DefinedType> types, int group = 0, string what = "reference")
    {
        int at = reader.Position;
        byte code = reader.Byte();
        if (code is ValTypes.Concrete or ValTypes.ConcreteNonNull)
        {
            var type = Heap(ref reader, types, group);
            return code == ValTypes.Concrete ? type : type.NonNull();
        }

        return IsAbstract(code) ? (ValType)code : throw new WasmFormatException(at, $"malformed {what} type 0x{code:x2}");
    }

    /// <summary>What stands behind ref.null, or inside a reference type: the nullable reference to it.</summary>
    public static ValType Heap(ref ByteReader reader, List<DefinedType> types, int group = 0)
    {
        int at = reader.Position;
        if (reader.Peek() == Exact)
            throw WasmFormatException.Unsupported(at, "custom descriptors", "an exact type");
        long index = reader.S33();
        if (index < 0)
            return reader.Position == at + 1 && IsAbstract((byte)(index & 0x7F)) ? (ValType)(index & 0x7F) : throw new WasmFormatException(at, "malformed heap type");
        if (index < types.Count)
            return ValTypes.Reference(types[(int)index]);
        return index < types.Count + group ? ValTypes.Relative((int)index - types.Count) : throw new WasmFormatException(at, $"unknown type {index}");
    }

    private static bool IsAbstract(byte code) => code is >= (byte)ValType.ExnRef and <= (byte)ValType.NullExnRef;
}
