using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>ioctl(2): the requests that all files know; others go to the file.</summary>
public static class DeviceControl
{
    [Syscall("ioctl")]
    public static SysResult Ioctl(LinuxTask task, Fd fd, [Show("ioctl")] uint request, GuestSize arg)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        var pointer = GuestPtr.FromRegister(arg.Value);
        switch (request)
        {
            case Ioctls.FIOCLEX:
            case Ioctls.FIONCLEX:
                return task.Files.TrySetCloseOnExec(fd.Value, request == Ioctls.FIOCLEX) ? 0 : Errno.EBADF;
            case Ioctls.FIONBIO:
                return SetFlag(task, file, fd, pointer, OpenFlags.O_NONBLOCK);
            case Ioctls.FIOASYNC:
                return SetFlag(task, file, fd, pointer, OpenFlags.O_ASYNC);
            case Ioctls.FIOQSIZE:
                if (file.Inode.Mode.Type() is not (Mode.S_IFREG or Mode.S_IFDIR or Mode.S_IFLNK))
                    return Errno.ENOTTY;
                file.Inode.GetAttributes(out var attributes);
                return task.Memory.TryWrite(pointer, attributes.Blocks * 512) ? 0 : Errno.EFAULT;
            case Ioctls.FIGETBSZ:
                file.Inode.SuperBlock.GetStatistics(out var statistics);
                return task.Memory.TryWrite(pointer, (int)statistics.BlockSize) ? 0 : Errno.EFAULT;
            case Ioctls.FIBMAP when file.Inode.IsRegular:
                // No file system here has blocks on a device.
                return task.Credentials.Has(Capability.CAP_SYS_RAWIO) ? Errno.EINVAL : Errno.EPERM;
            case Ioctls.FIONREAD when file.Inode.IsRegular:
                return task.Memory.TryWrite(pointer, (int)(file.Inode.Size - file.Position)) ? 0 : Errno.EFAULT;
            default:
                return file.Ioctl(task, request, arg.Value);
        }
    }

    private static SysResult SetFlag(LinuxTask task, OpenFile file, Fd fd, GuestPtr pointer, OpenFlags flag)
    {
        if (!task.Memory.TryRead<int>(pointer, out var value))
            return Errno.EFAULT;
        lock (file.PositionLock)
        {
            var flags = value != 0 ? file.Flags | flag : file.Flags & ~flag;
            if (flag == OpenFlags.O_ASYNC && flags != file.Flags && !file.CanSignal)
                return Errno.ENOTTY;
            file.ChangeFlags(flags, fd.Value);
            return 0;
        }
    }
}
