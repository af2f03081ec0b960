using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Machine.Programs;

/// <summary>What a task has until its module is instantiated: no memory, every address faults.</summary>
internal sealed unsafe class NoMemory : MemoryBacking
{
    public static GuestMemory Guest { get; } = new(new NoMemory());

    public override byte* Base => null;

    public override ulong Length => 0;

    public override ulong MaximumLength => 0;

    public override bool TryGrow(ulong length) => length == 0;
}
