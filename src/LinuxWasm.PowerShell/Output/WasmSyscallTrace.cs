namespace LinuxWasm.PowerShell.Output;

/// <summary>A system call that a process made while it was traced.</summary>
public sealed class WasmSyscallTrace
{
    public required int ProcessId { get; init; }

    public required int ThreadId { get; init; }

    public required string Name { get; init; }

    /// <summary>The value; -1 for an error; null for a call that does not return.</summary>
    public required long? ReturnValue { get; init; }

    /// <summary>The error's name, for a call that a signal interrupted how it is made again (<c>ERESTARTSYS</c>); null for success.</summary>
    public required string? Errno { get; init; }

    /// <summary>The host's time when the call had returned.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The call as strace(1) prints it.</summary>
    public required string Text { get; init; }

    public override string ToString() => Text;
}
