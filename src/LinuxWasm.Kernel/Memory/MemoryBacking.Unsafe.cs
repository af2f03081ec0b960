namespace LinuxWasm.Kernel.Memory;

/// <summary>
/// The bytes behind a guest's addresses: WebAssembly linear memory, or plain memory where the kernel is driven without a module.
/// The base never moves and the length never shrinks, so a pointer into it stays valid for as long as the backing lives.
/// </summary>
public abstract unsafe class MemoryBacking
{
    /// <summary>Where guest address 0 lies in the host process.</summary>
    public abstract byte* Base { get; }

    /// <summary>Bytes that can be accessed now.</summary>
    public abstract ulong Length { get; }

    /// <summary>Bytes that <see cref="TryGrow"/> can reach at the most; at most 4 GiB.</summary>
    public abstract ulong MaximumLength { get; }

    /// <summary>Makes at least <paramref name="length"/> bytes accessible, new ones zero. False where a limit forbids it.</summary>
    public abstract bool TryGrow(ulong length);

    /// <summary>Makes a page-aligned range read as zero again, giving its memory back to the host where that is possible.</summary>
    public virtual void Discard(uint start, uint length) => new Span<byte>(Base + start, checked((int)length)).Clear();
}
