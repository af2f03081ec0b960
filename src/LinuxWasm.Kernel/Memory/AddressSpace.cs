namespace LinuxWasm.Kernel.Memory;

/// <summary>A process's mappings (Linux's mm_struct), shared by the tasks that were cloned with CLONE_VM.</summary>
public sealed class AddressSpace(GuestMemory memory)
{
    public GuestMemory Memory { get; } = memory;
}
