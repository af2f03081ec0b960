using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Provider;

/// <content>What is made, copied, moved and removed.</content>
public sealed partial class WasmVfsProvider
{
    /// <summary>What New-Item -ItemType may be, with which of its letters suffice.</summary>
    private static readonly string[] Kinds = ["File", "Directory", "SymbolicLink", "HardLink", "NamedPipe"];

    protected override void NewItem(string path, string itemTypeName, object newItemValue)
    {
        var item = GuestPaths.Absolute(path);
        var kind = string.IsNullOrEmpty(itemTypeName) ? "File" : Kinds.FirstOrDefault(name => name.StartsWith(itemTypeName, StringComparison.OrdinalIgnoreCase));
        var value = newItemValue is null ? null : LanguagePrimitives.ConvertTo<string>(newItemValue);
        if (kind is null)
        {
            WriteError(ErrorRecords.Of("InvalidItemType", ErrorCategory.InvalidArgument, $"'{itemTypeName}' is no kind of item of this drive; one of {string.Join(", ", Kinds)} is expected.", itemTypeName));
            return;
        }

        var made = Do(item, $"Create {kind}", tree =>
        {
            if (Force && GuestPaths.Parent(item) is { Length: > 0 } parent)
                tree.MakeDirectories(parent);
            Make(tree, kind, item, value);
        });
        if (made)
            GetItem(item);
    }

    protected override void RemoveItem(string path, bool recurse)
    {
        var item = GuestPaths.Absolute(path);
        Do(item, "Remove", tree =>
        {
            if (recurse)
                tree.RemoveAll(item);
            else if (tree.Status(item, follow: false).Mode.IsDirectory())
                tree.RemoveDirectory(item);
            else
                tree.Unlink(item);
        });
    }

    protected override void RenameItem(string path, string newName)
    {
        var item = GuestPaths.Absolute(path);
        if (newName.Contains('/', StringComparison.Ordinal) || newName is "." or "..")
        {
            WriteError(ErrorRecords.Of("InvalidName", ErrorCategory.InvalidArgument, $"'{newName}' is no name: it must not be '.', '..' or have '/' in it. Move-Item moves to another directory.", newName));
            return;
        }

        var target = GuestPaths.Join(GuestPaths.Parent(item), newName);
        if (Do(item, $"Rename to {newName}", tree => tree.Rename(item, target, replace: Force)))
            GetItem(target);
    }

    protected override void MoveItem(string path, string destination)
    {
        var item = GuestPaths.Absolute(path);
        var target = Inside(item, destination);
        if (Do(item, $"Move to {target}", tree => tree.Rename(item, target, replace: Force)))
            GetItem(target);
    }

    protected override void CopyItem(string path, string copyPath, bool recurse)
    {
        var item = GuestPaths.Absolute(path);
        var target = Inside(item, copyPath);
        if (target == item || target.StartsWith(item + "/", StringComparison.Ordinal))
        {
            WriteError(ErrorRecords.Of("CopyOntoItself", ErrorCategory.InvalidArgument, $"'{item}' can't be copied to '{target}', which is the same or lies in it.", path));
            return;
        }

        // What is named is followed; links below it are copied as links.
        if (Get<GuestStatus?>(item, tree => tree.Status(item)) is { } status)
            Copy(item, target, status, recurse);
    }

    private static void Make(GuestTree tree, string kind, string item, string? value)
    {
        switch (kind)
        {
            case "Directory":
                tree.MakeNewDirectory(item);
                break;
            case "SymbolicLink":
                tree.Symlink(value!, item);
                break;
            case "HardLink":
                tree.Link(GuestPaths.Absolute(value!), item);
                break;
            case "NamedPipe":
                tree.MakeNode(item, Mode.S_IFIFO | (Mode)0x1A4);
                break;
            default:
                tree.MakeNode(item, Mode.S_IFREG | (Mode)0x1A4);
                if (value is { Length: > 0 })
                    tree.WriteFile(item, value);
                break;
        }
    }

    /// <summary>Where something goes: into a directory that is there, else to the name itself.</summary>
    private string Inside(string item, string destination)
    {
        var target = GuestPaths.Absolute(destination);
        return IsItemContainer(target) ? GuestPaths.Join(target, GuestPaths.Name(item)) : target;
    }

    private void Copy(string from, string to, GuestStatus status, bool recurse)
    {
        if (Stopping)
            return;
        var mode = (uint)(status.Mode & ~Mode.S_IFMT);
        switch (status.Mode.Type())
        {
            case Mode.S_IFDIR:
                if (Do(from, $"Copy to {to}", tree => tree.MakeDirectory(to, mode)) && recurse)
                    CopyChildren(from, to);
                break;
            case Mode.S_IFLNK:
                Do(from, $"Copy to {to}", tree => tree.Symlink(tree.ReadLink(from), to));
                break;
            case Mode.S_IFREG:
                if (ShouldProcess(from, $"Copy to {to}"))
                    CopyContent(from, to, mode);
                break;
            default:
                WriteError(ErrorRecords.Of("NotCopied", ErrorCategory.InvalidOperation, $"{from}: only files, directories and symbolic links are copied.", from));
                break;
        }
    }

    private void CopyChildren(string from, string to)
    {
        foreach (var entry in Get(from, tree => tree.List(from)) ?? [])
        {
            var child = GuestPaths.Join(from, entry.Name);
            if (Get(child, tree => tree.TryStatus(child, follow: false)) is { } status)
                Copy(child, GuestPaths.Join(to, entry.Name), status, recurse: true);
        }
    }

    private void CopyContent(string from, string to, uint mode)
    {
        const int Chunk = 1 << 20;
        Report(from, () =>
        {
            using var source = GuestFileStream.OpenRead(Kernel.Machine.Provision, from);
            using var target = GuestFileStream.OpenWrite(Kernel.Machine.Provision, to, mode);
            target.SetLength(0);
            var buffer = new byte[Chunk];
            for (int count; !Stopping && (count = source.Read(buffer, 0, Chunk)) > 0;)
                target.Write(buffer, 0, count);
        });
    }
}
