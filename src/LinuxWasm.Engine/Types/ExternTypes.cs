namespace LinuxWasm.Engine;

/// <summary>What an import or export is.</summary>
public enum ExternKind : byte
{
    Function = 0,
    Table = 1,
    Memory = 2,
    Global = 3,
    Tag = 4,
}

/// <summary>The type of an import or export.</summary>
public abstract record ExternType(ExternKind Kind);

/// <summary>A function's type as an import or export has it.</summary>
public sealed record FunctionExternType(FuncType Type) : ExternType(ExternKind.Function)
{
    public override string ToString() => $"func {Type}";
}

/// <summary>A table: its size in elements and what they are.</summary>
public sealed record TableType(ValType Element, ulong Minimum, ulong? Maximum, bool Is64 = false) : ExternType(ExternKind.Table)
{
    public override string ToString() => $"table {Minimum} {Maximum} {Element.Name()}";
}

/// <summary>A memory: its size in pages of 64 KiB, and whether addresses are 64 bits wide. Such a memory ends at 4 GiB all the same.</summary>
public sealed record MemoryType(ulong Minimum, ulong? Maximum, bool Shared, bool Is64 = false) : ExternType(ExternKind.Memory)
{
    public override string ToString() => $"memory {(Is64 ? "i64 " : "")}{Minimum} {Maximum}{(Shared ? " shared" : "")}";
}

/// <summary>A global variable or constant.</summary>
public sealed record GlobalType(ValType Type, bool Mutable) : ExternType(ExternKind.Global)
{
    public override string ToString() => Mutable ? $"global (mut {Type.Name()})" : $"global {Type.Name()}";
}

/// <summary>An exception's tag: the values it carries.</summary>
public sealed record TagType(FuncType Type) : ExternType(ExternKind.Tag)
{
    public override string ToString() => $"tag {Type}";
}

/// <summary>One import of a module.</summary>
public sealed record ImportDescriptor(string Module, string Name, ExternType Type)
{
    public override string ToString() => $"{Module}.{Name} : {Type}";
}

/// <summary>One export of a module. <paramref name="Index"/> counts imports and definitions of that kind.</summary>
public sealed record ExportDescriptor(string Name, int Index, ExternType Type);

/// <summary>A custom section: its name and its bytes behind the name.</summary>
public sealed record CustomSection(string Name, ReadOnlyMemory<byte> Data);
