namespace LinuxWasm.Conformance.Layouts;

/// <summary>A type of guest memory in one ABI.</summary>
public abstract record TypeLayout(string Name, int Size, int Alignment);

public sealed record ScalarLayout(string Name, int Size, int Alignment, bool Signed, bool IsPointer = false)
    : TypeLayout(Name, Size, Alignment);

public sealed record ArrayLayout(TypeLayout Element, int Count)
    : TypeLayout($"{Element.Name}[{Count}]", checked(Element.Size * Count), Element.Alignment)
{
    /// <summary>An array of char holds text; of anything else, values.</summary>
    public bool IsText => Element.Name == "char";
}

public sealed record StructLayout(string Name, int Size, int Alignment, IReadOnlyList<FieldLayout> Fields)
    : TypeLayout(Name, Size, Alignment)
{
    public FieldLayout? Find(string field) => Fields.FirstOrDefault(f => f.Name == field);
}

/// <summary>One field of a structure.</summary>
/// <param name="Rule">The normalisation rule of values that belong to the machine, such as <c>inode</c>; null for all others.</param>
public sealed record FieldLayout(string Name, int Offset, TypeLayout Type, string? Rule);
