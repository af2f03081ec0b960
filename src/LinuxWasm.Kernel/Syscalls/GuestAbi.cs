using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>What a guest and the kernel agree on: a number table, and the widths from which structure layouts follow.</summary>
public sealed class GuestAbi
{
    private GuestAbi(string name, SyscallTable table, int longSize, int pointerSize)
    {
        Name = name;
        Table = table;
        LongSize = longSize;
        PointerSize = pointerSize;
    }

    /// <summary>i386: numbers and layouts of Linux's 32-bit x86, in which 64-bit fields are aligned to 4.</summary>
    public static GuestAbi I386 { get; } = new("i386", SyscallTable.I386, 4, 4);

    /// <summary>x86-64: 64-bit longs and pointers; the comparison with a native 64-bit Linux uses it.</summary>
    public static GuestAbi X64 { get; } = new("x86-64", SyscallTable.X64, 8, 8);

    /// <summary>asm-generic numbers with 64-bit longs and pointers.</summary>
    public static GuestAbi Generic { get; } = new("generic", SyscallTable.Generic, 8, 8);

    /// <summary>WALI: x86-64 numbers and structures, but 32-bit pointers and <c>size_t</c>.</summary>
    public static GuestAbi Wali { get; } = new("wali", SyscallTable.X64, 8, 4);

    /// <summary>All of them, for options and completion.</summary>
    public static IReadOnlyList<GuestAbi> All { get; } = [I386, X64, Generic, Wali];

    public string Name { get; }

    public SyscallTable Table { get; }

    /// <summary>Bytes of C's <c>long</c>: 4 or 8.</summary>
    public int LongSize { get; }

    /// <summary>Bytes of a pointer inside structures: 4 or 8. Addresses never exceed 32 bits.</summary>
    public int PointerSize { get; }

    public bool Is32Bit => LongSize == 4;

    public override string ToString() => Name;
}
