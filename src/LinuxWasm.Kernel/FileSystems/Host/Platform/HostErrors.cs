using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>The host's errors as a guest is to see them.</summary>
internal static class HostErrors
{
    /// <summary>
    /// Linux's own numbers. This process's limit of descriptors is what the whole guest system has: ENFILE, not EMFILE.
    /// What is no number of Linux's is EIO.
    /// </summary>
    public static Errno FromLinux(int error) => (Errno)error switch
    {
        Errno.EMFILE => Errno.ENFILE,
        Errno.ENOSYS => Errno.EOPNOTSUPP,
        > Errno.None and <= Errno.EHWPOISON and var same => same,
        _ => Errno.EIO,
    };

    /// <summary>Apple's numbers (sys/errno.h): the first 34 are Linux's but for EAGAIN, which stands in EDEADLK's place.</summary>
    public static Errno FromApple(int error) => error switch
    {
        11 => Errno.EDEADLK,
        24 => Errno.ENFILE,
        > 0 and <= 34 => (Errno)error,
        35 => Errno.EAGAIN,
        45 or 102 or 78 => Errno.EOPNOTSUPP,
        60 => Errno.ETIMEDOUT,
        62 => Errno.ELOOP,
        63 => Errno.ENAMETOOLONG,
        66 => Errno.ENOTEMPTY,
        69 => Errno.EDQUOT,
        70 => Errno.ESTALE,
        77 => Errno.ENOLCK,
        84 => Errno.EOVERFLOW,
        92 => Errno.EILSEQ,
        _ => Errno.EIO,
    };
}
