using System.Collections.Frozen;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>What is known of every system call: the implemented ones from their declarations, the others by name and number.</summary>
public static partial class SyscallCatalogue
{
    private static readonly Lazy<SyscallEntry[]> Rows = new(Implemented);

    private static readonly Lazy<FrozenDictionary<(SyscallTable Table, int Number), string>> Names = new(LoadNames);

    private static readonly Lazy<FrozenDictionary<(SyscallTable Table, string Name), SyscallEntry>> Declared = new(LoadDeclared);

    /// <summary>The declarations. A name stands here twice where tables answer it differently (getuid of i386 has 16 bits).</summary>
    public static IReadOnlyList<SyscallEntry> Entries => Rows.Value;

    /// <summary>The declaration that answers a name in a table, or null: ENOSYS.</summary>
    public static SyscallEntry? Find(SyscallTable table, string name) => Declared.Value.GetValueOrDefault((table, name));

    /// <summary>A number's name in a table, or null where the table has no such number.</summary>
    public static string? NameOf(SyscallTable table, int number) => Names.Value.GetValueOrDefault((table, number));

    private static partial SyscallEntry[] Implemented();

    private static FrozenDictionary<(SyscallTable, int), string> LoadNames()
    {
        var names = new Dictionary<(SyscallTable, int), string>();
        foreach (var row in SyscallNumbers.All)
        {
            foreach (var table in (ReadOnlySpan<SyscallTable>)[SyscallTable.I386, SyscallTable.X64, SyscallTable.Generic])
            {
                // The generic table gives a few numbers two names (fadvise64, fadvise64_64); the first one stays.
                if (row.In(table) is { } number)
                    names.TryAdd((table, number), row.Name);
            }
        }

        return names.ToFrozenDictionary();
    }

    private static FrozenDictionary<(SyscallTable, string), SyscallEntry> LoadDeclared()
    {
        var declared = new Dictionary<(SyscallTable, string), SyscallEntry>();
        foreach (var entry in Entries)
        {
            foreach (var table in (ReadOnlySpan<SyscallTable>)[SyscallTable.I386, SyscallTable.X64, SyscallTable.Generic])
            {
                if (entry.Tables.HasFlag(table))
                    declared.Add((table, entry.Name), entry);
            }
        }

        return declared.ToFrozenDictionary();
    }
}
