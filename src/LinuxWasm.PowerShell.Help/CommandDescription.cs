using System.Collections.ObjectModel;
using System.Reflection;

namespace LinuxWasm.PowerShell.Help;

/// <summary>A cmdlet as its attributes describe it.</summary>
internal sealed record CommandDescription(Type Type, string Verb, string Noun, bool SupportsShouldProcess, IReadOnlyList<string> OutputTypes, IReadOnlyList<ParameterDescription> Parameters)
{
    private const string AllSets = "__AllParameterSets";

    public string Name => $"{Verb}-{Noun}";

    /// <summary>The parameter sets by name, each with its parameters: mandatory and positional ones first.</summary>
    public IEnumerable<IReadOnlyList<(ParameterDescription Parameter, ParameterUse Use)>> ParameterSets()
    {
        var names = Parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Set).Where(set => set != AllSets).Distinct().ToList();
        if (names.Count == 0)
            names.Add(AllSets);
        foreach (var name in names)
        {
            yield return [.. Parameters
                .SelectMany(parameter => parameter.Uses.Where(use => use.Set == name || use.Set == AllSets).Take(1).Select(use => (parameter, use)))
                .OrderBy(pair => pair.use.Position ?? int.MaxValue)
                .ThenByDescending(pair => pair.use.Mandatory)];
        }
    }

    /// <summary>Reads a type; null where it is no cmdlet.</summary>
    public static CommandDescription? TryRead(Type type)
    {
        if (type.IsAbstract || Find(type.GetCustomAttributesData(), "CmdletAttribute") is not { } cmdlet)
            return null;
        var outputs = type.GetCustomAttributesData().Where(data => data.AttributeType.Name == "OutputTypeAttribute")
            .SelectMany(data => data.ConstructorArguments)
            .SelectMany(argument => argument.Value is ReadOnlyCollection<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value])
            .OfType<Type>().Where(output => output != typeof(void)).Select(output => output.FullName!);
        return new CommandDescription(
            type,
            (string)cmdlet.ConstructorArguments[0].Value!,
            (string)cmdlet.ConstructorArguments[1].Value!,
            Named(cmdlet, "SupportsShouldProcess") is true,
            [.. outputs],
            [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(ParameterDescription.TryRead).OfType<ParameterDescription>()]);
    }

    public static CustomAttributeData? Find(IEnumerable<CustomAttributeData> attributes, string name) => attributes.FirstOrDefault(data => data.AttributeType.Name == name);

    public static object? Named(CustomAttributeData data, string name) =>
        data.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => argument.TypedValue.Value).FirstOrDefault();
}

/// <summary>A parameter and how the sets use it.</summary>
internal sealed record ParameterDescription(string Name, Type Declaring, Type Type, bool Wildcards, IReadOnlyList<string> Aliases, IReadOnlyList<string> Values, IReadOnlyList<ParameterUse> Uses)
{
    public bool IsSwitch => Type.Name == "SwitchParameter";

    /// <summary>The type as PowerShell writes it in a syntax line.</summary>
    public string TypeName
    {
        get
        {
            var type = Nullable.GetUnderlyingType(Type) ?? Type;
            return type.Name switch { "Int32" => "int", "Int64" => "long", "UInt32" => "uint", "UInt64" => "ulong", "String" => "string", "String[]" => "string[]", "Int32[]" => "int[]", "Object[]" => "Object[]", "Double" => "double", var name => name };
        }
    }

    public static ParameterDescription? TryRead(PropertyInfo property)
    {
        var attributes = property.GetCustomAttributesData();
        var declared = attributes.Where(data => data.AttributeType.Name == "ParameterAttribute").ToList();
        var uses = declared.Select(ParameterUse.Read).ToList();
        if (uses.Count == 0 || declared.TrueForAll(data => CommandDescription.Named(data, "DontShow") is true))
            return null;
        var values = CommandDescription.Find(attributes, "ValidateSetAttribute") is { } set && set.ConstructorArguments[0].Value is ReadOnlyCollection<CustomAttributeTypedArgument> texts
            ? texts.Select(text => (string)text.Value!)
            : ElementOf(property.PropertyType) is { IsEnum: true } type ? Enum.GetNames(type) : [];
        var aliases = CommandDescription.Find(attributes, "AliasAttribute") is { } alias && alias.ConstructorArguments[0].Value is ReadOnlyCollection<CustomAttributeTypedArgument> names
            ? names.Select(name => (string)name.Value!)
            : [];
        return new ParameterDescription(property.Name, property.DeclaringType!, property.PropertyType, CommandDescription.Find(attributes, "SupportsWildcardsAttribute") is not null, [.. aliases], [.. values], uses);
    }

    private static Type ElementOf(Type type) => Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
}

/// <summary>A parameter in one set.</summary>
internal sealed record ParameterUse(string Set, bool Mandatory, int? Position, bool ByValue, bool ByName, bool Remaining)
{
    public string PipelineInput => (ByValue, ByName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    public static ParameterUse Read(CustomAttributeData data) => new(
        (string?)CommandDescription.Named(data, "ParameterSetName") ?? "__AllParameterSets",
        CommandDescription.Named(data, "Mandatory") is true,
        CommandDescription.Named(data, "Position") as int?,
        CommandDescription.Named(data, "ValueFromPipeline") is true,
        CommandDescription.Named(data, "ValueFromPipelineByPropertyName") is true,
        CommandDescription.Named(data, "ValueFromRemainingArguments") is true);
}
