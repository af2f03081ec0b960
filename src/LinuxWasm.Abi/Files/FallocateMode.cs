namespace LinuxWasm.Abi;

/// <summary>fallocate(2)'s modes.</summary>
[Flags]
public enum FallocateMode
{
    None = 0,
    FALLOC_FL_KEEP_SIZE = 1,
    FALLOC_FL_PUNCH_HOLE = 2,
    FALLOC_FL_NO_HIDE_STALE = 4,
    FALLOC_FL_COLLAPSE_RANGE = 8,
    FALLOC_FL_ZERO_RANGE = 16,
    FALLOC_FL_INSERT_RANGE = 32,
    FALLOC_FL_UNSHARE_RANGE = 64,
    FALLOC_FL_WRITE_ZEROES = 128,
}
