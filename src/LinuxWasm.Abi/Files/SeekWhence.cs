namespace LinuxWasm.Abi;

/// <summary>What lseek(2)'s offset counts from.</summary>
public enum SeekWhence
{
    SEEK_SET = 0,
    SEEK_CUR = 1,
    SEEK_END = 2,

    /// <summary>The next byte that is stored.</summary>
    SEEK_DATA = 3,

    /// <summary>The next byte that is not stored; the end of the file is one.</summary>
    SEEK_HOLE = 4,
}
