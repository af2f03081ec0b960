using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// Declares a static method as the implementation of a system call. The method's first parameter is the calling
/// <see cref="Tasks.LinuxTask"/>; the others are typed, and their types say how the generator decodes the guest's registers:
/// <list type="bullet">
/// <item><c>int</c>, <c>uint</c>, enums and one-register value types (<see cref="Fd"/>, <see cref="Memory.GuestPtr"/>, ...): one register, its low 32 bits;</item>
/// <item><see cref="GuestLong"/>, <see cref="GuestSize"/>: one register, as wide as the ABI's <c>long</c> (signed) or <c>size_t</c>;</item>
/// <item><c>long</c>, <c>ulong</c>: a 64-bit value: two registers on i386, low word first, and one elsewhere;</item>
/// <item><see cref="SplitOffset"/>: two registers in every table, as preadv(2) takes its offset.</item>
/// </list>
/// The generator makes from it the dispatch entry of each table, and the catalogue row that tracing and completion read.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class SyscallAttribute(string name) : Attribute
{
    /// <summary>Linux's name of the call, as in the tables: <c>openat</c>, <c>getuid32</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The tables in which this method answers that name. Tables that lack the name are passed over.</summary>
    public SyscallTable On { get; init; } = SyscallTable.All;

    /// <summary>The manual page, <c>open(2)</c>; the name with section 2 where it is left out.</summary>
    public string? Man { get; init; }

    /// <summary>What the call does not support yet, flag by flag, for the catalogue: <c>O_DIRECT; O_ASYNC</c>. Empty: everything.</summary>
    public string? Unsupported { get; init; }
}

/// <summary>A pointer that the call only reads through; tracing shows what it points to on entry.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InAttribute(string? length = null) : Attribute
{
    /// <summary>The parameter that holds the buffer's length in bytes (or the number of elements), where there is one.</summary>
    public string? Length { get; } = length;
}

/// <summary>A pointer that the call writes through; tracing shows what it points to on return.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OutAttribute(string? length = null) : Attribute
{
    /// <summary>The parameter that bounds the buffer, a number of elements, or <c>return</c> where the result says how much was written.</summary>
    public string? Length { get; } = length;
}

/// <summary>How tracing prints a number: the name of a set of constants (<c>open_flags</c>) or a radix (<c>octal</c>, <c>hex</c>).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShowAttribute(string style) : Attribute
{
    /// <summary>The style's name.</summary>
    public string Style { get; } = style;
}
