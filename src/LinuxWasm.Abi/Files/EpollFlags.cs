namespace LinuxWasm.Abi;

/// <summary>epoll_ctl(2)'s operations.</summary>
public enum EpollOperation
{
    EPOLL_CTL_ADD = 1,
    EPOLL_CTL_DEL = 2,
    EPOLL_CTL_MOD = 3,
}

/// <summary>epoll_ctl(2)'s events: those of poll(2), and how they are to be told.</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,
    EPOLLIN = 1,
    EPOLLPRI = 2,
    EPOLLOUT = 4,
    EPOLLERR = 8,
    EPOLLHUP = 16,
    EPOLLRDHUP = 8192,

    /// <summary>Wake one waiter at the least, not all. All are woken here.</summary>
    EPOLLEXCLUSIVE = 1u << 28,

    /// <summary>Keep the system awake meanwhile: nothing to do here.</summary>
    EPOLLWAKEUP = 1u << 29,

    /// <summary>Told once, then disabled until EPOLL_CTL_MOD.</summary>
    EPOLLONESHOT = 1u << 30,

    /// <summary>Told when something happens, not while it lasts.</summary>
    EPOLLET = 1u << 31,

    /// <summary>What goes with EPOLLEXCLUSIVE.</summary>
    WithExclusive = EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE,

    /// <summary>The bits that are no events.</summary>
    Private = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE,
}

/// <summary>eventfd(2)'s flags.</summary>
[Flags]
public enum EventFdFlags
{
    None = 0,
    EFD_SEMAPHORE = 1,
    EFD_NONBLOCK = 0x800,
    EFD_CLOEXEC = 0x80000,
    All = EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC,
}
