namespace LinuxWasm.Kernel.Memory;

/// <summary>A process's mappings (Linux's mm_struct), shared by the tasks that were cloned with CLONE_VM.</summary>
public sealed class AddressSpace(GuestMemory memory)
{
    public GuestMemory Memory { get; } = memory;

    /// <summary>The most bytes that were mapped at any time.</summary>
    public ulong PeakBytes => Memory.Backing.Length;

    /// <summary>prctl(2), PR_SET_DUMPABLE.</summary>
    public bool Dumpable { get; internal set; } = true;
}
