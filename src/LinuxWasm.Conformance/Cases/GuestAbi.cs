namespace LinuxWasm.Conformance.Cases;

/// <summary>Which system call table, and so which numbers and structure layouts, a case is run with.</summary>
public enum GuestAbi
{
    /// <summary>The 32-bit table: on Linux entered through <c>int 0x80</c>.</summary>
    I386,

    /// <summary>The 64-bit table: on Linux entered through <c>syscall</c>.</summary>
    X8664,
}

/// <summary>Facts about each <see cref="GuestAbi"/>.</summary>
public static class GuestAbis
{
    public static IReadOnlyList<GuestAbi> All { get; } = [GuestAbi.I386, GuestAbi.X8664];

    /// <summary>The name that cases, reports and the command line use.</summary>
    public static string Name(this GuestAbi abi) => abi == GuestAbi.I386 ? "i386" : "x86-64";

    /// <summary>The size of <c>long</c> and of a pointer, in bytes.</summary>
    public static int WordSize(this GuestAbi abi) => abi == GuestAbi.I386 ? 4 : 8;

    /// <summary>i386 aligns 64-bit integers to 4 bytes inside structures; x86-64 to 8.</summary>
    public static int AlignmentOf(this GuestAbi abi, int size) => Math.Min(size, abi.WordSize());

    public static GuestAbi? Parse(string name) => name switch
    {
        "i386" => GuestAbi.I386,
        "x86-64" => GuestAbi.X8664,
        _ => null,
    };
}
