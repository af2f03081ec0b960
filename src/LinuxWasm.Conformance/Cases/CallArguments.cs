using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Cases;

/// <summary>What a call takes, by the manual page's names.</summary>
/// <param name="Names">In order; a 64-bit argument is one, though i386 passes it in two registers.</param>
/// <param name="Required">How many of them may not be left out.</param>
internal sealed record CallArguments(IReadOnlyList<string> Names, int Required)
{
    private static readonly Lazy<Dictionary<string, CallArguments>> _listed = new(Load);

    /// <summary>Null for a call of which nothing is known.</summary>
    public static CallArguments? Of(string call, GuestAbi abi)
    {
        if (_listed.Value.TryGetValue(call, out var listed))
            return listed;
        if (SyscallCatalogue.Find(abi == GuestAbi.I386 ? SyscallTable.I386 : SyscallTable.X64, call) is not { } entry)
            return null;
        var names = entry.Parameters.SelectMany(NamesOf).ToList();
        return new CallArguments(names, names.Count);
    }

    /// <summary>Such as <c>(pathname, flags[, mode])</c>.</summary>
    public override string ToString()
    {
        var required = string.Join(", ", Names.Take(Required));
        if (Required == Names.Count)
            return $"({required})";
        return $"({required}[, {string.Join(", ", Names.Skip(Required))}])";
    }

    // Halves of an offset are two arguments in every table (preadv2(2), "C library/kernel differences").
    private static IEnumerable<string> NamesOf(SyscallParameter parameter) =>
        parameter.Kind == ParameterKind.Split ? [parameter.Name + "_l", parameter.Name + "_h"] : [parameter.Name];

    private static Dictionary<string, CallArguments> Load()
    {
        using var stream = typeof(CallArguments).Assembly.GetManifestResourceStream("cases/arguments.txt")
            ?? throw new InvalidOperationException("cases/arguments.txt is not embedded");
        using var reader = new StreamReader(stream);
        var listed = new Dictionary<string, CallArguments>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0] == "#")
                continue;
            var arguments = words[1..];
            var optional = Array.FindIndex(arguments, word => word[0] == '[');
            var taken = new CallArguments([.. arguments.Select(word => word.Trim('[', ']'))], optional < 0 ? arguments.Length : optional);
            foreach (var call in words[0].Split(','))
                listed.Add(call, taken);
        }

        return listed;
    }
}
