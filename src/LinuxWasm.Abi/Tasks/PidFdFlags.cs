namespace LinuxWasm.Abi;

/// <summary>pidfd_open(2)'s flags.</summary>
[Flags]
public enum PidFdFlags
{
    None = 0,

    /// <summary>The descriptor stands for one thread; else for a process.</summary>
    PIDFD_THREAD = 0x80,
    PIDFD_NONBLOCK = 0x800,
    All = PIDFD_THREAD | PIDFD_NONBLOCK,
}

/// <summary>pidfd_send_signal(2)'s flags: whom the signal is for, if not what the descriptor stands for. One of them at most.</summary>
[Flags]
public enum PidFdSignalFlags : uint
{
    None = 0,
    PIDFD_SIGNAL_THREAD = 1,
    PIDFD_SIGNAL_THREAD_GROUP = 2,
    PIDFD_SIGNAL_PROCESS_GROUP = 4,
    All = PIDFD_SIGNAL_THREAD | PIDFD_SIGNAL_THREAD_GROUP | PIDFD_SIGNAL_PROCESS_GROUP,
}
