using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.Memory;

/// <summary>Guest memory of a fixed size outside any WebAssembly module, for tasks that are driven from C# (conformance cases, tests, single calls).</summary>
public sealed unsafe class PlainMemory : MemoryBacking, IDisposable
{
    private byte* _base;

    /// <param name="length">Bytes, a multiple of the page size.</param>
    public PlainMemory(uint length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        if (length % GuestMemory.PageSize != 0)
            throw new ArgumentOutOfRangeException(nameof(length), length, "a multiple of the page size is expected");
        _base = (byte*)NativeMemory.AllocZeroed(length);
        Length = length;
    }

    ~PlainMemory() => Free();

    public override byte* Base => _base;

    public override ulong Length { get; }

    public override ulong MaximumLength => Length;

    public override bool TryGrow(ulong length) => length <= Length;

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
