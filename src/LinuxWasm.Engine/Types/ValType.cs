namespace LinuxWasm.Engine;

/// <summary>
/// A WebAssembly value type. The low byte is the binary format's (section 5.3 of the specification); references may add a flag for those that
/// are never null, and the number of the type that they refer to: see <see cref="ValTypes"/>.
/// </summary>
public enum ValType
{
    I32 = 0x7F,
    I64 = 0x7E,
    F32 = 0x7D,
    F64 = 0x7C,
    V128 = 0x7B,
    NullExnRef = 0x74,
    NullFuncRef = 0x73,
    NullExternRef = 0x72,
    NullRef = 0x71,
    FuncRef = 0x70,
    ExternRef = 0x6F,
    AnyRef = 0x6E,
    EqRef = 0x6D,
    I31Ref = 0x6C,
    StructRef = 0x6B,
    ArrayRef = 0x6A,
    ExnRef = 0x69,
}

/// <summary>What value types are to each other (section 3.3 of the specification).</summary>
internal static class ValTypes
{
    /// <summary>The type of an operand that unreachable code may take for anything; never part of a module.</summary>
    public const ValType Unknown = 0;

    /// <summary>The type of a reference of which unreachable code says no more than that it is one.</summary>
    public const ValType UnknownReference = (ValType)(NonNullFlag | UnknownCode);

    /// <summary>Packed fields of structures and arrays; never on the stack.</summary>
    public const ValType I8 = (ValType)0x78;
    public const ValType I16 = (ValType)0x77;

    /// <summary>The binary format's <c>(ref null ...)</c>; here the code of every reference to a type of a module's own.</summary>
    public const int Concrete = 0x63;

    /// <summary>The binary format's <c>(ref ...)</c>.</summary>
    public const int ConcreteNonNull = 0x64;

    /// <summary>Types that references can refer to: as many numbers fit above the flags, with room for <see cref="Relative"/>.</summary>
    public const int MaximumIds = 1 << 21;

    private const int UnknownCode = 0x01;
    private const int CodeMask = 0xFF;
    private const int NonNullFlag = 0x100;
    private const int IdShift = 9;

    /// <summary>A nullable reference to a type.</summary>
    /// <exception cref="TooManyTypesException">Its number is too large.</exception>
    public static ValType Reference(DefinedType type) => ((ValType)Concrete).WithId(type.Id);

    /// <summary>A reference to a type of the group that is being read, by its place there.</summary>
    public static ValType Relative(int place) => (ValType)(((MaximumIds + place) << IdShift) | Concrete);

    /// <summary>Its place, or -1 if it is not <see cref="Relative"/>.</summary>
    public static int RelativePlace(this ValType type) => type.IsConcrete() ? type.Id() - MaximumIds : -1;

    /// <summary>The same reference to the type of that number.</summary>
    /// <exception cref="TooManyTypesException">The number is too large.</exception>
    public static ValType WithId(this ValType type, int id) =>
        id < MaximumIds ? (ValType)(((int)type & (CodeMask | NonNullFlag)) | (id << IdShift)) : throw new TooManyTypesException();

    public static ValType NonNull(this ValType type) => (ValType)((int)type | NonNullFlag);

    public static ValType Nullable(this ValType type) => (ValType)((int)type & ~NonNullFlag);

    public static bool IsNonNull(this ValType type) => ((int)type & NonNullFlag) != 0;

    public static bool IsConcrete(this ValType type) => ((int)type & CodeMask) == Concrete;

    public static bool IsReference(this ValType type) => type.Code() is (>= (int)ValType.ExnRef and <= (int)ValType.NullExnRef) or Concrete or UnknownCode;

    public static bool IsNumeric(this ValType type) => type is ValType.I32 or ValType.I64 or ValType.F32 or ValType.F64;

    /// <summary>Has a value to begin with: all but references that are never null.</summary>
    public static bool IsDefaultable(this ValType type) => !type.IsNonNull();

    public static bool IsFunction(this ValType type) => type.IsReference() && type.Top() == ValType.FuncRef;

    public static bool IsExtern(this ValType type) => type.Nullable() is ValType.ExternRef or ValType.NullExternRef;

    /// <summary>The type that a <see cref="IsConcrete"/> reference refers to.</summary>
    public static DefinedType Defined(this ValType type) => DefinedType.FromId(type.Id());

    /// <summary>The nullable type above all references of that kind.</summary>
    public static ValType Top(this ValType type) => type.Code() switch
    {
        Concrete => type.Defined().Kind.Top(),
        (int)ValType.FuncRef or (int)ValType.NullFuncRef => ValType.FuncRef,
        (int)ValType.ExternRef or (int)ValType.NullExternRef => ValType.ExternRef,
        (int)ValType.ExnRef or (int)ValType.NullExnRef => ValType.ExnRef,
        _ when type.IsReference() => ValType.AnyRef,
        _ => type,
    };

    /// <summary>A value of this type may stand where one of the other is expected.</summary>
    public static bool Matches(this ValType type, ValType expected)
    {
        if (type == expected)
            return true;
        if (!type.IsReference() || !expected.IsReference() || (expected.IsNonNull() && !type.IsNonNull()))
            return false;
        return type == UnknownReference || HeapMatches(type.Nullable(), expected.Nullable());
    }

    /// <summary>As <see cref="Matches(ValType, ValType)"/> for as many values, one by one.</summary>
    public static bool Matches(ReadOnlySpan<ValType> types, ReadOnlySpan<ValType> expected)
    {
        if (types.Length != expected.Length)
            return false;
        for (int i = 0; i < types.Length; i++)
        {
            if (!types[i].Matches(expected[i]))
                return false;
        }

        return true;
    }

    public static string Name(this ValType type) => type switch
    {
        ValType.I32 => "i32",
        ValType.I64 => "i64",
        ValType.F32 => "f32",
        ValType.F64 => "f64",
        ValType.V128 => "v128",
        I8 => "i8",
        I16 => "i16",
        UnknownReference => "a reference",
        _ when type.IsConcrete() => $"(ref {(type.IsNonNull() ? "" : "null ")}{type.Defined().Kind.Name()[..^3]} type {type.Defined().Id})",
        _ when type.IsNonNull() => $"(ref {type.Nullable().Name()[..^3]})",
        _ when type.IsReference() => Enum.GetName(type)!.ToLowerInvariant(),
        _ => "any",
    };

    private static int Id(this ValType type) => (int)((uint)type >> IdShift);

    private static int Code(this ValType type) => (int)type & CodeMask;

    private static bool HeapMatches(ValType type, ValType expected)
    {
        if (type == expected)
            return true;
        if (type.IsConcrete())
            return expected.IsConcrete() ? type.Defined().IsSubtypeOf(expected.Defined()) : HeapMatches(type.Defined().Kind, expected);
        return type switch
        {
            ValType.EqRef => expected == ValType.AnyRef,
            ValType.I31Ref or ValType.StructRef or ValType.ArrayRef => expected is ValType.AnyRef or ValType.EqRef,
            ValType.NullRef or ValType.NullFuncRef or ValType.NullExternRef or ValType.NullExnRef => type.Top() == expected.Top(),
            _ => false,
        };
    }
}
