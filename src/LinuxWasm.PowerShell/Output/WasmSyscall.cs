namespace LinuxWasm.PowerShell.Output;

/// <summary>One system call of the catalogue.</summary>
public sealed class WasmSyscall
{
    public required string Name { get; init; }

    /// <summary>The number in the i386 table, which wasm_host_syscall takes; null where that table lacks the name.</summary>
    public required int? I386 { get; init; }

    /// <summary>The number in the x86-64 table.</summary>
    public required int? X64 { get; init; }

    /// <summary>The number in the generic table of newer architectures.</summary>
    public required int? Generic { get; init; }

    public required WasmSyscallSupport Support { get; init; }

    /// <summary>What of it is not there: flags, or tables in which it answers ENOSYS.</summary>
    public required string[] Unsupported { get; init; }

    /// <summary>The parameters; empty for calls that are not implemented, too.</summary>
    public required WasmSyscallParameter[] Parameters { get; init; }

    /// <summary>The manual page that says what it does: open(2).</summary>
    public required string ManPage { get; init; }

    /// <summary>The call as C would declare it, without types.</summary>
    public string Signature => Support == WasmSyscallSupport.None ? Name : $"{Name}({string.Join(", ", Parameters.Select(parameter => parameter.Name))})";

    public override string ToString() => Name;
}

/// <summary>A parameter of a system call.</summary>
public sealed class WasmSyscallParameter
{
    public required string Name { get; init; }

    /// <summary>What is handed over: fd, path, int, size, pointer, ... or the set of constants that it is made of.</summary>
    public required string Type { get; init; }

    /// <summary>For pointers: In, Out or InOut; else empty.</summary>
    public required string Direction { get; init; }

    public override string ToString() => Direction.Length == 0 ? $"{Type} {Name}" : $"[{Direction}] {Type} {Name}";
}

/// <summary>How much of a call works.</summary>
public enum WasmSyscallSupport
{
    /// <summary>It answers ENOSYS.</summary>
    None,

    /// <summary>It works but for what is listed as unsupported.</summary>
    Partial,

    Full,
}
