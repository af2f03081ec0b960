using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>read(2), write(2), pread(2), pwrite(2).</summary>
public static class ReadWrite
{
    [Syscall("read")]
    public static SysResult Read(LinuxTask task, Fd fd, [Out("return")] GuestPtr buf, GuestSize count)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { CanRead: true } file)
            return Errno.EBADF;
        if (!file.HasRead)
            return Errno.EINVAL;
        if (!FileIo.IsPlausible(buf, count.Value))
            return Errno.EFAULT;
        var target = new IoTarget(task.Memory, buf, Cut(count));
        return FileIo.Read(task, file, ref target);
    }

    [Syscall("write")]
    public static SysResult Write(LinuxTask task, Fd fd, [In("count")] GuestPtr buf, GuestSize count)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { CanWrite: true } file)
            return Errno.EBADF;
        if (!file.HasWrite)
            return Errno.EINVAL;
        if (!FileIo.IsPlausible(buf, count.Value))
            return Errno.EFAULT;
        var source = new IoSource(task.Memory, buf, Cut(count));
        return FileIo.Write(task, file, ref source);
    }

    [Syscall("pread64", Man = "pread(2)")]
    public static SysResult Pread(LinuxTask task, Fd fd, [Out("return")] GuestPtr buf, GuestSize count, long offset)
    {
        if (offset < 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((file.Modes & OpenModes.Positional) == 0)
            return Errno.ESPIPE;
        if (!file.CanRead)
            return Errno.EBADF;
        if (!file.HasRead)
            return Errno.EINVAL;
        if (!FileIo.IsPlausible(buf, count.Value))
            return Errno.EFAULT;
        if (!FileIo.IsRange(offset, count.Value))
            return Errno.EINVAL;
        var target = new IoTarget(task.Memory, buf, Cut(count));
        return FileIo.ReadAt(task, file, ref target, ref offset);
    }

    [Syscall("pwrite64", Man = "pwrite(2)")]
    public static SysResult Pwrite(LinuxTask task, Fd fd, [In("count")] GuestPtr buf, GuestSize count, long offset)
    {
        if (offset < 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((file.Modes & OpenModes.Positional) == 0)
            return Errno.ESPIPE;
        if (!file.CanWrite)
            return Errno.EBADF;
        if (!file.HasWrite)
            return Errno.EINVAL;
        if (!FileIo.IsPlausible(buf, count.Value))
            return Errno.EFAULT;
        if (!FileIo.IsRange(offset, count.Value))
            return Errno.EINVAL;
        var source = new IoSource(task.Memory, buf, Cut(count));
        return FileIo.WriteAt(task, file, ref source, ref offset);
    }

    private static uint Cut(GuestSize count) => (uint)Math.Min(count.Value, FileIo.MaxCount);
}
