using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// What a system call answers: a value, or an error number. As in Linux's registers, -4095..-1 are errors and everything else is a value.
/// </summary>
public readonly struct SysResult(long value)
{
    /// <summary>The register: a value, or the negated error number.</summary>
    public long Value { get; } = value;

    /// <summary>True where <see cref="Value"/> is an error.</summary>
    public bool IsError => (ulong)Value >= unchecked((ulong)-4095L);

    /// <summary>The error, or <see cref="Abi.Errno.None"/>.</summary>
    public Errno Errno => IsError ? (Errno)(-Value) : Errno.None;

    public static implicit operator SysResult(long value) => new(value);

    public static implicit operator SysResult(int value) => new(value);

    public static implicit operator SysResult(Errno errno) => new(-(long)errno);

    public override string ToString() => IsError ? Errno.ToString() : Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
