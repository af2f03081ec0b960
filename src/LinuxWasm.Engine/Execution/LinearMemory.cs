using LinuxWasm.Engine.Platform;

namespace LinuxWasm.Engine;

/// <summary>
/// A linear memory: address space for its maximum is reserved at once, so that it never moves; memory is committed as it grows.
/// Safe for several threads. Disposing it while a guest runs on it is the caller's error.
/// </summary>
public sealed unsafe class LinearMemory : Extern, IDisposable
{
    /// <summary>Bytes in a page of WebAssembly.</summary>
    public const int PageSize = 65536;

    private const ulong MaximumPages32 = 65536;

    private readonly Lock gate = new();
    private readonly List<nint> slots = [];
    private readonly nuint reserved;
    private ulong length;
    private int disposed;

    /// <param name="type">Initial and maximum size.</param>
    /// <param name="limitPages">The host's own bound; growth beyond it fails as growth beyond the maximum does.</param>
    /// <exception cref="OutOfMemoryException">The initial size is above the limit, or the system has no room for it.</exception>
    public LinearMemory(MemoryType type, ulong limitPages = MaximumPages32)
    {
        Type = type;
        LimitPages = Math.Min(Math.Min(type.Maximum ?? MaximumPages32, limitPages), MaximumPages32);
        if (type.Minimum > LimitPages)
            throw new OutOfMemoryException($"a memory of {type.Minimum} pages is above the limit of {LimitPages}");
        reserved = (nuint)Math.Max(LimitPages, 1) * PageSize;
        Base = AddressSpace.Current.Reserve(reserved);
        if (Base == null)
            throw new OutOfMemoryException($"no address space for {LimitPages} pages");
        if (!AddressSpace.Current.Commit(Base, (nuint)(type.Minimum * PageSize)))
        {
            AddressSpace.Current.Release(Base, reserved);
            throw new OutOfMemoryException($"no memory for {type.Minimum} pages");
        }

        length = type.Minimum * PageSize;
    }

    ~LinearMemory() => Release();

    public MemoryType Type { get; }

    public override ExternType ExternType => Type with { Minimum = Length / PageSize };

    /// <summary>The address of byte 0; the same for the memory's whole life.</summary>
    public byte* Base { get; private set; }

    /// <summary>Bytes that may be used now. Only grows.</summary>
    public ulong Length => Volatile.Read(ref length);

    /// <summary>Pages that <see cref="Grow"/> never goes beyond.</summary>
    public ulong LimitPages { get; }

    public bool Shared => Type.Shared;

    /// <summary>Waiters of memory.atomic.wait, by address.</summary>
    internal WaitQueues Waiters { get; } = new();

    /// <summary>Adds zeroed pages. Answers the size before, in pages, or -1 if the limit or the system forbids it.</summary>
    public long Grow(ulong pages)
    {
        lock (gate)
        {
            ulong before = length / PageSize;
            if (pages > LimitPages - before)
                return -1;
            if (!AddressSpace.Current.Commit(Base + length, (nuint)(pages * PageSize)))
                return -1;
            Volatile.Write(ref length, length + pages * PageSize);
            foreach (nint slot in slots)
                Volatile.Write(ref ((MemorySlot*)slot)->Length, length);
            return (long)before;
        }
    }

    /// <summary>The bytes at an address, if all of them are inside. A span must not outlive the memory; growth does not harm it.</summary>
    public bool TryGetSpan(ulong address, int count, out Span<byte> bytes)
    {
        ulong now = Length;
        if (count < 0 || address > now || (ulong)count > now - address)
        {
            bytes = default;
            return false;
        }

        bytes = new Span<byte>(Base + address, count);
        return true;
    }

    /// <summary>A memory of the same type, limit, size and content. Other threads must not write meanwhile.</summary>
    /// <exception cref="OutOfMemoryException">The system has no room.</exception>
    public LinearMemory Clone()
    {
        ulong size = Length;
        var copy = new LinearMemory(Type with { Minimum = size / PageSize }, LimitPages);
        for (ulong at = 0; at < size; at += PageSize)
        {
            // Untouched pages read as zero; writing zeros to the copy would only make them resident.
            var page = new ReadOnlySpan<byte>(Base + at, PageSize);
            if (page.ContainsAnyExcept((byte)0))
                page.CopyTo(new Span<byte>(copy.Base + at, PageSize));
        }

        return copy;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal void Attach(MemorySlot* slot)
    {
        lock (gate)
        {
            slot->Base = Base;
            slot->Length = length;
            slots.Add((nint)slot);
        }
    }

    internal void Detach(MemorySlot* slot)
    {
        lock (gate)
            slots.Remove((nint)slot);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0 || Base == null)
            return;
        lock (gate)
        {
            // Whoever still runs on it traps instead of touching what is no longer there.
            foreach (nint slot in slots)
                ((MemorySlot*)slot)->Length = 0;
            length = 0;
        }

        AddressSpace.Current.Release(Base, reserved);
    }
}
