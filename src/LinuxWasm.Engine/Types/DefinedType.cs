namespace LinuxWasm.Engine;

/// <summary>
/// A type that a module defines: a function's, a structure's or an array's. Equal types are one object for the life of the process (types of a
/// recursive group are equal if their groups are, and they stand at the same place there), so that a check compares one number.
/// </summary>
public abstract class DefinedType
{
    private static readonly Lock Gate = new();
    private static DefinedType?[] byId = new DefinedType?[1024];
    private static int count = 1;

    private protected DefinedType(int id, DefinedType? super, bool final)
    {
        Id = id;
        Super = super;
        Final = final;
        Depth = super is null ? 0 : super.Depth + 1;
    }

    /// <summary>Equal for equal types, within this process; never 0.</summary>
    internal int Id { get; }

    /// <summary>The type that this one has declared itself a subtype of.</summary>
    internal DefinedType? Super { get; }

    /// <summary>It can have no subtypes.</summary>
    internal bool Final { get; }

    /// <summary>How many types stand above.</summary>
    internal int Depth { get; }

    /// <summary>The built-in type right above: <see cref="ValType.FuncRef"/>, <see cref="ValType.StructRef"/> or <see cref="ValType.ArrayRef"/>.</summary>
    internal abstract ValType Kind { get; }

    internal bool IsSubtypeOf(DefinedType other)
    {
        for (var type = this; type is not null; type = type.Super)
        {
            if (type == other)
                return true;
        }

        return false;
    }

    internal static DefinedType FromId(int id) => Volatile.Read(ref byId)[id]!;

    /// <summary>Makes types that get numbers one behind the other; <paramref name="make"/> is told the first.</summary>
    internal static void Register(int howMany, Action<int, Span<DefinedType?>> make)
    {
        lock (Gate)
        {
            if (count + howMany > byId.Length)
            {
                var larger = new DefinedType?[Math.Max(byId.Length * 2, count + howMany)];
                byId.AsSpan(0, count).CopyTo(larger);
                Volatile.Write(ref byId, larger);
            }

            make(count, byId.AsSpan(count, howMany));
            count += howMany;
        }
    }
}

/// <summary>A field of a structure, or what an array has.</summary>
internal readonly record struct FieldType(ValType Type, bool Mutable)
{
    /// <summary>Section 3.3.10: what can be written must be of the very type.</summary>
    public bool Matches(FieldType expected) => Mutable == expected.Mutable && (Mutable ? Type == expected.Type : Type.Matches(expected.Type));
}

/// <summary>A structure's type. Modules may define such types; there are no values of them but null.</summary>
internal sealed class StructType(int id, DefinedType? super, bool final, FieldType[] fields) : DefinedType(id, super, final)
{
    public ReadOnlySpan<FieldType> Fields => fields;

    internal override ValType Kind => ValType.StructRef;

    public override string ToString() => $"struct type {Id}";
}

/// <summary>An array's type, of which the same holds.</summary>
internal sealed class ArrayType(int id, DefinedType? super, bool final, FieldType element) : DefinedType(id, super, final)
{
    public FieldType Element => element;

    internal override ValType Kind => ValType.ArrayRef;

    public override string ToString() => $"array type {Id}";
}

/// <summary>A reference to a type that came after <see cref="ValTypes.MaximumIds"/> others in this process.</summary>
internal sealed class TooManyTypesException() : Exception($"a reference to a type behind {ValTypes.MaximumIds} others in one process");
