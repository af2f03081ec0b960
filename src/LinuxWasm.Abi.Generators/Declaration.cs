using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;

namespace LinuxWasm.Abi.Generators;

/// <summary>A method marked [Syscall], as text: comparing two of them is comparing strings, which keeps the generator incremental.</summary>
internal sealed class Declaration : IEquatable<Declaration>
{
    private readonly string _narrow;
    private readonly string _wide;

    private Declaration(string method, ImmutableArray<SyscallName> names, string narrow, string wide, string catalogue, ImmutableArray<string> problems)
    {
        Method = method;
        Names = names;
        _narrow = narrow;
        _wide = wide;
        Catalogue = catalogue;
        Problems = problems;
    }

    /// <summary>The method with its full type name.</summary>
    public string Method { get; }

    public ImmutableArray<SyscallName> Names { get; }

    /// <summary>The parameters as a C# array of catalogue rows.</summary>
    public string Catalogue { get; }

    public ImmutableArray<string> Problems { get; }

    public static Declaration FromMethod(IMethodSymbol method, ImmutableArray<AttributeData> attributes)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var names = attributes.Select(SyscallName.From).ToImmutableArray();
        if (!method.IsStatic)
            problems.Add("a system call is a static method");
        if (method.ReturnType.Name != "SysResult")
            problems.Add("a system call returns SysResult");
        if (method.Parameters.Length == 0 || method.Parameters[0].Type.Name != "LinuxTask")
            problems.Add("a system call's first parameter is the calling LinuxTask");

        var narrow = new List<string>();
        var wide = new List<string>();
        var rows = new List<string>();
        int narrowRegisters = 0, wideRegisters = 0;
        foreach (var parameter in method.Parameters.Skip(1))
        {
            if (ParameterDecoder.For(parameter) is not { } decoder)
            {
                problems.Add($"parameter '{parameter.Name}': no register holds a {parameter.Type.ToDisplayString()}");
                continue;
            }

            narrow.Add(decoder.Narrow(ref narrowRegisters));
            wide.Add(decoder.Wide(ref wideRegisters));
            rows.Add(decoder.CatalogueRow(parameter));
        }

        if (wideRegisters > 6 || (narrowRegisters > 6 && names.Any(static name => (name.Tables & 1) != 0)))
            problems.Add("its parameters need more than six registers");
        var fullName = $"{method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.{method.Name}";
        return new Declaration(
            fullName,
            names,
            string.Concat(narrow.Select(static argument => ", " + argument)),
            string.Concat(wide.Select(static argument => ", " + argument)),
            "[" + string.Join(", ", rows) + "]",
            problems.ToImmutable());
    }

    /// <summary>The two methods that the tables point to.</summary>
    public string Stubs(int number)
    {
        const string Registers = "LinuxTask task, in Registers r";
        return new StringBuilder()
            .AppendLine($"    private static long Narrow{number}({Registers}) => {Method}(task{_narrow}).Value;")
            .AppendLine()
            .AppendLine($"    private static long Wide{number}({Registers}) => {Method}(task{_wide}).Value;")
            .AppendLine()
            .ToString();
    }

    public bool Equals(Declaration? other) =>
        other is not null && Method == other.Method && _narrow == other._narrow && _wide == other._wide && Catalogue == other.Catalogue
        && Names.SequenceEqual(other.Names) && Problems.SequenceEqual(other.Problems);

    public override bool Equals(object? obj) => Equals(obj as Declaration);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Method);

    /// <summary>A C# string literal, or <c>null</c>.</summary>
    public static string Literal(string? text) => text is null ? "null" : Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}

/// <summary>One [Syscall] of a method.</summary>
internal readonly struct SyscallName(string name, int tables, string man, string? unsupported) : IEquatable<SyscallName>
{
    private const int AllTables = 7;

    public string Name { get; } = name;

    public int Tables { get; } = tables;

    public string Man { get; } = man;

    public string? Unsupported { get; } = unsupported;

    public static SyscallName From(AttributeData attribute)
    {
        var name = attribute.ConstructorArguments[0].Value as string ?? "";
        var named = attribute.NamedArguments.ToDictionary(static pair => pair.Key, static pair => pair.Value.Value);
        return new SyscallName(
            name,
            named.TryGetValue("On", out var on) ? (int)on! : AllTables,
            named.TryGetValue("Man", out var man) ? (string)man! : name + "(2)",
            named.TryGetValue("Unsupported", out var unsupported) ? (string?)unsupported : null);
    }

    public bool Equals(SyscallName other) =>
        Name == other.Name && Tables == other.Tables && Man == other.Man && Unsupported == other.Unsupported;

    public override bool Equals(object? obj) => obj is SyscallName other && Equals(other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}
