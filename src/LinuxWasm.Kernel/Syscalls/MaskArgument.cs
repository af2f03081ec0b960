using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>The signal mask that ppoll(2), pselect(2) and epoll_pwait(2) take for the time of their wait (set_user_sigmask).</summary>
internal static class MaskArgument
{
    /// <summary>The kernel's sigset_t in every table.</summary>
    private const ulong Size = 8;

    /// <summary>EINVAL for another size, EFAULT. Without a mask nothing changes.</summary>
    public static Errno Begin(LinuxTask task, GuestPtr mask, ulong size)
    {
        if (mask.IsNull)
            return Errno.None;
        if (size != Size)
            return Errno.EINVAL;
        if (!task.Memory.TryRead<ulong>(mask, out var bits))
            return Errno.EFAULT;
        task.SetTemporaryMask(new SignalSet(bits));
        return Errno.None;
    }

    /// <summary>Takes the mask back: at once, or after the handler of a signal that interrupted.</summary>
    public static void End(LinuxTask task, GuestPtr mask, bool interrupted)
    {
        if (!mask.IsNull)
            task.RestoreMask(interrupted);
    }
}
