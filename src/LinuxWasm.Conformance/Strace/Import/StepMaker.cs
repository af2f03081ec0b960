using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>Makes a step of a call: its arguments in the words of a case, its result, and what must hold of what it stored.</summary>
internal sealed class StepMaker(StraceCall call, CallSignature signature, ProcessState process, NameTable names, BufferPool buffers, LogWorld world, GuestAbi abi, bool taskEnds, bool diesOfIt)
{
    private readonly List<string> _checks = [];
    private readonly List<(string, string)> _captures = [];
    private readonly Dictionary<string, int> _used = [];
    private string? _rule;

    public ImportedStep Make(Dictionary<int, string> paths)
    {
        var arguments = new List<string>();
        if (call.Name is "fcntl" or "fcntl64")
            arguments.AddRange(ControlArguments());
        else if (call.Name is "clone" or "clone3")
            arguments.AddRange(CloneArguments());
        else if (call.Name is "futex" or "futex_time64")
            arguments.AddRange(FutexArguments());
        else
        {
            if (call.Arguments.Count > signature.Arguments.Count)
                throw ImportException.NotUnderstood($"{call.Arguments.Count} arguments; {signature.Arguments.Count} were expected");
            for (var i = 0; i < call.Arguments.Count; i++)
                arguments.Add(Argument(signature.Arguments[i], call.Arguments[i], i));
            // strace joins the two words of the offset.
            if (call.Name == "_llseek" && call.Arguments is [_, StraceWord { Number: { } offset }, ..])
                arguments[1] = string.Create(CultureInfo.InvariantCulture, $"0x{(ulong)offset >> 32:x}, 0x{(uint)offset:x}");
        }

        CheckMachine(paths);
        // A table without a dirfd's AT_FDCWD, or without memory for a path, reads the same on both.
        var line = $"{call.Name}({string.Join(", ", arguments)}){Result()}";
        var step = new ImportedStep { Task = process.Task, Line = line, Call = call, Rule = _rule };
        if (!call.Result.Failed)
        {
            step.Checks.AddRange(_checks);
            step.Captures.AddRange(_captures);
        }

        return step;
    }

    private string Argument(ArgumentKind kind, StraceValue value, int index)
    {
        if (value is StraceNamed named)
            value = named.Value;
        switch (kind.Kind)
        {
            case "fd":
                return Descriptor(value);
            case "pid":
                return names.Process(Word(value).Number, asResult: false) ?? Literals.Word(Word(value), abi);
            case "path" or "text":
                return value is StraceText text ? Literals.Of(Whole(text)) : Pointer(value);
            case "data":
                return value is StraceText data ? Literals.Of(Whole(data)) : Pointer(value);
            case "buf":
                return Filled(kind, value, index);
            case "entries":
                return Entries(value);
            case "addr":
                return Address(value);
            case "ptr":
                return Opaque(value);
            case "sockaddr":
                return value is StraceStruct address ? new StructureWriter(process, names, abi).SocketAddress(address) : Pointer(value);
            case "in":
                return value is StraceWord ? Pointer(value) : new StructureWriter(process, names, abi).Initializer(kind, value);
            case "out" or "io":
                return Stored(kind, value);
            case "iov" or "outiov":
                return Vectors(kind, value);
            case "sigset":
                return value is StraceList set ? $"sigset{{{Literals.SignalSet(set)}}}" : Pointer(value);
            case "outsigset":
                return SignalsStored(value);
            case "fds":
                return PipeEnds(value);
            case "status":
                return Status(value);
            case "strings":
                return value is StraceList strings ? $"ptr[{strings.Items.Count + 1}]{{{string.Concat(strings.Items.Select(item => Argument(new ArgumentKind("text"), item, index) + ", "))}NULL}}" : Pointer(value);
            // What the caller's machine has in its environment is nobody's business, and a program that can't be run does not get it.
            case "environment":
                return value is StraceList ? "ptr[1]{NULL}" : Pointer(value);
            case "ids":
                return value is StraceList ids ? $"u32[{ids.Items.Count}]{{{string.Join(", ", ids.Items.Select(Number))}}}" : Pointer(value);
            case "outids":
                return GroupsStored(value);
            default:
                return Number(value);
        }
    }

    private string Number(StraceValue value) => value switch
    {
        StraceWord word => Literals.Word(word, abi),
        StraceFunction { Name: "makedev" } device => $"makedev({string.Join(", ", device.Arguments.Select(Number))})",
        StraceNamed named => Number(named.Value),
        _ => throw ImportException.NotUnderstood("a number is expected where a structure or string stands"),
    };

    private static StraceWord Word(StraceValue value) => value as StraceWord ?? throw ImportException.NotUnderstood("a number is expected where a structure or string stands");

    private static byte[] Whole(StraceText text) =>
        text.Shortened ? throw ImportException.NotUnderstood("strace left out bytes of a string; record with -s 65535") : text.Bytes;

    private string Descriptor(StraceValue value)
    {
        var word = Word(value);
        if (word.Number is not { } number)
            return Literals.Word(word, abi);
        if (number < 0)
            return word.Text;
        if (process.Files.TryGetValue((int)number, out var descriptor))
            return descriptor.File.Missing is { } missing ? throw ImportException.NotImplemented(missing) : descriptor.Expression;
        if (call.Result.Error == "EBADF" || call.Name is "close_range" or "dup2" or "dup3")
            return word.Text;
        throw ImportException.NotUnderstood("a descriptor was open before the log begins");
    }

    /// <summary>A pointer that strace prints as a number: nothing, or the caller's memory.</summary>
    private string Pointer(StraceValue value)
    {
        var word = Word(value);
        if (word.IsNull || word.Number is 0)
            return "NULL";
        if (call.Result.Error == "EFAULT")
            return "BADPTR";
        // What a failed call would have filled, and a buffer of no size.
        return call.Result.Failed || word.Number is not null ? "&" + buffers.Scratch() : Literals.Word(word, abi);
    }

    private string Address(StraceValue value)
    {
        var word = Word(value);
        if (word.Number is not { } number)
            return Literals.Word(word, abi);
        if (process.AddressOf((ulong)number) is { } known)
            return known;
        if (call.Name is "mmap" or "mmap2" && !call.Arguments.OfType<StraceWord>().Any(w => w.Text.Contains("MAP_FIXED", StringComparison.Ordinal)))
            return "NULL";
        if (call.Name is "set_robust_list" or "set_tid_address")
            return "&" + buffers.Scratch();
        throw ImportException.NotImplemented("memory that execve mapped");
    }

    private string Opaque(StraceValue value)
    {
        if (value is not StraceWord word)
            return "&" + buffers.Scratch();
        if (word.IsNull)
            return "NULL";
        // ioctl(FICLONE, fd) and others take a small number where most take a pointer.
        if (word.Number is { } number && number < 4096)
            return process.Files.TryGetValue((int)number, out var file) && file.File.Missing is null ? file.Expression : word.Text;
        return "&" + buffers.Scratch();
    }

    private string Filled(ArgumentKind kind, StraceValue value, int index)
    {
        if (value is not StraceText text)
            return Pointer(value);
        var bytes = Whole(text);
        // getcwd counts the NUL that strace does not print.
        var filled = call.Name == "getcwd" ? bytes.Length + 1 : bytes.Length;
        var size = call.Arguments.ElementAtOrDefault(index + 1)?.Number is { } given ? (long)Math.Min(given, 65536) : 0;
        var buffer = buffers.Bytes(Math.Max(size, filled));
        if (kind.Rule is not null)
            _rule = kind.Rule;
        else if (IsMachineFile)
            _rule = "system";
        else if (bytes.Length > 0)
            _checks.Add($"{buffer}[0..{bytes.Length}] == {Literals.Of(bytes)}");
        return "&" + buffer;
    }

    private bool IsMachineFile => signature.Arguments is [{ Kind: "fd" }, ..] && LogWorld.FileOf(call.Arguments[0], process) is { IsMachine: true };

    private string Entries(StraceValue value)
    {
        if (value is not StraceList list)
            return Pointer(value);
        if (list.Shortened)
            throw ImportException.NotUnderstood("strace left out directory entries; record with -v");
        var size = (long)(call.Result.Value?.Number ?? 0);
        var buffer = buffers.Bytes(Math.Max(size, call.Arguments.ElementAtOrDefault(2)?.Number is { } given ? (long)Math.Min(given, 65536) : 0));
        var file = LogWorld.FileOf(call.Arguments[0], process);
        if (size > 0 && (file?.IsListed == true || names.HasMoreEntries(call) || file?.Path is "/" or null || file.IsMachine))
            _rule = "directory";
        else if (size > 0)
        {
            var sorted = list.Items.OfType<StraceStruct>().Select(e => (e["d_name"] as StraceText)?.Bytes ?? throw ImportException.NotUnderstood("a directory entry has no name"))
                .Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal);
            _checks.Add($"entries({buffer}, {size}) == {Literals.Of(Encoding.UTF8.GetBytes(string.Join(' ', sorted)))}");
        }

        if (file is not null)
            file.IsListed = true;
        return "&" + buffer;
    }

    private string Stored(ArgumentKind kind, StraceValue value)
    {
        if (value is StraceChange change)
            value = kind.Kind == "io" ? change.Before : change.After;
        if (value is StraceWord word)
        {
            if (word.IsNull || call.Result.Error == "EFAULT")
                return Pointer(value);
            return "&" + Buffer(kind.Type!);
        }

        var writer = new StructureWriter(process, names, abi);
        if (kind.Kind == "io")
            return writer.Initializer(kind, value);
        if (kind.IsArray)
            return "&" + ElementsStored(kind, value, writer);
        var name = Buffer(kind.Type!);
        if (kind.Rule is { } rule)
            _rule = rule;
        else if (value is StraceList { Items: [StraceWord only] })
            _checks.Add($"{name} == {Literals.Word(only, abi)}");
        else
            _checks.AddRange(writer.Checks(name, kind.Type!, value, KnownOf()));
        return "&" + name;
    }

    /// <summary>The array has room for as many as the call was told, which is its next argument.</summary>
    private string ElementsStored(ArgumentKind kind, StraceValue value, StructureWriter writer)
    {
        if (value is not StraceList { Shortened: false } list)
            throw ImportException.NotUnderstood($"an array of {kind.Type} is expected");
        var room = call.Arguments.Count > 2 ? (int)Math.Clamp(call.Arguments[2].Number ?? 0, list.Items.Count, 64) : list.Items.Count;
        var name = buffers.Array(kind.Type!, Math.Max(room, 1));
        for (var i = 0; i < list.Items.Count; i++)
            _checks.AddRange(writer.Checks($"{name}[{i}]", kind.Type!, list.Items[i], KnownOf()));
        return name;
    }

    /// <summary>Each structure of a call has a buffer of its own.</summary>
    private string Buffer(string type)
    {
        _used[type] = _used.GetValueOrDefault(type) + 1;
        return buffers.Structure(type, _used[type] - 1);
    }

    /// <summary>What of a file's status is the log's own, and not the machine's.</summary>
    private KnownStatus KnownOf()
    {
        var paths = world.Paths(call, signature, process);
        var inode = world.Subject(call, signature, process, paths);
        var path = paths.Values.FirstOrDefault() ?? (signature.Arguments is [{ Kind: "fd" }, ..] ? LogWorld.FileOf(call.Arguments[0], process)?.Path : null);
        return new KnownStatus(inode, path is not null && LogTree.IsMachine(path), path is "/" or "/t" or "/tmp");
    }

    private string Vectors(ArgumentKind kind, StraceValue value)
    {
        if (value is not StraceList { Shortened: false } list)
            return Pointer(value);
        var parts = new List<string>();
        var filled = new List<byte>();
        long offset = 0;
        foreach (var item in list.Items.OfType<StraceStruct>())
        {
            var length = (long)(item["iov_len"]?.Number ?? throw ImportException.NotUnderstood("an iovec has no length"));
            if (kind.Kind == "iov")
            {
                parts.Add(item["iov_base"] is StraceText text ? $"{{{Literals.Of(Whole(text))}, {length}}}" : $"{{{Pointer(item["iov_base"]!)}, {length}}}");
                continue;
            }

            parts.Add($"{{&buf + {offset}, {length}}}");
            if (item["iov_base"] is StraceText read)
                filled.AddRange(Whole(read));
            offset += length;
        }

        if (kind.Kind == "outiov")
        {
            buffers.Bytes(offset);
            if (filled.Count > 0 && !IsMachineFile)
                _checks.Add($"buf[0..{filled.Count}] == {Literals.Of(filled.ToArray())}");
        }

        return $"iovec[{parts.Count}]{{{string.Join(", ", parts)}}}";
    }

    private string SignalsStored(StraceValue value)
    {
        if (value is not StraceList set)
            return Pointer(value);
        var name = Buffer("sigset");
        _checks.Add($"{name}.bits == {Literals.SignalSet(set)}");
        return "&" + name;
    }

    private string GroupsStored(StraceValue value)
    {
        if (value is not StraceList { Shortened: false } ids)
            return Pointer(value);
        var name = buffers.Array("u32", Math.Max(ids.Items.Count, 1));
        for (var i = 0; i < ids.Items.Count; i++)
            _checks.Add($"{name}[{i}] == {Number(ids.Items[i])}");
        return "&" + name;
    }

    private string PipeEnds(StraceValue value)
    {
        if (value is not StraceList { Items: [StraceWord read, StraceWord write] })
            return Pointer(value);
        const string Name = "pipe_ends";
        buffers.Pair(Name);
        foreach (var (index, end) in new[] { (0, read), (1, write) })
            _captures.Add((names.NewDescriptor((int)end.Number!.Value), $"{Name}[{index}]"));
        return "&" + Name;
    }

    private string Status(StraceValue value)
    {
        if (value is not StraceList { Items: [var told] } || (told is StraceStruct { Fields: [(null, var inner)] } ? inner : told) is not StraceWord status)
            return Pointer(value);
        var name = Buffer("int");
        _checks.Add($"{name} == {Literals.WaitStatus(status.Text)}");
        return "&" + name;
    }

    private IEnumerable<string> ControlArguments()
    {
        yield return Descriptor(call.Arguments[0]);
        if (call.Arguments.Count < 2)
            throw ImportException.NotUnderstood("fcntl without a command");
        yield return Number(call.Arguments[1]);
        if (call.Arguments.Count < 3)
            yield break;
        yield return call.Arguments[2] switch
        {
            StraceStruct lockOf when lockOf["l_type"] is not null => Lock(lockOf),
            StraceStruct owner when owner["pid"] is not null => new StructureWriter(process, names, abi).Initializer(new ArgumentKind("in", "f_owner_ex"), owner),
            StraceWord word when word.Number is > 4096 => "&" + buffers.Scratch(),
            var other => Number(other),
        };
    }

    /// <summary>F_GETLK changes the structure, so that it needs a place of its own; the others read it.</summary>
    private string Lock(StraceStruct fields)
    {
        var type = abi == GuestAbi.I386 && call.Name == "fcntl64" && Word(call.Arguments[1]).Text.EndsWith("64", StringComparison.Ordinal) ? "flock64" : "flock";
        if (!Word(call.Arguments[1]).Text.Contains("GETLK", StringComparison.Ordinal))
            return new StructureWriter(process, names, abi).Initializer(new ArgumentKind("in", type), fields);
        // strace prints only what came back. F_UNLCK leaves the rest as it was asked; another lock says whose it is.
        if ((fields["l_type"] as StraceWord)?.Text != "F_UNLCK")
            throw ImportException.NotUnderstood("F_GETLK found a lock, and strace does not print what was asked");
        _rule = "pid";
        return $"{type}{{l_type=F_WRLCK, l_whence=SEEK_SET, l_start={Number(fields["l_start"]!)}, l_len={Number(fields["l_len"]!)}}}";
    }

    /// <summary>Steps are made one after the other: whoever waits on a word of memory would wait for ever, and nobody is there to be woken.</summary>
    private IEnumerable<string> FutexArguments()
    {
        var operation = call.Arguments.ElementAtOrDefault(1) is StraceWord word ? word.Text : throw ImportException.NotUnderstood("futex without an operation");
        if (operation.Split('|')[0] is not ("FUTEX_WAKE" or "FUTEX_WAKE_PRIVATE" or "FUTEX_WAKE_BITSET" or "FUTEX_WAKE_BITSET_PRIVATE") || call.Result.Failed || call.Result.Value?.Number is not 0)
            throw ImportException.NotImplemented("a case's tasks do not wait for each other at a word of memory");
        yield return "&" + buffers.Scratch();
        yield return operation.Replace("_PRIVATE", "|FUTEX_PRIVATE_FLAG", StringComparison.Ordinal);
        yield return Number(call.Arguments[2]);
        if (call.Arguments.Count > 3)
        {
            yield return "NULL";
            yield return "NULL";
            yield return call.Arguments[3] is StraceWord { Text: "FUTEX_BITSET_MATCH_ANY" } ? "0xffffffff" : Number(call.Arguments[3]);
        }
    }

    /// <summary>strace prints clone's arguments with their names, in an order of its own.</summary>
    private IEnumerable<string> CloneArguments()
    {
        var fields = call.Name == "clone3"
            ? ((call.Arguments[0] is StraceChange change ? change.Before : call.Arguments[0]) as StraceStruct)?.Fields.Select(f => (f.Name!, f.Value)).ToList()
            : call.Arguments.OfType<StraceNamed>().Select(n => (n.Name, n.Value)).ToList();
        StraceValue? Field(string name) => fields?.FirstOrDefault(f => f.Item1 == name).Item2;
        if (Field("flags") is not StraceWord flags)
            throw ImportException.NotUnderstood("clone without flags");
        string Place(string name) => Field(name) is StraceWord { IsNull: false } word && word.Number is { } at and not 0 ? process.AddressOf((ulong)at) ?? "&" + buffers.Scratch() : "0";
        var signal = Field("exit_signal") is StraceWord { Text: not "0" } exit ? exit.Text : null;
        var all = Literals.Word(flags, abi) + (signal is null ? "" : "|" + signal);
        // The child's stack is the harness's business: what is shared decides whether there is one.
        var stack = flags.Text.Contains("CLONE_VM", StringComparison.Ordinal) ? "&" + buffers.Scratch() + " + 4096" : "0";
        var parent = call.Name == "clone3" ? Place("parent_tid") : Place("parent_tidptr");
        var child = call.Name == "clone3" ? Place("child_tid") : Place("child_tidptr");
        if (call.Name == "clone3")
        {
            var stackOf = stack == "0" ? "" : $", stack={stack.Replace(" + 4096", "", StringComparison.Ordinal)}, stack_size=4096";
            yield return $"clone_args{{flags={Literals.Word(flags, abi)}, child_tid={child}, parent_tid={parent}, exit_signal={signal ?? "0"}{stackOf}{(Place("tls") is "0" ? "" : ", tls=" + Place("tls"))}}}";
            yield return Number(call.Arguments[1]);
            yield break;
        }

        var tls = Place("tls");
        yield return all;
        yield return stack;
        yield return parent;
        yield return abi == GuestAbi.I386 ? tls : child;
        yield return abi == GuestAbi.I386 ? child : tls;
    }

    private void CheckMachine(Dictionary<int, string> paths)
    {
        if (paths.Values.Any(p => p.StartsWith("/sys/", StringComparison.Ordinal)) && !call.Result.Failed)
            throw ImportException.NotImplemented("a file of /sys");
        if (call.Name is "readlink" or "readlinkat" && !call.Result.Failed && paths.Values.Any(p => p.StartsWith("/proc/", StringComparison.Ordinal) && p.EndsWith("/exe", StringComparison.Ordinal)))
            throw ImportException.NotImplemented("a case has no programs to run");
    }

    private string Result()
    {
        var result = call.Result;
        if (signature.Result.Kind == "none")
            return " = ?";
        if (diesOfIt)
            return " = ?";
        if (result.Error is { } error)
            return result.Value is null ? throw ImportException.NotUnderstood("the call was interrupted and never returned") : " = " + error;
        if (result.Value is not { } value)
            return taskEnds ? " = ?" : throw ImportException.NotUnderstood("the call never returned");
        if (_rule is "system" or "directory" && value.Number is > 0)
            return " > 0";
        if (_rule == "system" && value.Number is 0 && signature.Arguments.Any(a => a.Kind == "buf"))
            return " >= 0";
        switch (signature.Result.Kind)
        {
            case "any":
                _rule = signature.Result.Rule;
                return " = any";
            case "fd":
                return $" = ${names.NewDescriptor((int)value.Number!.Value)}";
            case "pid":
                return " = " + (value.Number is 0 ? "0" : names.Process(value.Number, asResult: true));
            case "addr":
                return " = " + ResultAddress(value);
            case "special" when call.Name is "fcntl" or "fcntl64":
                return ControlResult(value);
            case "special":
                return " = " + names.Process(value.Number, asResult: true);
            default:
                return " = " + Literals.Word(value, abi);
        }
    }

    private string ControlResult(StraceWord value)
    {
        var command = Word(call.Arguments[1]).Text;
        return command switch
        {
            // The number that was asked for, or the first free one after it.
            "F_DUPFD" or "F_DUPFD_CLOEXEC" => $" = ${names.NewDescriptor((int)value.Number!.Value)}",
            "F_GETFL" => $" = {Literals.Word(value, abi)}",
            "F_GETOWN" => " = " + (value.Number is 0 ? "0" : names.Process(value.Number, asResult: true)),
            _ => " = " + Literals.Word(value, abi),
        };
    }

    private string ResultAddress(StraceWord value)
    {
        var address = (ulong)(value.Number ?? throw ImportException.NotUnderstood("an address is expected"));
        if (call.Name == "brk")
        {
            if (process.Break is null)
                process.Break = (address, names.New("brk"));
            return process.AddressOf(address) ?? throw ImportException.NotUnderstood("brk went below its start");
        }

        // At a place of its own choice, or at one that the program named, inside of what it had mapped before.
        var given = call.Arguments[0] as StraceWord;
        if (call.Name is "mmap" or "mmap2" && given?.Number == unchecked((long)address) && process.AddressOf(address) is { } inside)
            return inside;
        if (call.Name == "mremap" && given?.Number == unchecked((long)address) && process.AddressOf(address) is { } same)
            return same;
        var name = names.New("map");
        process.Map(address, (ulong)(call.Arguments[call.Name == "mremap" ? 2 : 1].Number ?? 0), name);
        return "$" + name;
    }

    internal static string Decimal(long number) => number.ToString(CultureInfo.InvariantCulture);
}
