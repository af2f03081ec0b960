namespace LinuxWasm.Abi;

/// <summary>The 16-bit user and group ids of i386's first calls (linux/highuid.h).</summary>
public static class OldId
{
    /// <summary>What a 16-bit call shows of an id that does not fit: overflowuid and overflowgid.</summary>
    public const ushort Overflow = 65534;

    /// <summary>low2highuid: 0xffff means -1, "leave it as it is".</summary>
    public static uint Widen(ushort id) => id == ushort.MaxValue ? uint.MaxValue : id;

    /// <summary>high2lowuid.</summary>
    public static ushort Narrow(uint id) => id > ushort.MaxValue ? Overflow : (ushort)id;
}
