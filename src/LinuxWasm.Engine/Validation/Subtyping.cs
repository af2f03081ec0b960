namespace LinuxWasm.Engine.Validation;

/// <summary>What a type must be like to be a subtype of another (section 3.3.11 of the specification).</summary>
internal static class Subtyping
{
    public static bool Fits(DefinedType type, DefinedType super) => (type, super) switch
    {
        (FuncType sub, FuncType above) => ValTypes.Matches(above.Parameters, sub.Parameters) && ValTypes.Matches(sub.Results, above.Results),
        (StructType sub, StructType above) => Fits(sub, above),
        (ArrayType sub, ArrayType above) => sub.Element.Matches(above.Element),
        _ => false,
    };

    private static bool Fits(StructType type, StructType super)
    {
        if (type.Fields.Length < super.Fields.Length)
            return false;
        for (int i = 0; i < super.Fields.Length; i++)
        {
            if (!type.Fields[i].Matches(super.Fields[i]))
                return false;
        }

        return true;
    }
}
