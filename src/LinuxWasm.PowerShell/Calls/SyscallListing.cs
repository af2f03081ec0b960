using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>The catalogue as objects for people, one per name.</summary>
internal static class SyscallListing
{
    private static readonly (SyscallTable Table, string Name)[] Tables = [(SyscallTable.I386, "i386"), (SyscallTable.X64, "x86-64"), (SyscallTable.Generic, "generic")];

    private static readonly Lazy<IReadOnlyList<WasmSyscall>> Rows = new(() => [.. SyscallNumbers.All.OrderBy(number => number.Name, StringComparer.Ordinal).Select(Describe)]);

    /// <summary>All calls of all tables by name.</summary>
    public static IReadOnlyList<WasmSyscall> All => Rows.Value;

    private static WasmSyscall Describe(SyscallNumber number)
    {
        // Where tables differ (getuid of i386 has 16 bits) the wide form is shown.
        var entries = Tables.Reverse().Select(table => SyscallCatalogue.Find(table.Table, number.Name)).OfType<SyscallEntry>().ToList();
        var entry = entries.Find(found => found.Tables.HasFlag(SyscallTable.X64)) ?? entries.FirstOrDefault();
        var missing = Tables
            .Where(table => number.In(table.Table) is not null && SyscallCatalogue.Find(table.Table, number.Name) is null)
            .Select(table => $"the {table.Name} table");
        string[] unsupported = entry is null ? [] : [.. Flags(entries), .. missing];
        return new WasmSyscall
        {
            Name = number.Name,
            I386 = number.I386,
            X64 = number.X64,
            Generic = number.Generic,
            Support = entry is null ? WasmSyscallSupport.None : unsupported.Length > 0 ? WasmSyscallSupport.Partial : WasmSyscallSupport.Full,
            Unsupported = unsupported,
            Parameters = entry is null ? [] : [.. entry.Parameters.Select(Describe)],
            ManPage = entry?.Man ?? $"{number.Name}(2)",
        };
    }

    private static IEnumerable<string> Flags(IEnumerable<SyscallEntry> entries) =>
        entries.SelectMany(entry => (entry.Unsupported ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct();

    private static WasmSyscallParameter Describe(SyscallParameter parameter) => new()
    {
        Name = parameter.Name,
        Type = parameter.Kind switch
        {
            ParameterKind.Fd => "fd",
            ParameterKind.Path => "path",
            ParameterKind.Long => "long",
            ParameterKind.Size => "size_t",
            ParameterKind.Pointer => parameter.Type is "void" or "GuestPtr" or "Byte" ? "void *" : $"{parameter.Type} *",
            ParameterKind.Int64 or ParameterKind.Split => "long long",
            _ => parameter.Type switch { "Int32" => "int", "UInt32" => "unsigned", var named => named },
        },
        Direction = parameter.Direction == ParameterDirection.None ? "" : parameter.Direction.ToString(),
    };
}
