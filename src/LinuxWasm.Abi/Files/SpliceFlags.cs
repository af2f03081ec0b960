namespace LinuxWasm.Abi;

/// <summary>Flags of splice(2), tee(2) and vmsplice(2).</summary>
[Flags]
public enum SpliceFlags : uint
{
    None = 0,

    /// <summary>A hint that pages may be moved.</summary>
    SPLICE_F_MOVE = 1,
    SPLICE_F_NONBLOCK = 2,

    /// <summary>A hint for sockets that more is to come.</summary>
    SPLICE_F_MORE = 4,

    /// <summary>vmsplice(2): the pages are a gift. A hint.</summary>
    SPLICE_F_GIFT = 8,
    All = 15,
}
