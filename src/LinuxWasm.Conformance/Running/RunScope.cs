using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>What expressions see during a run: the captures of all tasks, the buffers, and the memory of one task as it was read last.</summary>
internal sealed class RunScope(GuestAbi abi, Dictionary<string, Value> captures, MemoryPlan plan, ICaseSession session, Func<ICaseTask?> task, MemoryRange arguments)
    : IEvaluationScope
{
    private readonly List<MemoryWrite> _writes = [];
    private ulong _at = arguments.Address;

    public GuestAbi Abi => abi;

    public MemoryImage? Image { get; set; }

    public Value? Variable(string name) => captures.TryGetValue(name, out var value) ? value : null;

    public GuestPlace? Buffer(string name) => plan.Places.TryGetValue(name, out var place) ? place : null;

    public ulong? Symbol(string name) => session.Symbol(name, abi);

    public byte[]? Read(ulong address, int length)
    {
        if (Image is { } image && image.Contains(address, length))
            return image.Read(address, length).ToArray();
        if (length is < 0 or > 1 << 20 || task() is not { } reader)
            return null;
        var reply = reader.Execute(new StepRequest { Abi = abi, Reads = [new MemoryRange(address, length)] }, TimeSpan.FromSeconds(5));
        return reply?.Memory[0];
    }

    public ulong Place(byte[] bytes, int alignment)
    {
        _at = (_at + (ulong)alignment - 1) & ~((ulong)alignment - 1);
        if (_at + (ulong)bytes.Length > arguments.Address + (ulong)arguments.Length)
            throw new EvaluationException(0, "the strings and structures of the call take too much memory");
        var address = _at;
        _writes.Add(new MemoryWrite(address, bytes));
        _at += (ulong)bytes.Length;
        return address;
    }

    /// <summary>What <see cref="Place"/> has gathered for the call that is being prepared; the room is free again for the next.</summary>
    public List<MemoryWrite> TakeWrites()
    {
        var writes = _writes.ToList();
        _writes.Clear();
        _at = arguments.Address;
        return writes;
    }
}
