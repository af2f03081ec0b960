using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Memory;

/// <summary>
/// A run of pages that are mapped alike (Linux's vm_area_struct). Immutable: a change puts others in its place. Page numbers, not addresses, so
/// that nothing overflows at 4 GiB.
/// </summary>
public sealed record MemoryArea
{
    /// <summary>The first page.</summary>
    public required uint Start { get; init; }

    /// <summary>One past the last page.</summary>
    public required uint End { get; init; }

    public required ProtFlags Protection { get; init; }

    /// <summary>MAP_SHARED; else MAP_PRIVATE.</summary>
    public bool IsShared { get; init; }

    /// <summary>mlock(2).</summary>
    public bool IsLocked { get; init; }

    /// <summary>What is mapped; null for anonymous memory.</summary>
    public FileMapping? File { get; init; }

    /// <summary>The page of the file that the first page shows.</summary>
    public ulong FilePage { get; init; }

    /// <summary>MADV_DONTFORK.</summary>
    public bool DontFork { get; init; }

    /// <summary>MADV_WIPEONFORK.</summary>
    public bool WipeOnFork { get; init; }

    /// <summary>What /proc/pid/maps shows for memory without a file: <c>[heap]</c>.</summary>
    public string? Name { get; init; }

    public uint Pages => End - Start;

    /// <summary>The part of it between two pages that lie in it.</summary>
    public MemoryArea Part(uint start, uint end) => this with { Start = start, End = end, FilePage = File is null ? 0 : FilePage + (start - Start) };

    /// <summary>True where <paramref name="next"/> follows it and differs in nothing, so that the two are one area.</summary>
    public bool Continues(MemoryArea next) =>
        End == next.Start && next with { Start = Start, FilePage = FilePage } == this with { End = next.End }
        && (File is null || FilePage + Pages == next.FilePage);
}
