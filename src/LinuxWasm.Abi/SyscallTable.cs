namespace LinuxWasm.Abi;

/// <summary>Linux's system call number tables. A declaration may be limited to some of them.</summary>
[Flags]
public enum SyscallTable
{
    None = 0,

    /// <summary>arch/x86/entry/syscalls/syscall_32.tbl.</summary>
    I386 = 1,

    /// <summary>arch/x86/entry/syscalls/syscall_64.tbl.</summary>
    X64 = 2,

    /// <summary>include/uapi/asm-generic/unistd.h, for a 64-bit architecture.</summary>
    Generic = 4,

    /// <summary>Every table that has the name.</summary>
    All = I386 | X64 | Generic,
}
