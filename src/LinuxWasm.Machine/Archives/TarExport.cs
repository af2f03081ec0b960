using System.Formats.Tar;
using LinuxWasm.Abi;

namespace LinuxWasm.Machine.Archives;

/// <summary>Packs a directory of the guest into a tar archive (pax), with modes, owners, links and times.</summary>
public sealed class TarExport
{
    private readonly GuestTree _tree;
    private readonly TarWriter _writer;
    private readonly ArchiveWatcher _watcher;
    private readonly ulong? _device;
    private readonly ArchiveSummary _summary = new();

    /// <summary>Files with several names, by their first one: the others are hard links to it.</summary>
    private readonly Dictionary<(ulong Device, ulong Inode), string> _seen = [];

    private TarExport(GuestTree tree, TarWriter writer, ArchiveWatcher watcher, ulong? device)
    {
        _tree = tree;
        _writer = writer;
        _watcher = watcher;
        _device = device;
    }

    /// <summary>Packs.</summary>
    /// <param name="machine">Whose tree.</param>
    /// <param name="archive">Gets the archive, not compressed.</param>
    /// <param name="directory">The guest's directory.</param>
    /// <param name="includeMounts">Goes into other file systems, too; else the places where they are mounted are empty directories.</param>
    /// <param name="watcher">Is told of each entry.</param>
    /// <exception cref="GuestTreeException">The directory can't be entered.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the archive is not whole.</exception>
    public static ArchiveSummary Run(WasmMachine machine, Stream archive, string directory, bool includeMounts, ArchiveWatcher watcher)
    {
        using var confined = machine.Confine(directory);
        using var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true);
        var root = confined.Tree.Status("/");
        var export = new TarExport(confined.Tree, writer, watcher, includeMounts ? null : root.Device);
        export.Put("/", root);
        return export._summary;
    }

    private void Put(string path, in GuestStatus status)
    {
        _watcher.Stop.ThrowIfCancellationRequested();
        _watcher.Entry(path, _summary);
        try
        {
            Write(path, status);
        }
        catch (GuestTreeException refused)
        {
            Refuse(path, $"{refused.Why} ({refused.Errno})");
            return;
        }

        if (status.Mode.IsDirectory() && (_device is null || _device == status.Device))
            PutChildren(path);
    }

    private void PutChildren(string directory)
    {
        IReadOnlyList<GuestEntry> entries;
        try
        {
            entries = _tree.List(directory);
        }
        catch (GuestTreeException refused)
        {
            Refuse(directory, $"{refused.Why} ({refused.Errno})");
            return;
        }

        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var child = $"{directory.TrimEnd('/')}/{entry.Name}";
            try
            {
                Put(child, _tree.Status(child, follow: false));
            }
            catch (GuestTreeException gone)
            {
                Refuse(child, $"{gone.Why} ({gone.Errno})");
            }
        }
    }

    private void Refuse(string path, string why)
    {
        _summary.Refused++;
        _watcher.Refused(path, why);
    }

    private void Write(string path, in GuestStatus status)
    {
        var name = path == "/" ? "./" : path[1..] + (status.Mode.IsDirectory() ? "/" : "");
        if (status.Links > 1 && !status.Mode.IsDirectory())
        {
            if (_seen.TryGetValue((status.Device, status.Inode), out var first))
            {
                _writer.WriteEntry(With(new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = first }, status));
                _summary.Links++;
                return;
            }

            _seen.Add((status.Device, status.Inode), name);
        }

        switch (status.Mode.Type())
        {
            case Mode.S_IFDIR:
                _writer.WriteEntry(With(new PaxTarEntry(TarEntryType.Directory, name), status));
                _summary.Directories++;
                break;
            case Mode.S_IFLNK:
                _writer.WriteEntry(With(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = _tree.ReadLink(path) }, status));
                _summary.Links++;
                break;
            case Mode.S_IFREG:
                WriteFile(path, name, status);
                break;
            case Mode.S_IFIFO:
                _writer.WriteEntry(With(new PaxTarEntry(TarEntryType.Fifo, name), status));
                _summary.Others++;
                break;
            case Mode.S_IFCHR or Mode.S_IFBLK:
                var type = status.Mode.Type() == Mode.S_IFCHR ? TarEntryType.CharacterDevice : TarEntryType.BlockDevice;
                _writer.WriteEntry(With(new PaxTarEntry(type, name) { DeviceMajor = Major(status.SpecialDevice), DeviceMinor = Minor(status.SpecialDevice) }, status));
                _summary.Others++;
                break;
            default:
                Refuse(path, "an archive has no sockets");
                break;
        }
    }

    private void WriteFile(string path, string name, in GuestStatus status)
    {
        using var file = GuestFileStream.OpenRead(work => work(_tree), path);
        // Guests may write to it meanwhile: the archive has said how long it is.
        using var content = new FixedLengthStream(file, status.Size, _watcher.Stop);
        _writer.WriteEntry(With(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, status));
        _summary.Files++;
        _summary.Bytes += status.Size;
    }

    private static PaxTarEntry With(PaxTarEntry entry, in GuestStatus status)
    {
        entry.Mode = (UnixFileMode)(status.Mode & ~Mode.S_IFMT);
        entry.Uid = (int)status.Uid;
        entry.Gid = (int)status.Gid;
        var modified = status.Modified.ToDateTime();
        entry.ModificationTime = modified < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : modified;
        return entry;
    }

    private static int Major(ulong device) => (int)(((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL));

    private static int Minor(ulong device) => (int)((device & 0xFF) | ((device >> 12) & ~0xFFUL));
}
