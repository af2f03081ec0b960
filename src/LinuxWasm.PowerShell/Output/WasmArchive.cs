using LinuxWasm.Machine.Archives;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Output;

/// <summary>What was unpacked from an archive, or packed into one.</summary>
public sealed class WasmArchive
{
    internal WasmArchive(string archive, string directory, ArchiveSummary summary, WasmKernel kernel)
    {
        Archive = archive;
        Directory = directory;
        Files = summary.Files;
        Directories = summary.Directories;
        Links = summary.Links;
        Others = summary.Others;
        Bytes = summary.Bytes;
        Refused = summary.Refused;
        Kernel = kernel;
    }

    /// <summary>The archive, on the host.</summary>
    public string Archive { get; }

    /// <summary>The guest's directory.</summary>
    public string Directory { get; }

    public int Files { get; }

    public int Directories { get; }

    /// <summary>Symbolic and hard links.</summary>
    public int Links { get; }

    /// <summary>Devices and pipes.</summary>
    public int Others { get; }

    /// <summary>Bytes of content.</summary>
    public long Bytes { get; }

    /// <summary>Entries that were left out; each is an error with its reason.</summary>
    public int Refused { get; }

    public WasmKernel Kernel { get; }

    public override string ToString() => Archive;
}
