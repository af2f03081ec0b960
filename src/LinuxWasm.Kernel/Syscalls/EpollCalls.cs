using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>epoll_create(2), epoll_ctl(2), epoll_wait(2) and its forms.</summary>
public static class EpollCalls
{
    private const string WaitMan = "epoll_wait(2)";
    private const long NanosecondsPerMillisecond = 1_000_000;

    [Syscall("epoll_create")]
    public static SysResult EpollCreate(LinuxTask task, int size) => size <= 0 ? Errno.EINVAL : EpollCreate1(task, OpenFlags.O_RDONLY);

    [Syscall("epoll_create1", Man = "epoll_create(2)")]
    public static SysResult EpollCreate1(LinuxTask task, [Show("open_flags")] OpenFlags flags)
    {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0)
            return Errno.EINVAL;
        return AnonymousFiles.Install(task, "[eventpoll]", OpenFlags.O_RDWR, (flags & OpenFlags.O_CLOEXEC) != 0, static request => new EpollFile(request));
    }

    [Syscall("epoll_ctl")]
    public static SysResult EpollCtl(LinuxTask task, Fd epfd, EpollOperation op, Fd fd, [In] GuestPtr @event)
    {
        EpollEvents events = default;
        ulong data = 0;
        if (op != EpollOperation.EPOLL_CTL_DEL && !TryReadEvent(task, @event, out events, out data))
            return Errno.EFAULT;
        using var useEpoll = task.Files.Get(epfd.Value);
        using var useTarget = task.Files.Get(fd.Value);
        if (useEpoll.File is not { IsPathOnly: false } file || useTarget.File is not { IsPathOnly: false } target)
            return Errno.EBADF;
        if (!target.CanPoll)
            return Errno.EPERM;
        if (ReferenceEquals(file, target) || file is not EpollFile epoll)
            return Errno.EINVAL;
        var exclusive = op != EpollOperation.EPOLL_CTL_DEL && (events & EpollEvents.EPOLLEXCLUSIVE) != 0;
        if (exclusive && (op == EpollOperation.EPOLL_CTL_MOD || target is EpollFile || (events & ~EpollEvents.WithExclusive) != 0))
            return Errno.EINVAL;
        return op switch
        {
            EpollOperation.EPOLL_CTL_ADD => Add(task, epoll, target, fd.Value, events, data),
            EpollOperation.EPOLL_CTL_DEL => epoll.Remove(target, fd.Value),
            EpollOperation.EPOLL_CTL_MOD => epoll.Modify(target, fd.Value, events, data),
            _ => Errno.EINVAL,
        };
    }

    [Syscall("epoll_wait")]
    public static SysResult EpollWait(LinuxTask task, Fd epfd, [Out("return")] GuestPtr events, int maxevents, int timeout) =>
        Wait(task, epfd, events, maxevents, After(task, timeout), mayWait: timeout != 0);

    [Syscall("epoll_pwait", Man = WaitMan)]
    public static SysResult EpollPwait(LinuxTask task, Fd epfd, [Out("return")] GuestPtr events, int maxevents, int timeout, [In] GuestPtr<ulong> sigmask, GuestSize sigsetsize) =>
        WaitMasked(task, epfd, events, maxevents, After(task, timeout), mayWait: timeout != 0, sigmask, sigsetsize.Value);

    [Syscall("epoll_pwait2", Man = WaitMan)]
    public static SysResult EpollPwait2(LinuxTask task, Fd epfd, [Out("return")] GuestPtr events, int maxevents, GuestPtr timeout, [In] GuestPtr<ulong> sigmask, GuestSize sigsetsize)
    {
        // The call is newer than 2038's problem: 64-bit times in every table.
        var error = TimeoutArgument.Read(task, timeout, TimeLayout.Timespec64, out var limit);
        return error == Errno.None
            ? WaitMasked(task, epfd, events, maxevents, limit.Deadline, mayWait: !limit.IsZero, sigmask, sigsetsize.Value)
            : error;
    }

    private static Deadline After(LinuxTask task, int milliseconds) =>
        milliseconds <= 0 ? default : TimeoutArgument.After(task, milliseconds * NanosecondsPerMillisecond);

    private static Errno Add(LinuxTask task, EpollFile epoll, OpenFile target, int fd, EpollEvents events, ulong data)
    {
        if (target is not EpollFile nested)
            return epoll.Add(target, fd, events, data);
        lock (task.Kernel.EpollNesting)
            return epoll.WouldLoop(nested) ? Errno.ELOOP : epoll.Add(target, fd, events, data);
    }

    private static SysResult WaitMasked(
        LinuxTask task, Fd epfd, GuestPtr events, int maxevents, Deadline deadline, bool mayWait, GuestPtr sigmask, ulong sigsetsize)
    {
        var error = MaskArgument.Begin(task, sigmask, sigsetsize);
        if (error != Errno.None)
            return error;
        var result = Wait(task, epfd, events, maxevents, deadline, mayWait);
        MaskArgument.End(task, sigmask, result.Errno == Errno.EINTR);
        return result;
    }

    private static SysResult Wait(LinuxTask task, Fd epfd, GuestPtr events, int maxevents, Deadline deadline, bool mayWait)
    {
        using var use = task.Files.Get(epfd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        var store = new GuestEvents(task.Memory, events, EventSize(task));
        if (maxevents <= 0 || maxevents > int.MaxValue / EventSize(task))
            return Errno.EINVAL;
        if (file is not EpollFile epoll)
            return Errno.EINVAL;
        var result = epoll.Harvest(maxevents, store);
        if (result.Value != 0 || !mayWait)
            return result;
        using var wait = task.BeginWait(epoll.Readiness);
        while ((result = epoll.Harvest(maxevents, store)).Value == 0)
        {
            switch (wait.Sleep(deadline))
            {
                // Never made again by itself, whatever the handler says (signal(7)).
                case WaitOutcome.Interrupted:
                    return Errno.EINTR;
                case WaitOutcome.TimedOut:
                    return epoll.Harvest(maxevents, store);
            }
        }

        return result;
    }

    private static int EventSize(LinuxTask task) => task.Abi.Table == SyscallTable.Generic ? 16 : 12;

    private static bool TryReadEvent(LinuxTask task, GuestPtr pointer, out EpollEvents events, out ulong data)
    {
        if (EventSize(task) == 16)
        {
            var read = task.Memory.TryRead<EpollEvent>(pointer, out var wide);
            events = (EpollEvents)wide.events;
            data = wide.data;
            return read;
        }

        var readPacked = task.Memory.TryRead<EpollEventPacked>(pointer, out var packed);
        events = (EpollEvents)packed.events;
        data = packed.data;
        return readPacked;
    }

    private readonly struct GuestEvents(GuestMemory memory, GuestPtr pointer, int size) : IEventStore
    {
        public bool TryStore(int index, EpollEvents events, ulong data)
        {
            var at = (ulong)pointer.Address + (ulong)index * (ulong)size;
            if (at > uint.MaxValue)
                return false;
            var target = new GuestPtr((uint)at);
            return size == 16
                ? memory.TryWrite(target, new EpollEvent { events = (uint)events, data = data })
                : memory.TryWrite(target, new EpollEventPacked { events = (uint)events, data = data });
        }
    }
}
