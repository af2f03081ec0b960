using Microsoft.CodeAnalysis;

namespace LinuxWasm.Abi.Generators;

/// <summary>How one parameter comes out of the guest's registers.</summary>
internal sealed class ParameterDecoder
{
    private readonly string _kind;
    private readonly string _narrow;
    private readonly string _wide;
    private readonly int _narrowRegisters;
    private readonly int _wideRegisters;

    /// <param name="kind">The ParameterKind's name.</param>
    /// <param name="narrow">C# for 32-bit registers; {0} is the first register, {1} the second.</param>
    /// <param name="wide">C# for 64-bit registers.</param>
    /// <param name="narrowRegisters">Registers that the 32-bit form takes.</param>
    /// <param name="wideRegisters">Registers that the 64-bit form takes.</param>
    private ParameterDecoder(string kind, string narrow, string wide, int narrowRegisters = 1, int wideRegisters = 1)
    {
        _kind = kind;
        _narrow = narrow;
        _wide = wide;
        _narrowRegisters = narrowRegisters;
        _wideRegisters = wideRegisters;
    }

    public static ParameterDecoder? For(IParameterSymbol parameter)
    {
        var type = parameter.Type;
        if (type.TypeKind == TypeKind.Enum)
        {
            var underlying = ((INamedTypeSymbol)type).EnumUnderlyingType!.SpecialType;
            var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
            return underlying switch
            {
                SpecialType.System_Int32 => new("Int", $"({name})(int){{0}}", $"({name})(int){{0}}"),
                SpecialType.System_UInt32 => new("UInt", $"({name})(uint){{0}}", $"({name})(uint){{0}}"),
                _ => null,
            };
        }

        const string Pair = "(uint){0} | {1} << 32";
        switch (type.SpecialType)
        {
            // The id types of i386's 16-bit calls: what is above in the register is ignored.
            case SpecialType.System_UInt16: return new("UInt", "(ushort){0}", "(ushort){0}");
            case SpecialType.System_Int32: return new("Int", "(int){0}", "(int){0}");
            case SpecialType.System_UInt32: return new("UInt", "(uint){0}", "(uint){0}");
            case SpecialType.System_Int64: return new("Int64", $"(long)({Pair})", "(long){0}", narrowRegisters: 2);
            case SpecialType.System_UInt64: return new("Int64", Pair, "{0}", narrowRegisters: 2);
        }

        return type.Name switch
        {
            "Fd" => new("Fd", "new Fd((int){0})", "new Fd((int){0})"),
            "GuestPath" => new("Path", "new GuestPath(new GuestPtr((uint){0}))", "new GuestPath(GuestPtr.FromRegister({0}))"),
            "GuestLong" => new("Long", "new GuestLong((int){0})", "new GuestLong((long){0})"),
            "GuestSize" => new("Size", "new GuestSize((uint){0})", "new GuestSize({0})"),
            "SplitOffset" => new("Split", $"new SplitOffset((long)({Pair}))", "new SplitOffset((long){0})", 2, 2),
            "GuestPtr" when type is INamedTypeSymbol { IsGenericType: true } => Pointer(type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)),
            "GuestPtr" => new("Pointer", "new GuestPtr((uint){0})", "GuestPtr.FromRegister({0})"),
            _ => null,
        };
    }

    public string Narrow(ref int register) => Take(_narrow, _narrowRegisters, ref register);

    public string Wide(ref int register) => Take(_wide, _wideRegisters, ref register);

    public string CatalogueRow(IParameterSymbol parameter)
    {
        var type = parameter.Type is INamedTypeSymbol { IsGenericType: true } generic ? NameOf(generic.TypeArguments[0]) : parameter.Type.Name;
        var attributes = parameter.GetAttributes();
        var reads = attributes.FirstOrDefault(static a => a.AttributeClass?.Name == "InAttribute");
        var writes = attributes.FirstOrDefault(static a => a.AttributeClass?.Name == "OutAttribute");
        var style = attributes.FirstOrDefault(static a => a.AttributeClass?.Name == "ShowAttribute");
        var direction = (reads, writes) switch
        {
            (null, null) => "None",
            (_, null) => "In",
            (null, _) => "Out",
            _ => "InOut",
        };
        return $"new({Declaration.Literal(parameter.Name)}, ParameterKind.{_kind}, {Declaration.Literal(type)}, ParameterDirection.{direction}, "
            + $"{Declaration.Literal(Text(writes) ?? Text(reads))}, {Declaration.Literal(Text(style))})";
    }

    /// <summary>With its type arguments: <c>TimerSetting&lt;Timeval&gt;</c>.</summary>
    private static string NameOf(ITypeSymbol type) => type is INamedTypeSymbol { IsGenericType: true } generic
        ? $"{type.Name}<{string.Join(", ", generic.TypeArguments.Select(static argument => argument.Name))}>"
        : type.Name;

    private static ParameterDecoder Pointer(string type) =>
        new("Pointer", $"({type})new GuestPtr((uint){{0}})", $"({type})GuestPtr.FromRegister({{0}})");

    private static string? Text(AttributeData? attribute) =>
        attribute is { ConstructorArguments.Length: 1 } ? attribute.ConstructorArguments[0].Value as string : null;

    private static string Take(string form, int registers, ref int register)
    {
        var first = register + 1;
        register += registers;
        return form.Replace("{0}", "r.A" + first).Replace("{1}", "r.A" + (first + 1));
    }
}
