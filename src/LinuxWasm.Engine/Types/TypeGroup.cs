using System.Collections.Concurrent;

namespace LinuxWasm.Engine;

/// <summary>Writes types as text, equal for equal types: what they are looked up by.</summary>
internal ref struct TypeKey(Span<char> buffer)
{
    public const int CharsPerType = 3;

    private const uint OneChar = 0x200;
    private const char Concrete = '\uFFFF';

    private readonly Span<char> buffer = buffer;
    private int length;

    public readonly ReadOnlySpan<char> Written => buffer[..length];

    public void Add(char part) => buffer[length++] = part;

    public void Add(ValType type)
    {
        if ((uint)type >= OneChar)
        {
            Add(Concrete);
            Add((char)((uint)type >> 16));
        }

        Add(unchecked((char)type));
    }

    public void Add(ReadOnlySpan<ValType> types)
    {
        foreach (var type in types)
            Add(type);
    }
}

internal enum CompositeKind : byte
{
    Function,
    Struct,
    Array,
}

/// <summary>A type as it is read, with <see cref="ValTypes.Relative"/> references to others of its group.</summary>
/// <param name="Super">A reference to the type above; <see cref="ValTypes.Unknown"/> if there is none.</param>
/// <param name="Parameters">Of a function; of a structure or array: what its fields hold.</param>
/// <param name="Results">Of a function.</param>
/// <param name="Mutable">Which fields can be written.</param>
internal sealed record TypeDraft(CompositeKind Kind, bool Final, ValType Super, ValType[] Parameters, ValType[] Results, bool[] Mutable)
{
    /// <summary>The longest that <see cref="AddTo"/> writes.</summary>
    public int KeyLength => (Parameters.Length + Results.Length + 1) * TypeKey.CharsPerType + Mutable.Length + 4;

    /// <summary>A function's type that says no more than parameters and results.</summary>
    public bool IsPlain => Kind == CompositeKind.Function && Final && Super == ValTypes.Unknown && !Array.Exists(Parameters, IsRelative) && !Array.Exists(Results, IsRelative);

    public void AddTo(ref TypeKey key)
    {
        key.Add((char)Kind);
        key.Add(Final ? 'f' : 'o');
        key.Add(Super);
        key.Add(Parameters);
        key.Add('>');
        key.Add(Results);
        foreach (bool mutable in Mutable)
            key.Add(mutable ? 'm' : 'c');
        key.Add(';');
    }

    public DefinedType Make(int id, DefinedType? super, Converter<ValType, ValType> resolve)
    {
        var parameters = Array.ConvertAll(Parameters, resolve);
        if (Kind == CompositeKind.Function)
            return new FuncType(id, super, Final, parameters, Array.ConvertAll(Results, resolve));
        var fields = new FieldType[parameters.Length];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = new FieldType(parameters[i], Mutable[i]);
        return Kind == CompositeKind.Struct ? new StructType(id, super, Final, fields) : new ArrayType(id, super, Final, fields[0]);
    }

    private static bool IsRelative(ValType type) => type.RelativePlace() >= 0;
}

/// <summary>Recursive groups of types (section 3.1.5 of the specification): equal groups are the same objects.</summary>
internal static class TypeGroup
{
    private static readonly ConcurrentDictionary<string, DefinedType[]> Interned = new(StringComparer.Ordinal);

    /// <summary>The types of a group. That subtypes fit their supertypes is not checked here.</summary>
    public static DefinedType[] Get(IReadOnlyList<TypeDraft> drafts)
    {
        if (drafts.Count == 1 && drafts[0].IsPlain)
            return [FuncType.Get(drafts[0].Parameters, drafts[0].Results)];
        var key = new TypeKey(new char[drafts.Sum(d => d.KeyLength)]);
        foreach (var draft in drafts)
            draft.AddTo(ref key);
        return Interned.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key.Written, out var known) ? known : Intern(key.Written.ToString(), drafts);
    }

    private static DefinedType[] Intern(string key, IReadOnlyList<TypeDraft> drafts)
    {
        var types = new DefinedType[drafts.Count];
        DefinedType.Register(types.Length, (first, places) =>
        {
            ValType Resolve(ValType type) => type.RelativePlace() is >= 0 and int place ? type.WithId(first + place) : type;
            for (int i = 0; i < types.Length; i++)
            {
                var above = drafts[i].Super;
                var super = above == ValTypes.Unknown ? null : above.RelativePlace() is >= 0 and int place ? types[place] : above.Defined();
                places[i] = types[i] = drafts[i].Make(first + i, super, Resolve);
            }

            if (!Interned.TryAdd(key, types))
                types = Interned[key];
        });
        return types;
    }
}
