using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>eventfd(2).</summary>
public static class EventCounters
{
    [Syscall("eventfd")]
    public static SysResult EventFd(LinuxTask task, uint initval) => EventFd2(task, initval, EventFdFlags.None);

    [Syscall("eventfd2", Man = "eventfd(2)")]
    public static SysResult EventFd2(LinuxTask task, uint initval, EventFdFlags flags)
    {
        if ((flags & ~EventFdFlags.All) != 0)
            return Errno.EINVAL;
        var isSemaphore = (flags & EventFdFlags.EFD_SEMAPHORE) != 0;
        return AnonymousFiles.Install(
            task,
            "[eventfd]",
            OpenFlags.O_RDWR | ((OpenFlags)flags & OpenFlags.O_NONBLOCK),
            (flags & EventFdFlags.EFD_CLOEXEC) != 0,
            request => new EventFile(request, initval, isSemaphore));
    }
}
