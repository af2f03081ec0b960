using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.Kernel.Vfs.Locks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>flock(2), and the record locks of fcntl(2).</summary>
public static class FileLocking
{
    [Syscall("flock")]
    public static SysResult Flock(LinuxTask task, Fd fd, [Show("flock_operation")] FlockOperation operation)
    {
        if ((operation & FlockOperation.LOCK_MAND) != 0)
            return 0;
        LockType? type = (operation & ~FlockOperation.LOCK_NB) switch
        {
            FlockOperation.LOCK_SH => LockType.F_RDLCK,
            FlockOperation.LOCK_EX => LockType.F_WRLCK,
            FlockOperation.LOCK_UN => LockType.F_UNLCK,
            _ => null,
        };
        if (type is null)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file || (type != LockType.F_UNLCK && !file.CanRead && !file.CanWrite))
            return Errno.EBADF;

        var locks = file.Inode.EnsureLocks();
        var error = locks.SetWhole(file, type.Value);
        if (error != Errno.EAGAIN || (operation & FlockOperation.LOCK_NB) != 0)
            return error;
        using var wait = task.BeginWait(locks.Changed);
        while ((error = locks.SetWhole(file, type.Value)) == Errno.EAGAIN)
        {
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }

        return error;
    }

    /// <summary>F_GETLK and its kin: F_UNLCK if the lock could be taken, else the first that stands in its way.</summary>
    internal static SysResult Get(LinuxTask task, OpenFile file, GuestPtr pointer, FlockLayout layout, bool ofFile)
    {
        if (!layout.TryRead(task.Memory, pointer, out var asked))
            return Errno.EFAULT;
        if (asked.l_type is not (LockType.F_RDLCK or LockType.F_WRLCK) && !(ofFile && asked.l_type == LockType.F_UNLCK))
            return Errno.EINVAL;
        var error = ToRecord(task, file, asked, ofFile, out var record);
        if (error != Errno.None)
            return error;
        if (ofFile && asked.l_pid != 0)
            return Errno.EINVAL;
        if (file.Inode.Locks is { } locks && locks.TryFindConflict(record, out var found))
        {
            asked = new Flock
            {
                l_type = found.Type,
                l_whence = (short)SeekWhence.SEEK_SET,
                l_start = found.Start,
                l_len = found.End == long.MaxValue ? 0 : found.End - found.Start + 1,
                l_pid = found.Pid,
            };
            if (!layout.TryFit(ref asked))
                return Errno.EOVERFLOW;
        }
        else
        {
            asked.l_type = LockType.F_UNLCK;
        }

        return layout.TryWrite(task.Memory, pointer, asked) ? 0 : Errno.EFAULT;
    }

    /// <summary>F_SETLK, F_SETLKW and their kin.</summary>
    internal static SysResult Set(LinuxTask task, OpenFile file, GuestPtr pointer, FlockLayout layout, bool ofFile, bool waits)
    {
        if (!layout.TryRead(task.Memory, pointer, out var asked))
            return Errno.EFAULT;
        var error = ToRecord(task, file, asked, ofFile, out var record);
        if (error != Errno.None)
            return error;
        if ((record.Type == LockType.F_RDLCK && !file.CanRead) || (record.Type == LockType.F_WRLCK && !file.CanWrite))
            return Errno.EBADF;
        if (ofFile && asked.l_pid != 0)
            return Errno.EINVAL;
        // Who unlocks what nobody ever locked needs no locks.
        if (record.Type == LockType.F_UNLCK && file.Inode.Locks is null)
            return 0;
        var locks = file.Inode.EnsureLocks();
        return waits ? SetAndWait(task, locks, record) : locks.Set(record, waits: null, out _);
    }

    private static SysResult SetAndWait(LinuxTask task, FileLocks locks, in RecordLock record)
    {
        var waits = task.Kernel.LockWaits;
        using var wait = task.BeginWait(locks.Changed);
        while (true)
        {
            var error = locks.Set(record, waits, out var noted);
            if (error != Errno.EAGAIN)
                return error;
            var outcome = wait.Sleep();
            if (noted)
                waits.Remove(record.Owner);
            if (outcome == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    /// <summary>flock_to_posix_lock: EINVAL, EOVERFLOW. A negative length lies before the start (POSIX.1-2001).</summary>
    private static Errno ToRecord(LinuxTask task, OpenFile file, in Flock asked, bool ofFile, out RecordLock record)
    {
        record = default;
        long origin;
        switch ((SeekWhence)asked.l_whence)
        {
            case SeekWhence.SEEK_SET:
                origin = 0;
                break;
            case SeekWhence.SEEK_CUR:
                origin = file.Position;
                break;
            case SeekWhence.SEEK_END:
                origin = file.Inode.Size;
                break;
            default:
                return Errno.EINVAL;
        }

        if (asked.l_start > long.MaxValue - origin)
            return Errno.EOVERFLOW;
        var start = origin + asked.l_start;
        if (start < 0)
            return Errno.EINVAL;
        var end = long.MaxValue;
        if (asked.l_len > 0)
        {
            if (asked.l_len - 1 > long.MaxValue - start)
                return Errno.EOVERFLOW;
            end = start + asked.l_len - 1;
        }
        else if (asked.l_len < 0)
        {
            if (start + asked.l_len < 0)
                return Errno.EINVAL;
            end = start - 1;
            start += asked.l_len;
        }

        if (asked.l_type is not (LockType.F_RDLCK or LockType.F_WRLCK or LockType.F_UNLCK))
            return Errno.EINVAL;
        record = ofFile
            ? new RecordLock(file, -1, asked.l_type, start, end)
            : new RecordLock(task.Files, task.Group.Pid, asked.l_type, start, end);
        return Errno.None;
    }
}
