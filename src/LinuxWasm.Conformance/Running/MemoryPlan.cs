using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>
/// Where the buffers of a run lie: one after the other from the start of memory, with zones between them that nobody may write;
/// behind them room for the strings and structures that stand in calls.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>What memory holds where the case says nothing, so that a write of zeros shows.</summary>
    public const byte Untouched = 0xA5;

    private const int RedZone = 32;
    private const int MaxBuffers = 512 * 1024;

    private readonly Dictionary<string, GuestPlace> _places = [];
    private readonly ulong _base;
    private readonly ulong _size;
    private ulong _end;
    private MemoryRange? _last;

    public MemoryPlan(CaseRun run, ICaseSession session)
    {
        _base = session.MemoryBase;
        _size = session.MemorySize;
        _end = _base + RedZone;
        var evaluator = new Evaluator(new ConstantScope(run.Abi));
        foreach (var buffer in run.Buffers)
        {
            var type = evaluator.Resolve(buffer.Type);
            if (buffer.AtEnd)
            {
                _places[buffer.Name] = new GuestPlace(type, _base + _size - (ulong)type.Size);
                _last = new MemoryRange(_base + _size - (ulong)type.Size, type.Size);
                continue;
            }

            _places[buffer.Name] = new GuestPlace(type, _end);
            _end = Align(_end + (ulong)type.Size + RedZone, 16);
        }

        if (_end - _base > MaxBuffers || _last?.Length > MaxBuffers)
            throw new CaseFormatException(run.Case.Position, $"the buffers take {_end - _base} bytes; at most {MaxBuffers} are to be had");
        _end = Align(_end, 4096);
    }

    public IReadOnlyDictionary<string, GuestPlace> Places => _places;

    /// <summary>What is read after each step: all buffers with the zones between them, and the one at the end of memory.</summary>
    public IReadOnlyList<MemoryRange> Ranges => _last is { } last ? [new(_base, (int)(_end - _base)), last] : [new(_base, (int)(_end - _base))];

    /// <summary>The room of a task's arguments: the upper half of memory is shared out evenly.</summary>
    public MemoryRange ArgumentsOf(int task, int tasks)
    {
        var share = (_size / 2 / (ulong)tasks) & ~4095ul;
        return new MemoryRange(_base + (_size / 2) + (share * (ulong)task), (int)share - MaxTail);
    }

    private const int MaxTail = 4096;

    /// <summary>The first bytes of the buffers, in the ranges that are read later.</summary>
    public List<MemoryWrite> Image(CaseRun run, Evaluator evaluator)
    {
        var image = new byte[_end - _base];
        image.AsSpan().Fill(Untouched);
        var writes = new List<MemoryWrite> { new(_base, image) };
        foreach (var buffer in run.Buffers)
        {
            var place = _places[buffer.Name];
            var bytes = new byte[place.Type.Size];
            if (buffer.Value is not null)
                bytes = evaluator.Build(place.Type, buffer.Value);
            else
                bytes.AsSpan().Fill(buffer.Fill is null ? Untouched : (byte)evaluator.Number(buffer.Fill));
            if (buffer.AtEnd)
                writes.Add(new MemoryWrite(place.Address, bytes));
            else
                bytes.CopyTo(image.AsSpan((int)(place.Address - _base)));
        }

        return writes;
    }

    /// <summary>The bytes of a buffer in what was read after a step; null when that could not be read.</summary>
    public ReadOnlySpan<byte> BytesOf(string buffer, MemoryImage image) =>
        image.Read(_places[buffer].Address, _places[buffer].Type.Size);

    /// <summary>The name of the buffer behind which, or before which, a byte outside of all buffers changed; null when none did.</summary>
    public string? FindOverrun(MemoryImage before, MemoryImage after)
    {
        var was = before.Read(_base, (int)(_end - _base));
        var now = after.Read(_base, (int)(_end - _base));
        if (was.SequenceEqual(now))
            return null;
        var from = 0;
        foreach (var (name, place) in _places.Where(p => p.Value.Address < _end).OrderBy(p => p.Value.Address))
        {
            var at = (int)(place.Address - _base);
            if (!was[from..at].SequenceEqual(now[from..at]))
                return name;
            from = at + place.Type.Size;
        }

        return was[from..].SequenceEqual(now[from..]) ? null : _places.Keys.LastOrDefault() ?? "memory";
    }

    private static ulong Align(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}

/// <summary>The ranges of memory that were read after a step.</summary>
internal sealed class MemoryImage(IReadOnlyList<MemoryRange> ranges, IReadOnlyList<byte[]?> contents)
{
    public bool Contains(ulong address, int length) => Find(address, length) is not null;

    /// <summary>Empty where the memory could not be read.</summary>
    public ReadOnlySpan<byte> Read(ulong address, int length) => Find(address, length) is { } found ? found.Span : default;

    private ReadOnlyMemory<byte>? Find(ulong address, int length)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            var range = ranges[i];
            if (contents[i] is { } bytes && address >= range.Address && address + (ulong)length <= range.Address + (ulong)range.Length)
                return bytes.AsMemory((int)(address - range.Address), length);
        }

        return null;
    }
}
