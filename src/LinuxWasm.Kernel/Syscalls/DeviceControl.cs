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
            case Ioctls.FIONREAD when file.Inode is { IsRegular: true, HasFixedAttributes: false }:
                return task.Memory.TryWrite(pointer, (int)(file.Inode.Size - file.Position)) ? 0 : Errno.EFAULT;
            case Ioctls.FICLONE:
                return Clone(task, (int)arg.Value, file);
            case Ioctls.FICLONERANGE:
                // struct file_clone_range: the source's descriptor in 64 bits, two offsets and a length.
                return task.Memory.TryRead<CloneRange>(pointer, out var range) ? Clone(task, (int)range.SourceFd, file) : Errno.EFAULT;
            default:
                return file.Ioctl(task, request, arg.Value);
        }
    }

    /// <summary>ioctl_ficlonerange(2). No file system here shares blocks, which Linux says after it has looked at both files.</summary>
    private static SysResult Clone(LinuxTask task, int sourceFd, OpenFile target)
    {
        using var use = task.Files.Get(sourceFd);
        if (use.File is not { IsPathOnly: false } source)
            return Errno.EBADF;
        if (!ReferenceEquals(source.Inode.SuperBlock, target.Inode.SuperBlock))
            return Errno.EXDEV;
        if (source.Inode.IsDirectory || target.Inode.IsDirectory)
            return Errno.EISDIR;
        if (!source.Inode.IsRegular || !target.Inode.IsRegular)
            return Errno.EINVAL;
        return source.CanRead && target.CanWrite && (target.Flags & OpenFlags.O_APPEND) == 0 ? Errno.EOPNOTSUPP : Errno.EBADF;
    }

    private readonly record struct CloneRange(long SourceFd, ulong SourceOffset, ulong Length, ulong TargetOffset);

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
