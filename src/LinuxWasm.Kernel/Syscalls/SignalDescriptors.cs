using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>signalfd(2).</summary>
public static class SignalDescriptors
{
    private const int NewDescriptor = -1;

    [Syscall("signalfd")]
    public static SysResult SignalFd(LinuxTask task, Fd fd, [In] GuestPtr<ulong> mask, GuestSize sizemask) =>
        SignalFd4(task, fd, mask, sizemask, OpenFlags.O_RDONLY);

    [Syscall("signalfd4", Man = "signalfd(2)")]
    public static SysResult SignalFd4(LinuxTask task, Fd fd, [In] GuestPtr<ulong> mask, GuestSize sizemask, [Show("open_flags")] OpenFlags flags)
    {
        const OpenFlags Known = OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC;
        if (sizemask.Value != sizeof(ulong))
            return Errno.EINVAL;
        if (!task.Memory.TryRead<ulong>(mask, out var bits))
            return Errno.EFAULT;
        if ((flags & ~Known) != 0)
            return Errno.EINVAL;
        var wanted = new SignalSet(bits) & ~SignalSet.Unblockable;
        if (fd.Value == NewDescriptor)
        {
            return AnonymousFiles.Install(
                task,
                "[signalfd]",
                OpenFlags.O_RDWR | (flags & OpenFlags.O_NONBLOCK),
                (flags & OpenFlags.O_CLOEXEC) != 0,
                request => new SignalFile(request, task, wanted));
        }

        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if (file is not SignalFile signals)
            return Errno.EINVAL;
        signals.Wanted = wanted;
        return fd.Value;
    }
}
