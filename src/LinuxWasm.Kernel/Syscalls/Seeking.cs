using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>lseek(2), _llseek(2).</summary>
public static class Seeking
{
    [Syscall("lseek")]
    public static SysResult Lseek(LinuxTask task, Fd fd, GuestLong offset, SeekWhence whence)
    {
        var result = Seek(task, fd, offset.Value, whence);
        // The file has moved all the same; the caller just can't be told where to.
        return task.Abi.Is32Bit && result.Value > int.MaxValue ? Errno.EOVERFLOW : result;
    }

    [Syscall("_llseek")]
    public static SysResult Llseek(LinuxTask task, Fd fd, uint offset_high, uint offset_low, [Out] GuestPtr<long> result, SeekWhence whence)
    {
        var position = Seek(task, fd, (long)((ulong)offset_high << 32 | offset_low), whence);
        if (position.IsError)
            return position;
        return task.Memory.TryWrite(result, position.Value) ? 0 : Errno.EFAULT;
    }

    private static SysResult Seek(LinuxTask task, Fd fd, long offset, SeekWhence whence)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((uint)whence > (uint)SeekWhence.SEEK_HOLE)
            return Errno.EINVAL;
        if ((file.Modes & OpenModes.Seek) == 0)
            return Errno.ESPIPE;
        lock (file.PositionLock)
            return file.Seek(offset, whence);
    }
}
