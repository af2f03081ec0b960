using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>What is known of the file whose status a call gives.</summary>
/// <param name="Inode">Null where it is none of the tree's.</param>
/// <param name="IsMachine">It is one of the kernel's own file systems.</param>
/// <param name="IsGiven">A directory that every case has.</param>
internal sealed record KnownStatus(LogInode? Inode, bool IsMachine, bool IsGiven);

/// <summary>Structures: as initializers where a call reads them, as conditions where it wrote them.</summary>
internal sealed class StructureWriter(ProcessState process, NameTable names, GuestAbi abi)
{
    // How large the blocks of a file system are, and how many a file has, belongs to the file system.
    private static readonly HashSet<string> _fileSystem = ["st_blksize", "st_blocks", "stx_blksize", "stx_blocks", "stx_attributes", "stx_mask", "st_dev", "st_ino"];

    /// <summary><c>timespec{tv_sec=1, tv_nsec=0}</c>, <c>pollfd[1]{{fd=3, events=POLLIN}}</c>.</summary>
    public string Initializer(ArgumentKind kind, StraceValue value)
    {
        if (!kind.IsArray)
            return value is StraceList { Items: [StraceWord only] } ? $"{kind.Type}{{{Literals.Word(only, abi)}}}" : kind.Type + Fields(kind.Type!, value);
        if (value is not StraceList { Shortened: false } list)
            throw ImportException.NotUnderstood($"an array of {kind.Type} is expected");
        return $"{kind.Type}[{list.Items.Count}]{{{string.Join(", ", list.Items.Select(item => Fields(kind.Type!, item)))}}}";
    }

    /// <summary>A struct sockaddr: of AF_UNIX, with a name in the file tree.</summary>
    public string SocketAddress(StraceStruct address)
    {
        if (address["sa_family"] is not StraceWord { Text: "AF_UNIX" } || address["sun_path"] is not StraceText { Shortened: false } path)
            throw ImportException.NotImplemented("a case has no network");
        return $"sockaddr_un{{sun_family=AF_UNIX, sun_path={Literals.Of(path.Bytes)}}}";
    }

    private string Fields(string type, StraceValue value)
    {
        // UTIME_NOW and UTIME_OMIT stand for a whole timespec.
        if (value is StraceWord { Text: "UTIME_NOW" or "UTIME_OMIT" } special)
            return $"{{0, {special.Text}}}";
        if (value is not StraceStruct { Shortened: false } structure)
            throw ImportException.NotUnderstood($"a structure {type} is expected");
        var layout = LayoutTable.For(abi).Find(type) as StructLayout ?? throw ImportException.NotUnderstood($"the structure {type} is not known");
        var fields = structure.Fields.Where(f => f.Name is not null && f.Name != "revents").Select(f =>
        {
            var field = layout.Find(f.Name!) ?? throw ImportException.NotUnderstood($"the structure {type} has no field {f.Name}");
            return $"{field.Name}={Field(field, f.Value)}";
        });
        return $"{{{string.Join(", ", fields)}}}";
    }

    private string Field(FieldLayout field, StraceValue value) => (field.Name, value) switch
    {
        ("sa_handler", StraceWord word) => Handler(word),
        ("sa_restorer", _) => "RESTORER",
        ("fd", StraceWord { Number: >= 0 } word) => process.Files.TryGetValue((int)word.Number!.Value, out var file) && file.File.Missing is null
            ? file.Expression
            : throw ImportException.NotImplemented(file?.File.Missing ?? "a descriptor was open before the log begins"),
        ("l_pid" or "pid", StraceWord word) => names.Process(word.Number, asResult: false) ?? Literals.Word(word, abi),
        (_, StraceList set) when field.Type.Name == "sigset" => $"{{{Literals.SignalSet(set)}}}",
        (_, StraceWord word) when field.Type is ScalarLayout { IsPointer: true } => word.IsNull ? "NULL"
            : word.Number is { } at && process.AddressOf((ulong)at) is { } known ? known
            : throw ImportException.NotImplemented("memory that execve mapped"),
        ("data", StraceStruct both) when both["u64"] is StraceWord word => Literals.Word(word, abi),
        (_, StraceWord word) => Literals.Word(word, abi),
        (_, StraceStruct) => Fields(field.Type.Name, value),
        _ => throw ImportException.NotUnderstood($"the field {field.Name}"),
    };

    /// <summary>What must hold of a structure after the call. Fields that belong to the machine are left out by their rules.</summary>
    public IEnumerable<string> Checks(string buffer, string type, StraceValue value, KnownStatus known)
    {
        if (value is not StraceStruct structure)
            throw ImportException.NotUnderstood($"a structure {type} is expected");
        if (structure.Shortened)
            throw ImportException.NotUnderstood("strace left out fields of a structure; record with -v");
        // How full a file system is, and which one it is, is no promise.
        if (type.StartsWith("statfs", StringComparison.Ordinal))
            return [];
        var layout = LayoutTable.For(abi).Find(type) as StructLayout ?? throw ImportException.NotUnderstood($"the structure {type} is not known");
        return ChecksOf(buffer, layout, structure, known);
    }

    private IEnumerable<string> ChecksOf(string prefix, StructLayout layout, StraceStruct structure, KnownStatus known)
    {
        foreach (var (name, value) in structure.Fields)
        {
            if (name is null || layout.Find(name) is not { } field || _fileSystem.Contains(name) || IsMachines(name, field, known, value))
                continue;
            switch (value)
            {
                case StraceWord word when name == "sa_handler":
                    yield return $"{prefix}.{name} == {Handler(word)}";
                    break;
                case StraceWord word when field.Type is ScalarLayout { IsPointer: false }:
                    yield return $"{prefix}.{name} == {Literals.Word(word, abi)}";
                    break;
                case StraceFunction { Name: "makedev" } device:
                    yield return $"{prefix}.{name} == makedev({string.Join(", ", device.Arguments.OfType<StraceWord>().Select(w => w.Text))})";
                    break;
                case StraceList set when field.Type.Name == "sigset":
                    yield return $"{prefix}.{name}.bits == {Literals.SignalSet(set)}";
                    break;
                case StraceStruct inner when field.Type is StructLayout innerLayout:
                    foreach (var check in ChecksOf($"{prefix}.{name}", innerLayout, inner, known))
                        yield return check;
                    break;
            }
        }
    }

    /// <summary>Whether a field of a file's status is the machine's: the rules of structs.txt, and what the log can't know of its files.</summary>
    private static bool IsMachines(string name, FieldLayout field, KnownStatus known, StraceValue value)
    {
        var inode = known.Inode;
        var plain = name.Replace("stx_", "st_", StringComparison.Ordinal);
        if (plain is "st_mtime" or "st_mtime_nsec" or "tv_sec" or "tv_nsec")
            return !IsKnownTime(plain, known, value);
        // Where a handler stands is the machine's, but not that there is one.
        if (field.Rule is not null)
            return name != "sa_handler";
        if (field.Type is StructLayout { Name: "statx_timestamp" })
            return plain != "st_mtime";
        if (!plain.StartsWith("st_", StringComparison.Ordinal))
            return false;
        if (known.IsMachine)
            return plain is not ("st_mode" or "st_rdev");
        if (known.IsGiven || inode is null)
            return plain is not "st_mode" || known.IsGiven;
        return plain switch
        {
            "st_size" => inode.Kind == LogFileKind.Directory,
            "st_nlink" => inode.Kind == LogFileKind.Directory ? !inode.IsComplete : inode.HasOtherNames,
            _ => false,
        };
    }

    /// <summary>A time that was there before the run, or that a call of the log set, and not one that the run's own clock made.</summary>
    private static bool IsKnownTime(string name, KnownStatus known, StraceValue value)
    {
        if (known.Inode is not { } inode || known.IsMachine || known.IsGiven || name is "tv_sec" or "tv_nsec")
            return false;
        if (value.Number is not { } number)
            return false;
        if (inode.SetTime is var (seconds, nanoseconds))
            return number == (name == "st_mtime" ? seconds : nanoseconds);
        return name == "st_mtime" && inode.IsInitial && !inode.TimeChanged && inode.ModificationTime == (long)number;
    }

    private string Handler(StraceWord word) => word.Text switch
    {
        "SIG_DFL" or "SIG_IGN" => word.Text,
        _ when word.Number is not null => "HANDLER",
        _ => Literals.Word(word, abi),
    };
}
