using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>Where manual pages can be read.</summary>
internal static class ManualPages
{
    /// <summary>open(2) at man7.org.</summary>
    public static string Address(string page)
    {
        var open = page.IndexOf('(', StringComparison.Ordinal);
        var (name, section) = open > 0 ? (page[..open], page[(open + 1)..].TrimEnd(')')) : (page, "2");
        return $"https://man7.org/linux/man-pages/man{section[..1]}/{name}.{section}.html";
    }

    /// <summary>The page that the catalogue names for a call; the call's own where it names none.</summary>
    public static string Of(string call) =>
        SyscallCatalogue.Entries.FirstOrDefault(e => e.Name == call)?.Man is { Length: > 0 } man ? man : call + "(2)";
}
