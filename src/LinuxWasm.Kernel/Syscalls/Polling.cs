using System.Buffers;
using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>poll(2), ppoll(2).</summary>
public static class Polling
{
    private const string Man = "poll(2)";

    /// <summary>Found whether it was asked for or not.</summary>
    private const PollEvents Always = PollEvents.POLLERR | PollEvents.POLLHUP;

    private const long NanosecondsPerMillisecond = 1_000_000;

    [Syscall("poll")]
    public static SysResult Poll(LinuxTask task, [In("nfds"), Out("nfds")] GuestPtr<Pollfd> fds, uint nfds, int timeout)
    {
        var deadline = timeout <= 0 ? default : TimeoutArgument.After(task, timeout * NanosecondsPerMillisecond);
        return PollAndRestart(task, fds, nfds, deadline, mayWait: timeout != 0);
    }

    [Syscall("ppoll", Man = Man)]
    public static SysResult Ppoll(LinuxTask task, [In("nfds"), Out("nfds")] GuestPtr<Pollfd> fds, uint nfds, GuestPtr tmo_p, [In] GuestPtr<ulong> sigmask, GuestSize sigsetsize) =>
        PollMasked(task, fds, nfds, tmo_p, TimeoutArgument.Timespec(task), sigmask, sigsetsize.Value);

    [Syscall("ppoll_time64", Man = Man)]
    public static SysResult PpollTime64(LinuxTask task, [In("nfds"), Out("nfds")] GuestPtr<Pollfd> fds, uint nfds, GuestPtr tmo_p, [In] GuestPtr<ulong> sigmask, GuestSize sigsetsize) =>
        PollMasked(task, fds, nfds, tmo_p, TimeLayout.Timespec64, sigmask, sigsetsize.Value);

    private static SysResult PollMasked(LinuxTask task, GuestPtr<Pollfd> fds, uint nfds, GuestPtr tmo, TimeLayout layout, GuestPtr sigmask, ulong sigsetsize)
    {
        var error = TimeoutArgument.Read(task, tmo, layout, out var timeout);
        if (error == Errno.None)
            error = MaskArgument.Begin(task, sigmask, sigsetsize);
        if (error != Errno.None)
            return error;
        var result = PollAll(task, fds, nfds, timeout.Deadline, mayWait: !timeout.IsZero, Restart.ERESTARTNOHAND);
        MaskArgument.End(task, sigmask, result.Errno == Restart.ERESTARTNOHAND);
        return timeout.Finish(task, result);
    }

    /// <summary>poll(2) has no place to say how much time is left, so it goes on by itself after a signal without a handler.</summary>
    private static SysResult PollAndRestart(LinuxTask task, GuestPtr<Pollfd> fds, uint nfds, Deadline deadline, bool mayWait)
    {
        var result = PollAll(task, fds, nfds, deadline, mayWait, Restart.ERESTART_RESTARTBLOCK);
        if (result.Errno == Restart.ERESTART_RESTARTBLOCK)
            task.RestartBlock = resumed => PollAndRestart(resumed, fds, nfds, deadline, mayWait: true);
        return result;
    }

    private static SysResult PollAll(LinuxTask task, GuestPtr<Pollfd> fds, uint nfds, Deadline deadline, bool mayWait, Errno interrupted)
    {
        if (nfds > task.Group.Limits[Resource.RLIMIT_NOFILE])
            return Errno.EINVAL;
        // A copy: what is asked for must not change while the call waits.
        var rented = ArrayPool<Pollfd>.Shared.Rent((int)nfds);
        try
        {
            var polls = rented.AsSpan(0, (int)nfds);
            if (!task.Memory.TryGetReadable(fds, nfds * (uint)Marshal.SizeOf<Pollfd>(), out var bytes))
                return Errno.EFAULT;
            MemoryMarshal.Cast<byte, Pollfd>(bytes).CopyTo(polls);
            var result = Wait(task, polls, deadline, mayWait, interrupted);
            if (result.IsError)
                return result;
            for (var i = 0; i < polls.Length; i++)
            {
                if (!task.Memory.TryWrite((GuestPtr)fds + (uint)(8 * i + 6), polls[i].revents))
                    return Errno.EFAULT;
            }

            return result;
        }
        finally
        {
            ArrayPool<Pollfd>.Shared.Return(rented);
        }
    }

    private static SysResult Wait(LinuxTask task, Span<Pollfd> polls, Deadline deadline, bool mayWait, Errno interrupted)
    {
        var ready = Look(task, polls);
        if (ready > 0 || !mayWait)
            return ready;
        using var wait = task.BeginWait();
        foreach (ref readonly var poll in polls)
        {
            using var use = task.Files.Get(poll.fd);
            if (use.File is { IsPathOnly: false } file && file.ReadinessFor(task) is { } queue)
                wait.Add(queue, file);
        }

        while ((ready = Look(task, polls)) == 0)
        {
            switch (wait.Sleep(deadline))
            {
                case WaitOutcome.Interrupted:
                    return interrupted;
                case WaitOutcome.TimedOut:
                    return Look(task, polls);
            }
        }

        return ready;
    }

    /// <summary>Each look takes the descriptors anew, as Linux does: one that was closed meanwhile gives POLLNVAL.</summary>
    private static int Look(LinuxTask task, Span<Pollfd> polls)
    {
        var ready = 0;
        foreach (ref var poll in polls)
        {
            poll.revents = 0;
            if (poll.fd < 0)
                continue;
            using var use = task.Files.Get(poll.fd);
            var found = use.File is { IsPathOnly: false } file ? file.PollAs(task) & ((PollEvents)poll.events | Always) : PollEvents.POLLNVAL;
            poll.revents = (ushort)found;
            if (found != PollEvents.None)
                ready++;
        }

        return ready;
    }
}
