using System.Runtime.InteropServices;

namespace LinuxWasm.Engine;

/// <summary>A table of references. A null function reference is stored as the address of a reference of no type, so that an indirect call needs no test for it.</summary>
public sealed unsafe class Table : Extern
{
    /// <summary>More elements than this are refused, whatever the module's maximum: 8 bytes each.</summary>
    public const ulong MaximumElements = 10_000_000;

    private readonly HashSet<object> roots = [];
    private readonly bool ofFunctions;

    /// <exception cref="OutOfMemoryException">The minimum is above <see cref="MaximumElements"/>.</exception>
    public Table(TableType type, WasmValue initial = default)
    {
        Type = type;
        ofFunctions = type.Element.IsFunction();
        if (type.Minimum > MaximumElements)
            throw new OutOfMemoryException($"a table of {type.Minimum} elements is above the limit of {MaximumElements}");
        Slot = (TableSlot*)NativeMemory.AllocZeroed((nuint)sizeof(TableSlot));
        Slot->Elements = (nint*)NativeMemory.Alloc((nuint)Math.Max(type.Minimum, 1), (nuint)sizeof(nint));
        Slot->Length = type.Minimum;
        Elements.Fill(Encode(initial.Ref));
    }

    ~Table()
    {
        if (Slot == null)
            return;
        NativeMemory.Free(Slot->Elements);
        NativeMemory.Free(Slot);
    }

    public TableType Type { get; }

    public override ExternType ExternType => Type with { Minimum = Length };

    public ulong Length => Slot->Length;

    internal TableSlot* Slot { get; }

    internal Span<nint> Elements => new(Slot->Elements, (int)Slot->Length);

    /// <summary>The function at an index; null if the element is null, out of range, or not a guest's function.</summary>
    public GuestFunction? GetFunction(ulong index)
    {
        if (!ofFunctions || index >= Length)
            return null;
        return IlInstance.FunctionOf((FuncRef*)Decode(Elements[(int)index])) as GuestFunction;
    }

    internal nint this[ulong index]
    {
        get => Decode(Elements[checked((int)index)]);
        set => Elements[checked((int)index)] = Encode(value);
    }

    internal void Fill(nint value) => Elements.Fill(Encode(value));

    /// <summary>Answers the size before, or -1.</summary>
    internal long Grow(ulong count, nint value)
    {
        ulong before = Slot->Length;
        ulong limit = Math.Min(Type.Maximum ?? MaximumElements, MaximumElements);
        if (before > limit || count > limit - before)
            return -1;
        Slot->Elements = (nint*)NativeMemory.Realloc(Slot->Elements, (nuint)((before + count) * 8 + 8));
        Slot->Length = before + count;
        Elements[(int)before..].Fill(Encode(value));
        return (long)before;
    }

    internal Table Copy()
    {
        var copy = new Table(Type with { Minimum = Length });
        Elements.CopyTo(copy.Elements);
        return copy;
    }

    /// <summary>Keeps an object alive as long as the table: the owner of functions that may stand in it.</summary>
    internal void Root(object owner)
    {
        lock (roots)
            roots.Add(owner);
    }

    internal nint Encode(nint reference) => reference == 0 && ofFunctions ? (nint)NullFunction.Address : reference;

    internal nint Decode(nint element) => element == (nint)NullFunction.Address ? 0 : element;
}

/// <summary>What a null funcref in a table points to: a function of no type.</summary>
internal static unsafe class NullFunction
{
    public static readonly FuncRef* Address = (FuncRef*)NativeMemory.AllocZeroed(FuncRef.Size);
}
