using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using CaseAbi = LinuxWasm.Conformance.Cases.GuestAbi;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>
/// Turns PowerShell's values into a call's registers and buffers, guided by what the catalogue says of each parameter.
/// What is left out at the end is filled in: room for results, lengths of buffers, 0.
/// </summary>
internal sealed class ArgumentEncoder
{
    /// <summary>Room for a result whose size nothing tells.</summary>
    private const int DefaultRoom = 4096;

    /// <summary>sizeof(sigset_t) as the kernel has it: the one value that those calls take.</summary>
    private const string SignalSetSize = "sigsetsize";

    private readonly HostTask _task;
    private readonly string _call;
    private readonly SyscallParameter[] _parameters;
    private readonly IReadOnlyList<object?> _arguments;
    private readonly CaseAbi _abi;
    private readonly LayoutTable _layouts;
    private readonly StructureWriter _writer;
    private readonly List<ulong> _registers = [];
    private readonly List<OutBuffer> _outputs = [];
    private readonly List<string> _warnings = [];

    /// <summary>Elements or bytes of the buffers so far, by the parameter that counts them.</summary>
    private readonly Dictionary<string, long> _lengths = [];

    public ArgumentEncoder(HostTask task, string call, SyscallParameter[] parameters, IReadOnlyList<object?> arguments)
    {
        _task = task;
        _call = call;
        _parameters = parameters;
        _arguments = arguments;
        _abi = AbiOf(task.Task.Abi);
        _layouts = LayoutTable.For(_abi);
        _writer = new StructureWriter(_abi, bytes => _task.Put(bytes));
    }

    /// <summary>The layouts that go with a guest's ABI.</summary>
    public static CaseAbi AbiOf(GuestAbi abi) => abi.Is32Bit ? CaseAbi.I386 : CaseAbi.X8664;

    /// <exception cref="CallArgumentException">An argument does not fit its parameter.</exception>
    public EncodedCall Encode()
    {
        if (_arguments.Count > _parameters.Length)
        {
            throw new CallArgumentException(
                $"{_call} takes {_parameters.Length} arguments ({string.Join(", ", _parameters.Select(p => p.Name))}), not {_arguments.Count}", _arguments);
        }

        for (var i = 0; i < _parameters.Length; i++)
        {
            if (i >= _arguments.Count && IsNeeded(i))
            {
                throw new CallArgumentException(
                    $"{_call}: {_parameters[i].Name} is missing; the call takes {string.Join(", ", _parameters.Select(p => p.Name))}", _arguments);
            }

            var argument = i < _arguments.Count ? Values.Unwrap(_arguments[i]) : null;
            try
            {
                Encode(i, argument, given: i < _arguments.Count);
            }
            catch (FormatException wrong)
            {
                throw new CallArgumentException($"{_call}: {wrong.Message}", argument);
            }
            catch (InvalidOperationException full)
            {
                throw new CallArgumentException($"{_call}: {_parameters[i].Name}: {full.Message}", argument);
            }
        }

        return new EncodedCall([.. _registers], _outputs, _warnings);
    }

    /// <summary>
    /// What a call is about can't be guessed: descriptors, paths, whatever comes first, and numbers. Filled in are room for results, the lengths of buffers, flags, null
    /// pointers, and what only some forms of a call have.
    /// </summary>
    private bool IsNeeded(int index)
    {
        var parameter = _parameters[index];
        if (parameter.Kind is ParameterKind.Fd or ParameterKind.Path)
            return true;
        if (_lengths.ContainsKey(parameter.Name) || IsSizeOfNext(parameter, out _))
            return false;
        if (parameter.Kind == ParameterKind.Pointer)
            return index == 0 && parameter.Direction != ParameterDirection.Out;
        return index == 0 ? !parameter.Name.EndsWith("flags", StringComparison.Ordinal) : !IsOptional(parameter);
    }

    /// <summary>A number that a program would leave out as well, or write as 0 without a thought.</summary>
    private bool IsOptional(SyscallParameter parameter) => parameter.Name switch
    {
        "options" or "mountflags" or SignalSetSize or "arg" or "arg2" or "arg3" or "arg4" or "arg5" or "tls" or "val3" or "cpu_id" or "unused2" or "dev" => true,
        // Only with O_CREAT is there a mode (open(2)); F_OK is 0 (access(2)).
        "mode" => _call is "open" or "openat" or "access" or "faccessat" or "faccessat2",
        "offset" or "pgoffset" => _call is "mmap" or "mmap2",
        var name => name.EndsWith("flags", StringComparison.Ordinal),
    };

    private void Encode(int index, object? argument, bool given)
    {
        var parameter = _parameters[index];
        switch (parameter.Kind)
        {
            case ParameterKind.Path:
                _registers.Add(Pointer(parameter, argument));
                break;
            case ParameterKind.Pointer when parameter.Direction == ParameterDirection.Out:
                _registers.Add(Room(index, argument, given));
                break;
            case ParameterKind.Pointer:
                _registers.Add(Pointer(parameter, argument));
                break;
            case ParameterKind.Int64 or ParameterKind.Split:
                AddWide(parameter, argument);
                break;
            default:
                AddNumber(parameter, argument, given);
                break;
        }
    }

    private void AddNumber(SyscallParameter parameter, object? argument, bool given)
    {
        if (!given && (_lengths.TryGetValue(parameter.Name, out var length) || IsSizeOfNext(parameter, out length)))
        {
            _registers.Add((ulong)length);
            return;
        }

        // Untyped arguments (fcntl's, ioctl's) may be structures.
        if (parameter.Kind is ParameterKind.Long or ParameterKind.Size && (argument is byte[] || Values.Fields(argument) is not null))
        {
            _registers.Add(Pointer(parameter, argument));
            return;
        }

        if (!given && parameter.Name == SignalSetSize)
            argument = sizeof(ulong);
        WarnOfDecimalMode(parameter, argument);
        var size = parameter.Kind is ParameterKind.Long or ParameterKind.Size ? _task.Task.Abi.LongSize : 4;
        _registers.Add((ulong)(Values.ToNumber(argument, _abi, parameter.Name, size) & ulong.MaxValue));
    }

    /// <summary>statfs64(2) is told the size of its structure before it.</summary>
    private bool IsSizeOfNext(SyscallParameter parameter, out long size)
    {
        var next = _parameters.ElementAtOrDefault(Array.IndexOf(_parameters, parameter) + 1);
        size = parameter.Name == "size" && next is { Direction: ParameterDirection.Out } ? SizeOf(GuestTypeTable.Find(_call, next.Name)) ?? 0 : 0;
        return size > 0;
    }

    /// <summary>PowerShell has no octal numbers: 0644 is 644 before any command sees it.</summary>
    private void WarnOfDecimalMode(SyscallParameter parameter, object? argument)
    {
        if ((parameter.Type == "Mode" || parameter.Name == "mode")
            && argument is 600 or 640 or 644 or 660 or 664 or 666 or 700 or 750 or 755 or 770 or 775 or 777 or 1777 or 2755 or 4755)
        {
            var octal = Convert.ToString((int)argument, 8);
            _warnings.Add($"{_call}: {parameter.Name} {argument} is decimal, octal 0{octal}. Octal numbers are written in quotes: '0{argument}'.");
        }
    }

    private void AddWide(SyscallParameter parameter, object? argument)
    {
        var value = (ulong)(Values.ToNumber(argument, _abi, parameter.Name) & ulong.MaxValue);
        if (_task.Task.Abi.Is32Bit)
        {
            _registers.Add((uint)value);
            _registers.Add(value >> 32);
        }
        else
        {
            _registers.Add(value);
            // The high half, which a 64-bit kernel shifts out.
            if (parameter.Kind == ParameterKind.Split)
                _registers.Add(0);
        }
    }

    /// <summary>What a call reads: texts, bytes, structures and lists go to memory; numbers are addresses.</summary>
    private ulong Pointer(SyscallParameter parameter, object? argument)
    {
        var type = GuestTypeTable.Find(_call, parameter.Name);
        var writes = parameter.Direction == ParameterDirection.InOut;
        switch (argument)
        {
            case null:
                return 0;
            case string text when parameter.Kind == ParameterKind.Path || type is null or { IsText: true }:
                return Put(parameter, Encoding.UTF8.GetBytes(text + '\0'), Encoding.UTF8.GetByteCount(text), type, writes);
            case byte[] bytes when type is not { IsVector: true }:
                return Put(parameter, bytes, bytes.Length, type, writes);
        }

        if (Values.IsNumber(argument))
            return (ulong)(Values.ToNumber(argument, _abi, parameter.Name) & ulong.MaxValue);
        if (type is { IsVector: true })
            return Vector(parameter, argument);
        var (layout, count) = Layout(parameter, type, argument);
        var content = Values.Fields(argument) is null && Values.Items(argument) is { } items
            ? Join(layout, items, count, parameter.Name)
            : _writer.Write(layout, WithoutTypeName(argument));
        return Put(parameter, content, layout.Size == 1 ? content.Length : content.Length / layout.Size, type ?? new GuestType(layout.Name, count), writes);
    }

    private ulong Put(SyscallParameter parameter, byte[] content, long length, GuestType? type, bool writes)
    {
        var address = _task.Put(content);
        NoteLength(parameter, length);
        if (writes)
            _outputs.Add(new OutBuffer(parameter.Name, address, content.Length, type, FilledByResult: false));
        return address;
    }

    private byte[] Join(TypeLayout layout, IReadOnlyList<object?> items, int count, string name)
    {
        if (count > 1 && items.Count != count)
            throw new FormatException($"{name}: {count} values of type {layout.Name} are expected, not {items.Count}");
        return [.. items.SelectMany((item, i) => WriteItem(layout, item, $"{name}[{i}]"))];
    }

    private byte[] WriteItem(TypeLayout layout, object? item, string where)
    {
        try
        {
            return _writer.Write(layout, item);
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"{where}: {wrong.Message}", wrong);
        }
    }

    /// <summary>The type that a pointer's argument is laid out as: the call's own, the one that a hashtable names by <c>_type</c>, or 32-bit numbers.</summary>
    private (TypeLayout Layout, int Count) Layout(SyscallParameter parameter, GuestType? type, object? argument)
    {
        if (Values.Fields(argument)?.FirstOrDefault(field => field.Name == "_type").Value is { } named)
        {
            var name = Convert.ToString(named, CultureInfo.InvariantCulture)!;
            return (_layouts.Find(name) ?? throw new FormatException($"{parameter.Name}: '{name}' is no structure of {_task.Task.Abi}"), 1);
        }

        if (type is not null && _layouts.Find(type.Name) is { } layout)
            return (layout, type.Count);
        if (Values.Fields(argument) is not null)
            throw new FormatException($"{parameter.Name}: which structure this is has to be said with the key _type, such as @{{ _type = 'flock'; ... }} or @{{ _type = 'sockaddr_un'; ... }}");
        return (_layouts.Find(parameter.Type switch { "UInt16" or "Int16" => "uint16", "UInt64" or "Int64" => "uint64", "Byte" or "SByte" => "u8", _ => "int" })!, 0);
    }

    private static object? WithoutTypeName(object? argument) =>
        Values.Fields(argument) is { } fields ? fields.Where(field => field.Name != "_type").ToDictionary(field => field.Name, field => field.Value) : argument;

    /// <summary>An array of struct iovec: texts and bytes are written from; whole numbers make room to read into.</summary>
    private ulong Vector(SyscallParameter parameter, object? argument)
    {
        var pieces = Values.Items(argument) ?? [argument];
        var word = _task.Task.Abi.PointerSize;
        var vectors = new byte[pieces.Count * 2 * word];
        for (var i = 0; i < pieces.Count; i++)
        {
            var (address, length) = pieces[i] switch
            {
                string text => (_task.Put(text), Encoding.UTF8.GetByteCount(text)),
                byte[] bytes => (_task.Put(bytes), bytes.Length),
                int size when size >= 0 => (RoomFor($"{parameter.Name}[{i}]", size, null, filledByResult: false), size),
                _ => throw new FormatException($"{parameter.Name}[{i}]: a text, bytes or the size of a buffer is expected, not {Values.Describe(pieces[i])}"),
            };
            WriteWord(vectors.AsSpan(i * 2 * word), word, address);
            WriteWord(vectors.AsSpan((i * 2 * word) + word), word, (ulong)length);
        }

        NoteLength(parameter, pieces.Count);
        return _task.Put(vectors);
    }

    private static void WriteWord(Span<byte> target, int size, ulong value)
    {
        if (size == 8)
            BinaryPrimitives.WriteUInt64LittleEndian(target, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
    }

    /// <summary>Where a call writes to: <c>[int]</c> is a size, a type is one of its values, bytes are room with a content, wider numbers are addresses.</summary>
    private ulong Room(int index, object? argument, bool given)
    {
        var parameter = _parameters[index];
        var type = GuestTypeTable.Find(_call, parameter.Name) ?? ScalarOf(parameter);
        var byResult = parameter.Length == "return";
        var counter = parameter.Length is { } named && named != "return" ? named : CounterAfter(index);
        switch (argument)
        {
            case null when given:
                return 0;
            case null:
                var size = SizeOf(type) ?? GivenCount(counter) ?? DefaultRoom;
                return Noted(size);
            case int length when length >= 0:
                return length == 0 ? 0 : Noted(length);
            case Type dotnet when dotnet.IsPrimitive:
                return Noted(Marshal.SizeOf(dotnet));
            case byte[] content:
                var address = _task.Put(content);
                Note(counter, content.Length);
                _outputs.Add(new OutBuffer(parameter.Name, address, content.Length, type, byResult));
                return address;
            case var number when Values.IsNumber(number):
                return (ulong)(Values.ToNumber(number, _abi, parameter.Name) & ulong.MaxValue);
            case string symbol when SymbolicNumber.TryParse(symbol, _abi, out var constant):
                return (ulong)(constant & ulong.MaxValue);
            default:
                throw new FormatException($"{parameter.Name}: the size of the buffer as a number, a type, bytes or an address is expected, not {Values.Describe(argument)}");
        }

        ulong Noted(int length)
        {
            Note(counter, length);
            return RoomFor(parameter.Name, length, type, byResult);
        }
    }

    private ulong RoomFor(string name, int length, GuestType? type, bool filledByResult)
    {
        var address = _task.Allocate((uint)length);
        _outputs.Add(new OutBuffer(name, address, length, type, filledByResult));
        return address;
    }

    private int? SizeOf(GuestType? type) =>
        type is { IsText: false, Records: false, Count: > 0 } ? _layouts.Find(type.Name)?.Size * type.Count : null;

    /// <summary>The count that stands behind the buffer, where it was given though the buffer was not.</summary>
    private int? GivenCount(string? counter)
    {
        var index = Array.FindIndex(_parameters, parameter => parameter.Name == counter);
        return index >= 0 && index < _arguments.Count && Values.Unwrap(_arguments[index]) is int count and >= 0 ? count : null;
    }

    /// <summary>A number behind the pointer that bounds it: what it is called in the man pages.</summary>
    private string? CounterAfter(int index) =>
        index + 1 < _parameters.Length && _parameters[index + 1] is { Kind: not ParameterKind.Pointer and not ParameterKind.Path } next
            && next.Name is "count" or "size" or "len" or "length" or "bufsiz" or "buflen" or "nbytes"
            ? next.Name
            : null;

    private void NoteLength(SyscallParameter parameter, long length) => Note(parameter.Length ?? CounterAfter(Array.IndexOf(_parameters, parameter)), length);

    private void Note(string? counter, long length)
    {
        if (counter is not null)
            _lengths[counter] = length;
    }

    /// <summary>The declared element type of a pointer, as one value or, where the call has a count, as many.</summary>
    private static GuestType? ScalarOf(SyscallParameter parameter)
    {
        var name = parameter.Type switch
        {
            "Int32" or "int" => "int32",
            "UInt32" or "uint" => "uint32",
            "Int16" or "short" => "int16",
            "UInt16" or "ushort" => "uint16",
            "Int64" or "long" => "int64",
            "UInt64" or "ulong" => "uint64",
            _ => null,
        };
        return name is null ? null : new GuestType(name, parameter.Length is null ? 1 : 0);
    }
}
