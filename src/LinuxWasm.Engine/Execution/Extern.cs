namespace LinuxWasm.Engine;

/// <summary>What a module can import or export: a function, memory, table, global or tag.</summary>
public abstract class Extern
{
    public abstract ExternType ExternType { get; }
}

/// <summary>Answers a module's imports.</summary>
public interface IImportResolver
{
    /// <summary>What stands for this import; null if nothing does, which fails the instantiation by name.</summary>
    Extern? Resolve(ImportDescriptor import);
}

/// <summary>Imports by name.</summary>
public sealed class ImportTable : IImportResolver
{
    private readonly Dictionary<(string Module, string Name), Extern> entries = [];

    public Extern this[string module, string name]
    {
        get => entries[(module, name)];
        set => entries[(module, name)] = value;
    }

    public Extern? Resolve(ImportDescriptor import) => entries.GetValueOrDefault((import.Module, import.Name));
}

/// <summary>An exception's tag. Two tags are the same only if they are one object.</summary>
public sealed class Tag(TagType type) : Extern
{
    public TagType Type { get; } = type;

    public override ExternType ExternType => Type;
}
