namespace LinuxWasm.Engine;

/// <summary>What goes into a snapshot besides the engine's own state, and how it comes back.</summary>
public sealed record SnapshotOptions
{
    /// <summary>
    /// False: memories are not written. So it is for instances that share one with another that has been saved;
    /// when they are restored, <see cref="Memory"/> must say which.
    /// </summary>
    public bool WithMemories { get; init; } = true;

    /// <summary>When restoring what was saved without memories: what takes the place of the instance's memory 0, if that is not imported.</summary>
    public LinearMemory? Memory { get; init; }

    /// <summary>When saving: a text for a host object that the guest holds as an externref. Null refuses it, which fails the snapshot by name.</summary>
    public Func<object, string?>? NameExtern { get; init; }

    /// <summary>When restoring: the object for such a text. Null fails the restoration by name.</summary>
    public Func<string, object?>? FindExtern { get; init; }
}

/// <summary>An instance that can't be saved, or a file that is no snapshot of this module by this engine: what was expected and what is there.</summary>
public sealed class SnapshotException : Exception
{
    public SnapshotException(string message)
        : base(message)
    {
    }

    public SnapshotException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>
/// A snapshot's outline. Everything is little-endian; what a part holds follows from the module, so that few lengths
/// stand in the file: magic, format, hashes of module and options; globals; tables; segments that are dropped; memories; the stack; a hash of it all.
/// </summary>
internal static class SnapshotFormat
{
    public const ulong Magic = 0x50414E534D534157; // "WASMSNAP"

    /// <summary>To be raised when the parts or their order change, or what the engine keeps in a frame besides the call site's values.</summary>
    public const uint Version = 1;

    /// <summary>The grain in which memory that is zero is left out: a page of most systems, so that it is not made resident either.</summary>
    public const int Page = 4096;

    /// <summary>Pages behind one another that are written as one piece, at most.</summary>
    public const int MostPages = 256;

    public const int HashSize = 32;

    public const int LongestName = 4096;
}
