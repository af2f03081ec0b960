namespace LinuxWasm.Conformance.Expressions;

/// <summary>The functions that expressions may use.</summary>
public static class Functions
{
    /// <summary>
    /// <list type="bullet">
    /// <item><c>repeat("a", n)</c>: the string n times.</item>
    /// <item><c>bytes("a", repeat("\0", 8), "b")</c>: strings one after the other; as a file's content, bytes that are no text.</item>
    /// <item><c>lo(x)</c>, <c>hi(x)</c>: the two 32-bit halves of a 64-bit number, for calls that take them apart.</item>
    /// <item><c>makedev(major, minor)</c>: a device number as mknod takes it.</item>
    /// <item><c>mem(address, n)</c>: n bytes of the task's memory, for memory that is no buffer of the case.</item>
    /// <item><c>int32at(address)</c>: four bytes of the task's memory as a signed number.</item>
    /// <item><c>len("text")</c>: the number of bytes, without the NUL.</item>
    /// <item><c>cap(CAP_X)</c>: the bit of a capability, 1 &lt;&lt; (x mod 32), in the word of a cap_data.</item>
    /// <item><c>sig(SIGX)</c>: the bit of a signal in a signal set.</item>
    /// <item><c>entries(buffer, n)</c>: the names in the first n bytes of linux_dirent64 entries, sorted, joined by spaces;
    /// <c>oldentries(buffer, n)</c> for linux_dirent.</item>
    /// </list>
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
        ["repeat", "bytes", "lo", "hi", "makedev", "mem", "int32at", "len", "cap", "sig", "entries", "oldentries"];
}
