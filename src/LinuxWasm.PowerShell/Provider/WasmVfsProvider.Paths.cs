using System.Management.Automation;
using LinuxWasm.Abi;

namespace LinuxWasm.PowerShell.Provider;

/// <content>Paths and wildcards. PowerShell's own ways take '\' for a separator, and names that differ by case for the same.</content>
public sealed partial class WasmVfsProvider
{
    protected override bool IsValidPath(string path) => !string.IsNullOrEmpty(path) && !path.Contains('\0', StringComparison.Ordinal);

    protected override string MakePath(string parent, string child) => GuestPaths.Join(parent, child);

    protected override string GetParentPath(string path, string root)
    {
        var parent = GuestPaths.Parent(path);
        // There is nothing above the root for PowerShell to go to.
        return !string.IsNullOrEmpty(root) && GuestPaths.Absolute(path) == GuestPaths.Absolute(root) ? "" : parent;
    }

    protected override string GetChildName(string path) => GuestPaths.Name(path);

    protected override string NormalizeRelativePath(string path, string basePath) => GuestPaths.Relative(path, basePath);

    /// <summary>The paths that a pattern stands for, in the order of their names. Upper and lower case differ.</summary>
    protected override string[] ExpandPath(string path)
    {
        List<string> found = ["/"];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = WildcardPattern.ContainsWildcardCharacters(part)
                ? [.. found.SelectMany(directory => Matching(directory, WildcardPattern.Get(part, WildcardOptions.None)))]
                : [.. found.Select(directory => GuestPaths.Join(directory, WildcardPattern.Unescape(part))).Where(ItemExists)];
        }

        return [.. found];
    }

    private IEnumerable<string> Matching(string directory, WildcardPattern pattern)
    {
        if (Get(directory, tree => tree.TryStatus(directory)) is not { } status || !status.Mode.IsDirectory())
            return [];
        return (Get(directory, tree => tree.List(directory)) ?? []).Select(entry => entry.Name).Where(pattern.IsMatch).Order(StringComparer.Ordinal).Select(name => GuestPaths.Join(directory, name));
    }
}
