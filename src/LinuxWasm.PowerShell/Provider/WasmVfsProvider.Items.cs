using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Provider;

/// <content>What is there.</content>
public sealed partial class WasmVfsProvider
{
    /// <summary>It is there even where no kernel runs, and is not asked for: else each question of PowerShell's would be answered with an error, and the last with PathNotFound.</summary>
    private const string Root = "/";

    protected override bool ItemExists(string path)
    {
        var item = GuestPaths.Absolute(path);
        return item == Root || Get(item, tree => tree.TryStatus(item, follow: false)) is not null;
    }

    protected override bool IsItemContainer(string path)
    {
        var item = GuestPaths.Absolute(path);
        return item == Root || (Get(item, tree => tree.TryStatus(item)) is { } status && status.Mode.IsDirectory());
    }

    protected override bool HasChildItems(string path)
    {
        var item = GuestPaths.Absolute(path);
        return Get(item, tree => tree.TryStatus(item, follow: false) is { } status && status.Mode.IsDirectory() && tree.List(item).Count > 0);
    }

    protected override void GetItem(string path)
    {
        var item = GuestPaths.Absolute(path);
        if (Get(item, tree => Describe(tree, item)) is { } file)
            Write(file);
    }

    protected override void GetChildItems(string path, bool recurse) => GetChildItems(path, recurse, uint.MaxValue);

    protected override void GetChildItems(string path, bool recurse, uint depth)
    {
        var item = GuestPaths.Absolute(path);
        if (IsItemContainer(item))
            WriteChildren(item, recurse, depth);
        else
            GetItem(item);
    }

    protected override void GetChildNames(string path, ReturnContainers returnContainers)
    {
        var item = GuestPaths.Absolute(path);
        foreach (var entry in (Get(item, tree => tree.List(item)) ?? []).OrderBy(entry => entry.Name, StringComparer.Ordinal))
            WriteItemObject(entry.Name, GuestPaths.Join(item, entry.Name), entry.IsDirectory);
    }

    private void WriteChildren(string directory, bool recurse, uint depth)
    {
        // One directory that can't be listed does not end the others.
        var children = Get<IReadOnlyList<WasmFile>>(directory, tree => [.. tree.List(directory).Select(entry => TryDescribe(tree, GuestPaths.Join(directory, entry.Name))).OfType<WasmFile>()]) ?? [];
        var sorted = children.OrderBy(child => child.Name, StringComparer.Ordinal).ToList();
        foreach (var child in sorted)
        {
            if (Stopping)
                return;
            Write(child);
        }

        if (!recurse || depth == 0)
            return;
        // Symbolic links are not followed: they may lead in circles.
        foreach (var child in sorted.Where(child => child.Kind == WasmFileKind.Directory && !Stopping))
            WriteChildren(child.FullName, recurse, depth - 1);
    }

    private void Write(WasmFile file) => WriteItemObject(file, file.FullName, file.Kind == WasmFileKind.Directory);

    private WasmFile Describe(GuestTree tree, string path) => Describe(tree, path, tree.Status(path, follow: false));

    /// <summary>Null for a name that went away since it was listed, as those of processes do.</summary>
    private WasmFile? TryDescribe(GuestTree tree, string path) => tree.TryStatus(path, follow: false) is { } status ? Describe(tree, path, status) : null;

    private WasmFile Describe(GuestTree tree, string path, GuestStatus status)
    {
        string? target = null;
        if (status.Mode.IsSymlink())
        {
            try
            {
                target = tree.ReadLink(path);
            }
            catch (GuestTreeException)
            {
                // Links of /proc lead to what may be gone by now: where to is what nobody knows, and the link is there.
            }
        }

        return new WasmFile(Kernel, path, status, target);
    }
}
