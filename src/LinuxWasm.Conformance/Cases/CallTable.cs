using System.Globalization;

namespace LinuxWasm.Conformance.Cases;

/// <summary>System call numbers by name (LinuxWasm.Abi's syscalls.tsv), and which arguments are 64-bit pairs on i386.</summary>
public static class CallTable
{
    /// <summary>Pseudo-calls that the harness does itself: <c>poke(address, "bytes")</c> writes the task's memory.</summary>
    public const string Poke = "poke";

    /// <summary><c>syscall(number, ...)</c>: a call without a name.</summary>
    public const string ByNumber = "syscall";

    private static readonly Lazy<Dictionary<string, (int? I386, int? X8664)>> _numbers = new(Load);

    // i386 takes these arguments as two registers, the low word first (arch/x86/entry/syscalls/syscall_32.tbl, sys_ia32.c).
    private static readonly Dictionary<string, int[]> _pairs = new()
    {
        ["pread64"] = [3],
        ["pwrite64"] = [3],
        ["truncate64"] = [1],
        ["ftruncate64"] = [1],
        ["readahead"] = [1],
        ["fadvise64"] = [1],
        ["fadvise64_64"] = [1, 2],
        ["fallocate"] = [2, 3],
        ["sync_file_range"] = [1, 2],
    };

    public static IEnumerable<string> Names => _numbers.Value.Keys;

    /// <summary>The number of a call, or null where the ABI's table does not have it.</summary>
    public static int? Find(string name, GuestAbi abi) =>
        _numbers.Value.TryGetValue(name, out var numbers) ? (abi == GuestAbi.I386 ? numbers.I386 : numbers.X8664) : null;

    public static bool IsPseudo(string name) => name is Poke or ByNumber;

    public static bool Exists(string name) => IsPseudo(name) || _numbers.Value.ContainsKey(name);

    public static bool Exists(string name, GuestAbi abi) => IsPseudo(name) || Find(name, abi) is not null;

    public static bool IsPair(string name, int argument, GuestAbi abi) =>
        abi == GuestAbi.I386 && _pairs.TryGetValue(name, out var pairs) && pairs.Contains(argument);

    private static Dictionary<string, (int?, int?)> Load()
    {
        using var stream = typeof(Abi.Errno).Assembly.GetManifestResourceStream("syscalls.tsv")
            ?? throw new InvalidOperationException("syscalls.tsv is not embedded in LinuxWasm.Abi");
        using var reader = new StreamReader(stream);
        var numbers = new Dictionary<string, (int?, int?)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var columns = line.Split('\t');
            numbers[columns[0]] = (Parse(columns[1]), Parse(columns[2]));
        }

        return numbers;
    }

    private static int? Parse(string column) => column == "-" ? null : int.Parse(column, CultureInfo.InvariantCulture);
}
