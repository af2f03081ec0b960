using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>What is done with an open file.</summary>
internal abstract partial class UnixFolders
{
    private const int EINTR = 4;

    protected abstract int SeekDataWhence { get; }

    protected abstract int SeekHoleWhence { get; }

    public Errno ChangeMode(HostHandle file, Mode mode) => Check(UnixCalls.Fchmod(Fd(file), (uint)mode));

    public Errno ChangeOwner(HostHandle file, uint uid, uint gid) => Check(UnixCalls.Fchown(Fd(file), uid, gid));

    public Errno ChangeTimes(HostHandle file, Timestamp? atime, Timestamp? mtime) => Check(UnixCalls.Futimens(Fd(file), [Spec(atime), Spec(mtime)]));

    public SysResult Read(HostHandle file, Span<byte> buffer, long position)
    {
        while (true)
        {
            var count = UnixCalls.Pread(Fd(file), buffer, (nuint)buffer.Length, position);
            if (count >= 0)
                return count;
            // The host's signals (the runtime's own) are not the guest's.
            if (Marshal.GetLastPInvokeError() != EINTR)
                return LastError();
        }
    }

    public SysResult Write(HostHandle file, ReadOnlySpan<byte> buffer, long position)
    {
        while (true)
        {
            var count = UnixCalls.Pwrite(Fd(file), buffer, (nuint)buffer.Length, position);
            if (count >= 0)
                return count;
            if (Marshal.GetLastPInvokeError() != EINTR)
                return LastError();
        }
    }

    public abstract SysResult Append(HostHandle file, ReadOnlySpan<byte> buffer, out long end);

    public Errno Truncate(HostHandle file, long length) => Check(UnixCalls.Ftruncate(Fd(file), length));

    public abstract Errno Allocate(HostHandle file, FallocateMode mode, long offset, long length);

    public SysResult FindData(HostHandle file, long offset, bool hole)
    {
        // The descriptor's own offset moves with it, and nothing here uses that.
        var found = UnixCalls.Lseek(Fd(file), offset, hole ? SeekHoleWhence : SeekDataWhence);
        return found < 0 ? LastError() : found;
    }

    public Errno Sync(HostHandle handle, bool dataOnly)
    {
        var error = Check(dataOnly ? SyncData(Fd(handle)) : UnixCalls.Fsync(Fd(handle)));
        if (error != Errno.EBADF)
            return error;
        // A directory's handle may be one for reaching only; its copy is one for reading.
        error = Wrap(UnixCalls.OpenAt(Fd(handle), UnixName.Self, ListingFlags), out var copy);
        if (error != Errno.None)
            return error;
        using (copy)
            return Check(UnixCalls.Fsync(Fd(copy!)));
    }

    public abstract Errno SyncAll(HostHandle root);

    public abstract Errno GetStatistics(HostHandle root, out FileSystemStatistics statistics);

    protected abstract int SyncData(int fd);

    /// <summary>The file's end as the place to write, where the host has no call that does both. Guests are kept apart by the inode's lock, the host's processes are not.</summary>
    protected SysResult AppendAtSize(HostHandle file, ReadOnlySpan<byte> buffer, out long end)
    {
        end = 0;
        var error = Stat(file, out var stat);
        if (error != Errno.None)
            return error;
        var written = Write(file, buffer, stat.Size);
        end = stat.Size + (written.IsError ? 0 : written.Value);
        return written;
    }
}
