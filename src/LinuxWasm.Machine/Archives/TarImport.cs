using System.Formats.Tar;
using LinuxWasm.Abi;

namespace LinuxWasm.Machine.Archives;

/// <summary>
/// Unpacks a tar archive (ustar, pax, GNU, v7) into a directory of the guest, with modes, owners, links and times. The names in it are anybody's: none leads out of the directory.
/// </summary>
public sealed class TarImport
{
    private const int Chunk = 1 << 20;

    private readonly GuestTree _tree;
    private readonly ArchiveWatcher _watcher;
    private readonly ArchiveSummary _summary = new();
    private readonly byte[] _buffer = new byte[Chunk];

    /// <summary>What is put into a directory changes its times: they are set at the end.</summary>
    private readonly List<(string Path, GuestTime Modified)> _directoryTimes = [];

    private TarImport(GuestTree tree, ArchiveWatcher watcher)
    {
        _tree = tree;
        _watcher = watcher;
    }

    /// <summary>Unpacks.</summary>
    /// <param name="machine">Whose tree.</param>
    /// <param name="archive">The archive, not compressed.</param>
    /// <param name="directory">The guest's directory, which is made where it is missing.</param>
    /// <param name="watcher">Is told of each entry.</param>
    /// <exception cref="GuestTreeException">The directory can't be made or entered.</exception>
    /// <exception cref="IOException">The archive can't be read, or is none: also <see cref="InvalidDataException"/>.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what was unpacked is there.</exception>
    public static ArchiveSummary Run(WasmMachine machine, Stream archive, string directory, ArchiveWatcher watcher)
    {
        machine.Provision(tree => tree.MakeDirectories(directory));
        using var confined = machine.Confine(directory);
        var import = new TarImport(confined.Tree, watcher);
        using var reader = new TarReader(archive, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            watcher.Stop.ThrowIfCancellationRequested();
            import.Take(entry);
        }

        for (var i = import._directoryTimes.Count - 1; i >= 0; i--)
            import._tree.SetTimes(import._directoryTimes[i].Path, null, import._directoryTimes[i].Modified);
        return import._summary;
    }

    private void Take(TarEntry entry)
    {
        // It speaks of the entries to come, and is none itself.
        if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            return;
        _watcher.Entry(entry.Name, _summary);
        try
        {
            var path = PathOf(entry.Name);
            if (path != "/")
                _tree.MakeDirectories(Parent(path));
            Make(entry, path);
        }
        catch (FormatException hostile)
        {
            Refuse(entry, hostile.Message);
        }
        catch (GuestTreeException refused)
        {
            Refuse(entry, $"{refused.Why} ({refused.Errno})");
        }
    }

    private void Refuse(TarEntry entry, string why)
    {
        _summary.Refused++;
        _watcher.Refused(entry.Name, why);
    }

    private void Make(TarEntry entry, string path)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                _tree.MakeDirectory(path);
                _summary.Directories++;
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                Clear(path);
                WriteContent(entry, path);
                _summary.Files++;
                break;
            case TarEntryType.SymbolicLink:
                Clear(path);
                _tree.Symlink(entry.LinkName, path);
                _summary.Links++;
                break;
            case TarEntryType.HardLink:
                var existing = PathOf(entry.LinkName);
                if (_tree.TryStatus(existing, follow: false) is null)
                    throw new FormatException($"a hard link to {existing}, which is not there");
                if (existing != path)
                {
                    Clear(path);
                    _tree.Link(existing, path);
                }

                _summary.Links++;
                // Owner, mode and times are those of the file that it names.
                return;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo:
                Clear(path);
                MakeSpecial(entry, path);
                _summary.Others++;
                break;
            default:
                throw new FormatException($"entries of type {entry.EntryType} are not known");
        }

        SetAttributes(entry, path);
    }

    private void MakeSpecial(TarEntry entry, string path)
    {
        var type = entry.EntryType switch
        {
            TarEntryType.CharacterDevice => Mode.S_IFCHR,
            TarEntryType.BlockDevice => Mode.S_IFBLK,
            _ => Mode.S_IFIFO,
        };
        var device = entry is PosixTarEntry posix && type != Mode.S_IFIFO ? DeviceNumber(posix.DeviceMajor, posix.DeviceMinor) : 0;
        _tree.MakeNode(path, type | (Mode)0x180, device);
    }

    /// <summary>In this order: chown(2) takes set-user-ID away, and each of the others changes times.</summary>
    private void SetAttributes(TarEntry entry, string path)
    {
        _tree.ChangeOwner(path, (uint)entry.Uid, (uint)entry.Gid);
        if (entry.EntryType != TarEntryType.SymbolicLink)
            _tree.ChangeMode(path, (uint)entry.Mode);
        var modified = GuestTime.From(entry.ModificationTime);
        if (entry.EntryType == TarEntryType.Directory)
            _directoryTimes.Add((path, modified));
        else
            _tree.SetTimes(path, null, modified, follow: false);
    }

    private void WriteContent(TarEntry entry, string path)
    {
        using var file = GuestFileStream.OpenWrite(work => work(_tree), path, 0x180);
        if (entry.DataStream is not { } content)
            return;
        for (int count; (count = content.Read(_buffer, 0, Chunk)) > 0;)
        {
            _watcher.Stop.ThrowIfCancellationRequested();
            file.Write(_buffer, 0, count);
            _summary.Bytes += count;
        }
    }

    /// <summary>An older file of that name gives way, as tar(1) has it; a directory does not.</summary>
    private void Clear(string path)
    {
        if (_tree.TryStatus(path, follow: false) is { } status)
        {
            if (status.Mode.IsDirectory())
                throw new GuestTreeException(path, "unlink", Errno.EISDIR);
            _tree.Unlink(path);
        }
    }

    /// <summary>A name of the archive as a path of the confined tree.</summary>
    /// <exception cref="FormatException">It would lead out of it.</exception>
    private static string PathOf(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        if (parts.Contains(".."))
            throw new FormatException("its name has '..' in it, and might lead elsewhere");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new FormatException("its name has a NUL in it");
        return "/" + string.Join('/', parts);
    }

    private static string Parent(string path) => path[..Math.Max(1, path.LastIndexOf('/'))];

    /// <summary>makedev(3).</summary>
    private static ulong DeviceNumber(int major, int minor) =>
        ((ulong)(uint)minor & 0xFF) | (((ulong)(uint)major & 0xFFF) << 8) | (((ulong)(uint)minor & ~0xFFUL) << 12) | (((ulong)(uint)major & ~0xFFFUL) << 32);
}
