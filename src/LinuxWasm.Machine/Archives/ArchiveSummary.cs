namespace LinuxWasm.Machine.Archives;

/// <summary>What was taken from an archive, or put into one.</summary>
public sealed class ArchiveSummary
{
    public int Files { get; internal set; }

    public int Directories { get; internal set; }

    /// <summary>Symbolic and hard links.</summary>
    public int Links { get; internal set; }

    /// <summary>Devices and pipes.</summary>
    public int Others { get; internal set; }

    /// <summary>Bytes of content.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Entries that were left out, each with its reason.</summary>
    public int Refused { get; internal set; }

    /// <summary>All that was done.</summary>
    public int Entries => Files + Directories + Links + Others;
}

/// <summary>Whoever watches the work.</summary>
/// <param name="Entry">An entry's turn has come: its name.</param>
/// <param name="Refused">An entry is left out: its name, and why.</param>
/// <param name="Stop">Ends the work between two pieces of it.</param>
public sealed record ArchiveWatcher(Action<string, ArchiveSummary> Entry, Action<string, string> Refused, CancellationToken Stop);
