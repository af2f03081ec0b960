using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// What all calls that move bytes have in common: waiting until a file is ready, limits, signals (Linux's fs/read_write.c and the generic part of mm/filemap.c).
/// </summary>
internal static class FileIo
{
    /// <summary>MAX_RW_COUNT: no call moves more bytes; longer ones are cut, not refused (read(2), NOTES).</summary>
    public const uint MaxCount = 0x7ffff000;

    /// <summary>MAX_NON_LFS: where files end that were opened without O_LARGEFILE.</summary>
    public const long MaxSmallFile = 0x7fffffff;

    /// <summary>The end of user addresses on x86-64: what reaches beyond gives EFAULT before the file is asked (access_ok).</summary>
    public const ulong AddressLimit = 0x7fff_ffff_f000;

    public static bool IsPlausible(GuestPtr buffer, ulong count) => count <= AddressLimit - buffer.Address;

    /// <summary>rw_verify_area: no offset may leave the 63 bits that it has.</summary>
    public static bool IsRange(long position, ulong count) => position >= 0 && count <= (ulong)(long.MaxValue - position);

    /// <summary>Reads at the file's own position.</summary>
    public static SysResult Read(LinuxTask task, OpenFile file, ref IoTarget target, RwFlags flags = RwFlags.None)
    {
        long position = 0;
        if ((file.Modes & OpenModes.HasPosition) == 0)
            return ReadAt(task, file, ref target, ref position, flags);
        lock (file.PositionLock)
        {
            position = file.Position;
            if (!IsRange(position, (ulong)target.Remaining))
                return Errno.EINVAL;
            var result = ReadAt(task, file, ref target, ref position, flags);
            file.Position = position;
            return result;
        }
    }

    /// <summary>Reads at a position, waiting as the file wants it.</summary>
    public static SysResult ReadAt(LinuxTask task, OpenFile file, ref IoTarget target, ref long position, RwFlags flags = RwFlags.None)
    {
        var socket = file as SocketFile;
        var result = socket is null ? file.ReadAs(task, ref target, ref position) : SocketIo.Read(task, socket, ref target, flags);
        if (socket is null && MustWait(result, file, flags))
            result = WaitAndRead(task, file, ref target, ref position);
        if (result.Value > 0)
            FileEvents.OnFile(file.Path.Dentry, InotifyMask.IN_ACCESS);
        return result;
    }

    /// <summary>Writes at the file's own position.</summary>
    public static SysResult Write(LinuxTask task, OpenFile file, ref IoSource source, RwFlags flags = RwFlags.None)
    {
        long position = 0;
        if ((file.Modes & OpenModes.HasPosition) == 0)
            return WriteAt(task, file, ref source, ref position, flags);
        lock (file.PositionLock)
        {
            position = file.Position;
            if (!IsRange(position, (ulong)source.Remaining))
                return Errno.EINVAL;
            var result = WriteAt(task, file, ref source, ref position, flags);
            file.Position = position;
            return result;
        }
    }

    /// <summary>Writes at a position, waiting as the file wants it; raises SIGPIPE.</summary>
    public static SysResult WriteAt(LinuxTask task, OpenFile file, ref IoSource source, ref long position, RwFlags flags = RwFlags.None)
    {
        if (file is SocketFile socket)
            return WriteSocket(task, socket, ref source, flags);
        var result = file.Inode.IsRegular
            ? WriteRegular(task, file, ref source, ref position, flags)
            : file.WriteAs(task, ref source, ref position);
        if (MustWait(result, file, flags) || (source.Remaining > 0 && !result.IsError && file.WritesAll && MayWait(file, flags)))
            result = WaitAndWrite(task, file, ref source, ref position, result);
        if (result.Value > 0)
            FileEvents.OnFile(file.Path.Dentry, InotifyMask.IN_MODIFY);
        if (result.Errno == Errno.EPIPE && (flags & RwFlags.RWF_NOSIGNAL) == 0)
            task.Raise(Signal.SIGPIPE);
        return result;
    }

    /// <summary>Sockets wait by themselves, and say themselves when SIGPIPE is due.</summary>
    private static SysResult WriteSocket(LinuxTask task, SocketFile socket, ref IoSource source, RwFlags flags)
    {
        var result = SocketIo.Write(task, socket, ref source, flags);
        if (result.Value > 0)
            FileEvents.OnFile(socket.Path.Dentry, InotifyMask.IN_MODIFY);
        return result;
    }

    /// <summary>generic_write_checks: how much of a write to a regular file its limits let through. EFBIG, with SIGXFSZ where it is RLIMIT_FSIZE.</summary>
    public static Errno CheckWrite(LinuxTask task, OpenFile file, long position, ref long count)
    {
        var limit = task.Group.Limits[Resource.RLIMIT_FSIZE];
        if ((ulong)position + (ulong)count > limit)
        {
            if ((ulong)position >= limit)
            {
                task.Raise(Signal.SIGXFSZ);
                return Errno.EFBIG;
            }

            count = (long)(limit - (ulong)position);
        }

        var most = (file.Flags & OpenFlags.O_LARGEFILE) != 0 ? file.Inode.SuperBlock.MaxFileSize : MaxSmallFile;
        if (position >= most)
            return Errno.EFBIG;
        count = Math.Min(count, most - position);
        return Errno.None;
    }

    private static bool MustWait(SysResult result, OpenFile file, RwFlags flags) =>
        result.Value == -(long)Errno.EAGAIN && MayWait(file, flags);

    private static bool MayWait(OpenFile file, RwFlags flags) =>
        file.Readiness is not null && !file.IsNonBlocking && (flags & RwFlags.RWF_NOWAIT) == 0;

    private static SysResult WaitAndRead(LinuxTask task, OpenFile file, ref IoTarget target, ref long position)
    {
        using var wait = task.BeginWait(file.ReadinessFor(task)!);
        while (true)
        {
            var result = file.ReadAs(task, ref target, ref position);
            if (result.Errno != Errno.EAGAIN)
                return result;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    private static SysResult WaitAndWrite(LinuxTask task, OpenFile file, ref IoSource source, ref long position, SysResult first)
    {
        var total = Math.Max(first.Value, 0);
        using var wait = task.BeginWait(file.Readiness!);
        while (true)
        {
            var result = file.WriteAs(task, ref source, ref position);
            if (!result.IsError)
            {
                total += result.Value;
                if (source.Remaining == 0 || !file.WritesAll)
                    return total;
                continue;
            }

            if (result.Errno != Errno.EAGAIN)
            {
                // The readers have gone: the signal comes even where some bytes got through.
                if (total > 0 && result.Errno == Errno.EPIPE)
                    task.Raise(Signal.SIGPIPE);
                return total > 0 ? total : result;
            }

            if (wait.Sleep() == WaitOutcome.Interrupted)
                return total > 0 ? total : Restart.ERESTARTSYS;
        }
    }

    private static SysResult WriteRegular(LinuxTask task, OpenFile file, ref IoSource source, ref long position, RwFlags flags)
    {
        if (source.Remaining == 0)
            return file.Write(ref source, ref position);
        var inode = file.Inode;
        SysResult result;
        // Held over all parts, so that those of an appending writev(2) lie together.
        lock (inode.Lock)
        {
            if (IsAppending(file, flags))
                position = inode.Size;
            var count = source.Remaining;
            var error = CheckWrite(task, file, position, ref count);
            if (error != Errno.None)
                return error;
            source.Truncate(count);
            FileTree.DropSetIds(inode, task.Credentials);
            result = file.Write(ref source, ref position);
        }

        return result.Value > 0 ? Synchronised(file, result, flags) : result;
    }

    /// <summary>O_DSYNC, O_SYNC and their RWF_ flags: the call ends when the bytes are where they are kept (generic_write_sync).</summary>
    private static SysResult Synchronised(OpenFile file, SysResult result, RwFlags flags)
    {
        if ((file.Flags & OpenFlags.O_DSYNC) == 0 && (flags & (RwFlags.RWF_DSYNC | RwFlags.RWF_SYNC)) == 0)
            return result;
        var error = file.Sync(dataOnly: (file.Flags & OpenFlags.O_SYNC) != OpenFlags.O_SYNC && (flags & RwFlags.RWF_SYNC) == 0);
        return error == Errno.None ? result : error;
    }

    private static bool IsAppending(OpenFile file, RwFlags flags) =>
        ((file.Flags & OpenFlags.O_APPEND) != 0 && (flags & RwFlags.RWF_NOAPPEND) == 0) || (flags & RwFlags.RWF_APPEND) != 0;
}
