namespace LinuxWasm.Kernel.Tasks;

/// <summary>A task's alternate signal stack (sigaltstack(2)); of size 0 where there is none.</summary>
/// <param name="Base">Its lowest address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="AutoDisarm">SS_AUTODISARM: cleared while a handler runs on it.</param>
internal readonly record struct SignalStack(uint Base, uint Size, bool AutoDisarm)
{
    public bool IsSet => Size != 0;

    public ulong Top => (ulong)Base + Size;

    /// <summary>True where a stack pointer lies on it. A stack that disarms itself never counts: it may be used again.</summary>
    public bool Contains(uint stackPointer) => !AutoDisarm && IsSet && stackPointer > Base && stackPointer <= Top;
}
