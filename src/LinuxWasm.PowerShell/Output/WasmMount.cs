using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Output;

/// <summary>A file system in the tree.</summary>
public sealed class WasmMount
{
    /// <summary>The place that it covers.</summary>
    public required string Target { get; init; }

    public required string Type { get; init; }

    /// <summary>What is mounted: for a host folder its path on the host.</summary>
    public required string Source { get; init; }

    /// <summary>As /proc/mounts shows them: rw,relatime.</summary>
    public required string Options { get; init; }

    public required bool ReadOnly { get; init; }

    /// <summary>Open files and working directories in it.</summary>
    public required int Users { get; init; }

    public required int Id { get; init; }

    public required WasmKernel Kernel { get; init; }

    public override string ToString() => Target;
}
