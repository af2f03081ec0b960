namespace LinuxWasm.Engine.Platform;

/// <summary>Reserving address space and finding a thread's stack: what each operating system does its own way.</summary>
internal unsafe interface IAddressSpace
{
    /// <summary>Address space without memory behind it; null if there is none.</summary>
    byte* Reserve(nuint bytes);

    /// <summary>Puts zeroed memory behind whole pages of a reservation. False if the system has none to give.</summary>
    bool Commit(byte* address, nuint bytes);

    /// <summary>Gives committed pages back to the system; they read as zero when committed again.</summary>
    void Decommit(byte* address, nuint bytes);

    void Release(byte* address, nuint bytes);

    /// <summary>The lowest address that the calling thread's stack may grow down to.</summary>
    nuint StackLowest();
}

internal static class AddressSpace
{
    public static readonly IAddressSpace Current = OperatingSystem.IsWindows() ? new WindowsAddressSpace() : new UnixAddressSpace();
}
