namespace LinuxWasm.Engine;

/// <summary>Finds what a module's imports are and checks that it fits (section 3.4.1 and 4.5.4 of the specification).</summary>
internal static class Linker
{
    public static Linked Link(WasmModule module, IImportResolver resolver)
    {
        var linked = new Linked([], [], [], [], []);
        var functions = new List<Extern>();
        var tables = new List<Table>();
        var memories = new List<LinearMemory>();
        var globals = new List<Global>();
        var tags = new List<Tag>();
        foreach (var import in module.Imports)
        {
            var found = resolver.Resolve(import) ?? throw new LinkException(import, "unknown import");
            switch (import.Type, found)
            {
                case (FunctionExternType type, Function function) when function.Type.IsSubtypeOf(type.Type):
                    functions.Add(function);
                    break;
                case (TableType type, Table table) when table.Type.Element == type.Element && table.Type.Is64 == type.Is64
                    && Fits(table.Length, table.Type.Maximum, type.Minimum, type.Maximum):
                    tables.Add(table);
                    break;
                case (MemoryType type, LinearMemory memory) when memory.Shared == type.Shared && memory.Type.Is64 == type.Is64
                    && Fits(memory.Length / LinearMemory.PageSize, memory.Type.Maximum, type.Minimum, type.Maximum):
                    memories.Add(memory);
                    break;
                case (GlobalType type, Global global) when global.Type.Mutable == type.Mutable
                    && (type.Mutable ? global.Type.Type == type.Type : global.Type.Type.Matches(type.Type)):
                    globals.Add(global);
                    break;
                case (TagType type, Tag tag) when tag.Type == type:
                    tags.Add(tag);
                    break;
                default:
                    throw new LinkException(import, $"incompatible import type: found {found.ExternType}");
            }
        }

        return linked with { Functions = [.. functions], Tables = [.. tables], Memories = [.. memories], Globals = [.. globals], Tags = [.. tags] };
    }

    private static bool Fits(ulong size, ulong? maximum, ulong wantedMinimum, ulong? wantedMaximum) =>
        size >= wantedMinimum && (wantedMaximum is null || maximum <= wantedMaximum);

    internal sealed record Linked(Extern[] Functions, Table[] Tables, LinearMemory[] Memories, Global[] Globals, Tag[] Tags);
}
