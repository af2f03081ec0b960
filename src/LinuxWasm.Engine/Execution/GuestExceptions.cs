namespace LinuxWasm.Engine;

/// <summary>An exception that a guest has thrown.</summary>
internal sealed record GuestException(Tag Tag, WasmValue[] Values);

/// <summary>
/// The exceptions that a guest has caught and may still refer to, by number. Only the latest are kept, since nothing tells
/// when a guest has dropped its last reference: a guest that keeps more is refused when it throws an old one again.
/// </summary>
internal sealed class GuestExceptions
{
    private const int Kept = 1 << 16;

    private readonly List<GuestException> ring = [];
    private nint next = 1;

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

    public GuestExceptions Copy()
    {
        var copy = new GuestExceptions { next = next };
        copy.ring.AddRange(ring);
        return copy;
    }
}
