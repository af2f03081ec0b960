using System.Globalization;

namespace LinuxWasm.Abi;

/// <summary>A system call's name and its number in each table, or null where a table lacks it.</summary>
public sealed record SyscallNumber(string Name, int? I386, int? X64, int? Generic)
{
    /// <summary>The number in one table.</summary>
    public int? In(SyscallTable table) => table switch
    {
        SyscallTable.I386 => I386,
        SyscallTable.X64 => X64,
        SyscallTable.Generic => Generic,
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "one table is expected"),
    };
}

/// <summary>Every number of the three tables, from the kernel's own headers (syscalls.tsv).</summary>
public static class SyscallNumbers
{
    private static readonly Lazy<Dictionary<string, SyscallNumber>> ByName = new(
        () => Load().ToDictionary(number => number.Name, StringComparer.Ordinal));

    /// <summary>All names, in no particular order.</summary>
    public static IReadOnlyCollection<SyscallNumber> All => ByName.Value.Values;

    /// <summary>The numbers of a name, or null if no table has it.</summary>
    public static SyscallNumber? Find(string name) => ByName.Value.GetValueOrDefault(name);

    private static IEnumerable<SyscallNumber> Load()
    {
        using var stream = typeof(SyscallNumbers).Assembly.GetManifestResourceStream("syscalls.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Length == 0)
                continue;
            var cells = line.Split('\t');
            yield return new SyscallNumber(cells[0], Number(cells[1]), Number(cells[2]), Number(cells[3]));
        }
    }

    private static int? Number(string cell) => cell == "-" ? null : int.Parse(cell, CultureInfo.InvariantCulture);
}
