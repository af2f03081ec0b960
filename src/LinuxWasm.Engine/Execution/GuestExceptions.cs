namespace LinuxWasm.Engine;

/// <summary>An exception that a guest has thrown.</summary>
internal sealed record GuestException(Tag Tag, WasmValue[] Values);

/// <summary>
/// The exceptions that a guest has caught and may still refer to, by number. Only the latest are kept, since nothing tells
/// when a guest has dropped its last reference: a guest that keeps more is refused when it throws an old one again.
/// </summary>
internal sealed class GuestExceptions
{
    public const int Kept = 1 << 16;

    private readonly List<GuestException> ring;
    private nint next;

    public GuestExceptions()
        : this(1, [])
    {
    }

    public GuestExceptions(nint next, List<GuestException> ring)
    {
        this.next = next;
        this.ring = ring;
    }

    /// <summary>The number of the next exception.</summary>
    public nint Next => next;

    public IReadOnlyList<GuestException> All => ring;

    /// <summary>A number for an exception; never 0.</summary>
    public nint Add(GuestException exception)
    {
        if (ring.Count < Kept)
            ring.Add(exception);
        else
            ring[(int)((next - 1) % Kept)] = exception;
        return next++;
    }

    /// <exception cref="TrapException">The reference is null, or too old.</exception>
    public GuestException Get(nint reference)
    {
        if (reference <= 0 || reference >= next)
            throw new TrapException(TrapKind.NullReference);
        if (reference < next - Kept)
            throw new TrapException(TrapKind.NullReference, $"more than {Kept} exceptions were caught since");
        return ring[(int)((reference - 1) % Kept)];
    }

    public GuestExceptions Copy() => new(next, [.. ring]);

    /// <summary>A copy whose references are changed.</summary>
    public GuestExceptions Copy(Func<ValType, nint, nint> change) => new(next, ring.ConvertAll(e => e with { Values = Changed(e, change) }));

    private static WasmValue[] Changed(GuestException exception, Func<ValType, nint, nint> change)
    {
        var values = (WasmValue[])exception.Values.Clone();
        for (int i = 0; i < values.Length; i++)
        {
            var type = exception.Tag.Type.Type.Parameters[i];
            if (type.IsReference())
                values[i].Ref = change(type, values[i].Ref);
        }

        return values;
    }
}
