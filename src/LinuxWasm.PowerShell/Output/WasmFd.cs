using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Output;

/// <summary>An open descriptor of a process, as it was when it was looked at.</summary>
public sealed class WasmFd
{
    public required int Fd { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>The name that the file was opened by; what has none is shown as Linux shows it (pipe:[12]).</summary>
    public required string Path { get; init; }

    /// <summary>File, Directory, CharacterDevice, Pipe, ...</summary>
    public required string Type { get; init; }

    /// <summary>r, w, rw, or - for a descriptor that only names a place (O_PATH).</summary>
    public required string Access { get; init; }

    /// <summary>The status flags by name, without the access mode: O_APPEND|O_NONBLOCK.</summary>
    public required string Flags { get; init; }

    /// <summary>Closed by execve(2).</summary>
    public required bool CloseOnExec { get; init; }

    /// <summary>The file offset; null for what has none.</summary>
    public required long? Position { get; init; }

    public required ulong Inode { get; init; }

    /// <summary>The file system that it lies in.</summary>
    public required string FileSystem { get; init; }

    public required WasmKernel Kernel { get; init; }

    public override string ToString() => $"{Fd} {Path}";
}
