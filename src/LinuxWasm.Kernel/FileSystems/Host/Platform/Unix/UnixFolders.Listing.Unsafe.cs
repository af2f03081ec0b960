using System.Runtime.InteropServices;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>readdir(3), whose entries lie in the C library's memory.</summary>
internal abstract unsafe partial class UnixFolders
{
    /// <summary>Where in struct dirent the type stands, and the name; the number is its first member.</summary>
    protected abstract (int Type, int Name) DirentLayout { get; }

    /// <summary>fdopendir(3): takes the descriptor over unless it gives 0.</summary>
    protected virtual nint OpenStream(int fd) => UnixCalls.FdOpenDir(fd);

    protected abstract byte* NextEntry(nint stream);

    /// <summary>Closes the descriptor in any case.</summary>
    private Errno ReadNames(UnixHandle directory, HostListing listing)
    {
        using (directory)
        {
            var stream = OpenStream(directory.Fd);
            if (stream == 0)
                return LastError();
            directory.SetHandleAsInvalid();
            try
            {
                return ReadNames(stream, listing);
            }
            finally
            {
                _ = UnixCalls.CloseDir(stream);
            }
        }
    }

    private Errno ReadNames(nint stream, HostListing listing)
    {
        var (type, nameAt) = DirentLayout;
        while (true)
        {
            var entry = NextEntry(stream);
            if (entry is null)
                return Marshal.GetLastPInvokeError() == 0 ? Errno.None : LastError();
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + nameAt);
            if (name is [(byte)'.'] or [(byte)'.', (byte)'.'])
                continue;
            if (!listing.TryAdd(name, *(ulong*)entry, entry[type]))
                return Errno.ENOMEM;
        }
    }
}
