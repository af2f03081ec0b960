namespace LinuxWasm.Engine;

/// <summary>A global. Its value stands in unmanaged memory, where compiled code reads it.</summary>
public sealed unsafe class Global : Extern
{
    private readonly object? owner;
    private readonly WasmValue[]? own;
    private readonly Lock gate = new();
    private HashSet<object>? roots;

    /// <summary>A global of the host's own, to be imported.</summary>
    public Global(GlobalType type, WasmValue value)
    {
        Type = type;
        own = GC.AllocateArray<WasmValue>(1, pinned: true);
        fixed (WasmValue* cell = own)
            Cell = cell;
        *Cell = value;
    }

    internal Global(GlobalType type, WasmValue* cell, object owner)
    {
        Type = type;
        Cell = cell;
        this.owner = owner;
    }

    public GlobalType Type { get; }

    public override ExternType ExternType => Type;

    public WasmValue Value
    {
        get => *Cell;
        set
        {
            if (!Type.Mutable)
                throw new InvalidOperationException("the global is immutable");
            *Cell = value;
        }
    }

    internal WasmValue* Cell { get; }

    /// <summary>Keeps an object alive as long as the global: the owner of functions that it may refer to.</summary>
    internal void Root(object holder)
    {
        lock (gate)
            (roots ??= []).Add(holder);
    }

    /// <summary>Keeps what the cell stands in alive as long as this object.</summary>
    internal object? Owner => owner ?? own;
}
