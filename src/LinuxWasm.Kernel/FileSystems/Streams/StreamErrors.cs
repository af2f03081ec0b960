using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Streams;

/// <summary>What a host's failure to read or write is to a guest.</summary>
internal static class StreamErrors
{
    private const int WindowsFacility = unchecked((int)0x80070000);
    private const int WindowsDiskFull = 112;
    private const int WindowsHandleDiskFull = 39;

    /// <param name="failure">What the stream threw. On Unix its HResult is the error number, of which these are the same on all of them.</param>
    /// <param name="otherwise">For what has no equal.</param>
    public static Errno Of(Exception failure, Errno otherwise) => failure.HResult switch
    {
        (int)Errno.EBADF => Errno.EBADF,
        (int)Errno.EIO => Errno.EIO,
        (int)Errno.EISDIR => Errno.EISDIR,
        (int)Errno.EFBIG => Errno.EFBIG,
        (int)Errno.ENOSPC or WindowsFacility | WindowsDiskFull or WindowsFacility | WindowsHandleDiskFull => Errno.ENOSPC,
        (int)Errno.EPIPE => Errno.EPIPE,
        _ => otherwise,
    };
}
