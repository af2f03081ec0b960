using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sigprocmask(2)'s how.</summary>
public enum MaskChange
{
    SIG_BLOCK = 0,
    SIG_UNBLOCK = 1,
    SIG_SETMASK = 2,
}

/// <summary>sigprocmask(2) and sigpending(2).</summary>
public static class SignalMasks
{
    [Syscall("rt_sigprocmask", Man = "sigprocmask(2)")]
    public static SysResult RtSigProcMask(LinuxTask task, MaskChange how, [In] GuestPtr<ulong> set, [Out] GuestPtr<ulong> oldset, GuestSize sigsetsize)
    {
        if (sigsetsize.Value != sizeof(ulong))
            return Errno.EINVAL;
        var old = task.Blocked;
        if (!set.IsNull)
        {
            if (!task.Memory.TryRead<ulong>(set, out var bits))
                return Errno.EFAULT;
            if (!Enum.IsDefined(how))
                return Errno.EINVAL;
            var given = new SignalSet(bits);
            task.SetBlocked(how switch
            {
                MaskChange.SIG_BLOCK => old | given,
                MaskChange.SIG_UNBLOCK => old & ~given,
                _ => given,
            });
        }

        return oldset.IsNull || task.Memory.TryWrite(oldset, old.Bits) ? 0 : Errno.EFAULT;
    }

    /// <summary>i386's first form changes and shows signals 1 to 32 only.</summary>
    [Syscall("sigprocmask")]
    public static SysResult SigProcMask(LinuxTask task, MaskChange how, [In] GuestPtr<uint> set, [Out] GuestPtr<uint> oldset)
    {
        var old = task.Blocked;
        if (!set.IsNull)
        {
            if (!task.Memory.TryRead<uint>(set, out var bits))
                return Errno.EFAULT;
            if (!Enum.IsDefined(how))
                return Errno.EINVAL;
            var given = new SignalSet(bits);
            task.SetBlocked(how switch
            {
                MaskChange.SIG_BLOCK => old | given,
                MaskChange.SIG_UNBLOCK => old & ~given,
                _ => (old & ~new SignalSet(uint.MaxValue)) | given,
            });
        }

        return oldset.IsNull || task.Memory.TryWrite(oldset, (uint)old.Bits) ? 0 : Errno.EFAULT;
    }

    /// <summary>Takes shorter sets too, and fills in as much of them.</summary>
    [Syscall("rt_sigpending", Man = "sigpending(2)")]
    public static SysResult RtSigPending(LinuxTask task, [Out] GuestPtr<ulong> set, GuestSize sigsetsize)
    {
        if (sigsetsize.Value > sizeof(ulong))
            return Errno.EINVAL;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, (task.PendingSet & task.Blocked).Bits);
        return task.Memory.TryWrite(set, bytes[..(int)sigsetsize.Value]) ? 0 : Errno.EFAULT;
    }

    [Syscall("sigpending")]
    public static SysResult SigPending(LinuxTask task, [Out] GuestPtr<uint> set) =>
        task.Memory.TryWrite(set, (uint)(task.PendingSet & task.Blocked).Bits) ? 0 : Errno.EFAULT;
}
