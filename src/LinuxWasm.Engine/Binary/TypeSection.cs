using LinuxWasm.Engine.Validation;

namespace LinuxWasm.Engine.Binary;

/// <summary>Reads the types that a module defines: groups of types that may refer to each other, and to supertypes.</summary>
internal sealed class TypeSection(List<DefinedType> types)
{
    private const int MaximumParameters = 1000;
    private const int MaximumFields = 10_000;
    private const int MaximumTypes = 100_000;
    private const int MaximumDepth = 63;

    private const byte GroupForm = 0x4E;
    private const byte OpenForm = 0x50;
    private const byte FinalForm = 0x4F;
    private const byte DescribesForm = 0x4C;
    private const byte DescriptorForm = 0x4D;
    private const byte ArrayForm = 0x5E;
    private const byte StructForm = 0x5F;
    private const byte FunctionForm = 0x60;

    private readonly List<TypeDraft> drafts = [];
    private readonly List<ValType> buffer = [];
    private int group;

    public void Read(ref ByteReader reader)
    {
        for (int groups = reader.Count("types"); groups > 0; groups--)
        {
            int at = reader.Position;
            group = 1;
            if (reader.Peek() == GroupForm)
            {
                reader.Position++;
                group = reader.Count("types of a group");
            }

            if (group > MaximumTypes - types.Count)
                throw new WasmFormatException(at, $"more than {MaximumTypes} types");
            drafts.Clear();
            for (int i = 0; i < group; i++)
                drafts.Add(Type(ref reader));
            Define(at);
        }
    }

    private void Define(int at)
    {
        types.AddRange(TypeGroup.Get(drafts));
        for (int i = types.Count - group; i < types.Count; i++)
        {
            if (types[i].Super is { } super && !Subtyping.Fits(types[i], super))
                throw new WasmFormatException(at, $"sub type {i} does not match super type");
            if (types[i].Depth > MaximumDepth)
                throw new WasmFormatException(at, $"more than {MaximumDepth} types above type {i}");
        }
    }

    private TypeDraft Type(ref ByteReader reader)
    {
        byte form = reader.Peek();
        if (form is not (OpenForm or FinalForm))
            return Composite(ref reader, true, ValTypes.Unknown);
        reader.Position++;
        var super = ValTypes.Unknown;
        for (int count = reader.Count("super types"); count > 0; count--)
        {
            int at = reader.Position;
            uint index = reader.U32();
            if (super != ValTypes.Unknown)
                throw new WasmFormatException(at, "more than one super type");
            if (index >= (uint)(types.Count + drafts.Count))
                throw new WasmFormatException(at, $"unknown type {index}, or one that is defined later");
            int place = (int)index - types.Count;
            if (place >= 0 ? drafts[place].Final : types[(int)index].Final)
                throw new WasmFormatException(at, $"sub type has final super type {index}: does not match super type");
            super = place >= 0 ? ValTypes.Relative(place) : ValTypes.Reference(types[(int)index]);
        }

        return Composite(ref reader, form == FinalForm, super);
    }

    private TypeDraft Composite(ref ByteReader reader, bool final, ValType super)
    {
        int at = reader.Position;
        byte form = reader.Byte();
        switch (form)
        {
            case FunctionForm:
                var parameters = List(ref reader, "parameters");
                return new TypeDraft(CompositeKind.Function, final, super, parameters, List(ref reader, "results"), []);
            case StructForm:
                int count = reader.Count("fields");
                if (count > MaximumFields)
                    throw reader.Error($"{count} fields are more than the limit of {MaximumFields}");
                return Fields(ref reader, CompositeKind.Struct, count, final, super);
            case ArrayForm:
                return Fields(ref reader, CompositeKind.Array, 1, final, super);
            case DescribesForm or DescriptorForm:
                throw WasmFormatException.Unsupported(at, "custom descriptors", $"type form 0x{form:x2}");
            default:
                throw new WasmFormatException(at, $"malformed type form 0x{form:x2}");
        }
    }

    private ValType[] List(ref ByteReader reader, string what)
    {
        int count = reader.Count(what);
        if (count > MaximumParameters)
            throw reader.Error($"{count} {what} are more than the limit of {MaximumParameters}");
        buffer.Clear();
        for (int i = 0; i < count; i++)
            buffer.Add(TypeReader.Value(ref reader, types, group));
        return [.. buffer];
    }

    private TypeDraft Fields(ref ByteReader reader, CompositeKind kind, int count, bool final, ValType super)
    {
        var stored = new ValType[count];
        var mutable = new bool[count];
        for (int i = 0; i < count; i++)
        {
            stored[i] = (ValType)reader.Peek();
            if (stored[i] is ValTypes.I8 or ValTypes.I16)
                reader.Position++;
            else
                stored[i] = TypeReader.Value(ref reader, types, group);
            int at = reader.Position;
            byte flag = reader.Byte();
            mutable[i] = flag <= 1 ? flag == 1 : throw new WasmFormatException(at, "malformed mutability");
        }

        return new TypeDraft(kind, final, super, stored, [], mutable);
    }
}
