using System.Runtime.InteropServices;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>
/// Memory that grows as linear memory does: what has not been grown into is reserved and untouched, so that a case which uses a few
/// pages costs a few pages.
/// </summary>
internal sealed unsafe class HarnessMemory : MemoryBacking, IDisposable
{
    private byte* _base;
    private ulong _length;

    /// <param name="length">Bytes at the start, a multiple of the page size.</param>
    /// <param name="maximum">Bytes that it can grow to.</param>
    public HarnessMemory(uint length, uint maximum)
    {
        _base = (byte*)NativeMemory.AllocZeroed(maximum);
        _length = length;
        MaximumLength = maximum;
    }

    ~HarnessMemory() => Free();

    public override byte* Base => _base;

    public override ulong Length => Volatile.Read(ref _length);

    public override ulong MaximumLength { get; }

    /// <summary>Another memory of the same size and content.</summary>
    public HarnessMemory Copy()
    {
        var copy = new HarnessMemory((uint)Length, (uint)MaximumLength);
        Buffer.MemoryCopy(_base, copy._base, (long)copy.MaximumLength, (long)Length);
        return copy;
    }

    public override bool TryGrow(ulong length)
    {
        if (length > MaximumLength)
            return false;
        if (length > Length)
            Volatile.Write(ref _length, length);
        return true;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_base);
        _base = null;
    }
}
