using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Who is told of input and output with SIGIO, and how (fcntl(2): F_SETOWN, F_SETOWN_EX, F_SETSIG). Never changed in place.</summary>
/// <param name="Type">What <paramref name="Id"/> numbers.</param>
/// <param name="Id">A thread, process or process group; 0 for nobody.</param>
/// <param name="Signal">The signal; 0 for SIGIO without details.</param>
/// <param name="Uid">The real user id of who set it.</param>
/// <param name="Euid">His effective one.</param>
public sealed record FileOwner(OwnerType Type, int Id, Signal Signal, uint Uid, uint Euid)
{
    public static FileOwner Nobody { get; } = new(OwnerType.F_OWNER_PID, 0, Signal.None, 0, 0);
}
