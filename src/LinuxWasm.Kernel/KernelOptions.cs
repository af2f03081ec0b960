namespace LinuxWasm.Kernel;

/// <summary>How a kernel is set up.</summary>
public sealed record KernelOptions
{
    /// <summary>uname(2)'s nodename: at most 64 bytes.</summary>
    public string HostName { get; init; } = "linuxwasm";

    public string DomainName { get; init; } = "(none)";

    /// <summary>A clock of its own that jumps instead of waiting, for runs that repeat themselves.</summary>
    public bool VirtualClock { get; init; }

    /// <summary>Seeds /dev/urandom and getrandom(2); null takes the host's random numbers.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Bytes of guest memory that one process may have: at most 4 GiB.</summary>
    public ulong MemoryLimit { get; init; } = 4UL << 30;

    /// <summary>Bytes that all files of one tmpfs may have.</summary>
    public ulong TmpfsLimit { get; init; } = 1UL << 30;

    /// <summary>Tasks that may live at once.</summary>
    public int MaxTasks { get; init; } = 32768;
}
