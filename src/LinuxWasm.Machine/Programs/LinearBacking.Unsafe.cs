using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Machine.Programs;

/// <summary>A module's linear memory as the kernel's guest memory: the same bytes, seen from the other side of the house.</summary>
internal sealed unsafe class LinearBacking(LinearMemory memory) : MemoryBacking
{
    public LinearMemory Memory { get; } = memory;

    public override byte* Base => Memory.Base;

    public override ulong Length => Memory.Length;

    public override ulong MaximumLength => Memory.LimitPages * LinearMemory.PageSize;

    public override bool TryGrow(ulong length)
    {
        if (length <= Memory.Length)
            return true;
        var missing = length - Memory.Length;
        return Memory.Grow((missing + LinearMemory.PageSize - 1) / LinearMemory.PageSize) >= 0;
    }
}
