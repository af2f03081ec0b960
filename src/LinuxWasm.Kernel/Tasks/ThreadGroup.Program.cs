using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What the process was started with, for /proc/pid. Whoever starts a program sets it.</summary>
public sealed partial class ThreadGroup
{
    /// <summary>The arguments, the program's name first.</summary>
    public IReadOnlyList<string> CommandLine { get; set; } = [];

    /// <summary>NAME=value, as they were at the start.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>The program's file; null where it is none of the guest's tree.</summary>
    public VfsPath? Executable { get; set; }
}
