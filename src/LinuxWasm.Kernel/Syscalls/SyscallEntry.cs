using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>One implemented call as the catalogue, tracing and completion see it. The generator writes these.</summary>
public sealed record SyscallEntry(
    string Name,
    SyscallTable Tables,
    string Man,
    string? Unsupported,
    SyscallParameter[] Parameters);

/// <summary>A parameter of a call.</summary>
/// <param name="Name">The man page's name.</param>
/// <param name="Kind">How its registers are decoded.</param>
/// <param name="Type">The C# type's name: an enum of flags, the element of a pointer.</param>
/// <param name="Direction">Whether a pointer is read, written, or neither is said.</param>
/// <param name="Length">The parameter that bounds a buffer, <c>return</c>, or null.</param>
/// <param name="Style">The <see cref="ShowAttribute"/>'s style, or null.</param>
public sealed record SyscallParameter(
    string Name,
    ParameterKind Kind,
    string Type,
    ParameterDirection Direction = ParameterDirection.None,
    string? Length = null,
    string? Style = null);

/// <summary>How many registers a parameter takes, and how they are read.</summary>
public enum ParameterKind
{
    /// <summary>A signed 32-bit value.</summary>
    Int,

    /// <summary>An unsigned 32-bit value.</summary>
    UInt,

    /// <summary>A <see cref="Fd"/>.</summary>
    Fd,

    /// <summary>A guest address.</summary>
    Pointer,

    /// <summary>The address of a path name.</summary>
    Path,

    /// <summary>C's long, sign-extended.</summary>
    Long,

    /// <summary>C's size_t, zero-extended.</summary>
    Size,

    /// <summary>64 bits: two registers on i386.</summary>
    Int64,

    /// <summary>64 bits in two registers of every table.</summary>
    Split,
}

/// <summary>What a call does through a pointer.</summary>
public enum ParameterDirection
{
    None,
    In,
    Out,
    InOut,
}
