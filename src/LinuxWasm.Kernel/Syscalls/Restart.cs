using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>
/// What a call that a signal interrupted answers inside the kernel (linux/errno.h); no guest ever sees these. The way back to the guest
/// turns them into EINTR, or makes the call again.
/// </summary>
public static class Restart
{
    /// <summary>Made again if the handler has SA_RESTART, else EINTR: read, write, wait4, open of a FIFO, ...</summary>
    public const Errno ERESTARTSYS = (Errno)512;

    /// <summary>Always made again.</summary>
    public const Errno ERESTARTNOINTR = (Errno)513;

    /// <summary>EINTR if a handler ran, made again otherwise: poll, nanosleep, sigsuspend, epoll_wait, ...</summary>
    public const Errno ERESTARTNOHAND = (Errno)514;

    /// <summary>EINTR if a handler ran, else gone on with through <see cref="Tasks.LinuxTask.RestartBlock"/>: nanosleep, whose time is partly over.</summary>
    public const Errno ERESTART_RESTARTBLOCK = (Errno)516;

    /// <summary>What strace says of one of them; null for every other error.</summary>
    public static string? NameOf(Errno errno) => errno switch
    {
        ERESTARTSYS => nameof(ERESTARTSYS),
        ERESTARTNOINTR => nameof(ERESTARTNOINTR),
        ERESTARTNOHAND => nameof(ERESTARTNOHAND),
        ERESTART_RESTARTBLOCK => nameof(ERESTART_RESTARTBLOCK),
        _ => null,
    };
}
