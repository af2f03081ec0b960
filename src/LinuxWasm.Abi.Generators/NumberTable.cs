using System.Globalization;

namespace LinuxWasm.Abi.Generators;

/// <summary>syscalls.tsv: the numbers of a name in the i386, x86-64 and generic tables, -1 where it has none.</summary>
internal static class NumberTable
{
    public static Dictionary<string, int[]> Parse(string tsv)
    {
        var numbers = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (var line in tsv.Split('\n'))
        {
            var cells = line.TrimEnd('\r').Split('\t');
            if (cells.Length < 4 || line[0] == '#')
                continue;
            numbers[cells[0]] = [Number(cells[1]), Number(cells[2]), Number(cells[3])];
        }

        return numbers;
    }

    private static int Number(string cell) => cell == "-" ? -1 : int.Parse(cell, CultureInfo.InvariantCulture);
}
