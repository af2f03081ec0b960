using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>futex(2), set_robust_list(2), get_robust_list(2), membarrier(2).</summary>
public static class Futexes
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const string Missing = "FUTEX_WAIT_REQUEUE_PI; FUTEX_CMP_REQUEUE_PI";

    [Syscall("futex", On = WideOnly, Unsupported = Missing)]
    [Syscall("futex_time64", Man = "futex(2)", Unsupported = Missing)]
    public static SysResult Futex(
        LinuxTask task, GuestPtr uaddr, FutexOperation futex_op, uint val, [In] GuestPtr<Timespec> timeout, GuestPtr uaddr2, uint val3) =>
        Dispatch(task, uaddr, futex_op, val, timeout, uaddr2, val3);

    [Syscall("futex", On = SyscallTable.I386, Unsupported = Missing)]
    public static SysResult Futex32(
        LinuxTask task, GuestPtr uaddr, FutexOperation futex_op, uint val, [In] GuestPtr<OldTimespec32> timeout, GuestPtr uaddr2, uint val3) =>
        Dispatch(task, uaddr, futex_op, val, timeout, uaddr2, val3);

    [Syscall("set_robust_list")]
    public static SysResult SetRobustList(LinuxTask task, GuestPtr head, GuestSize len)
    {
        if (len.Value != RobustList.HeadSize(task.Abi))
            return Errno.EINVAL;
        task.RobustListHead = head;
        return 0;
    }

    [Syscall("get_robust_list")]
    public static SysResult GetRobustList(LinuxTask task, int pid, [Out] GuestPtr head_ptr, [Out] GuestPtr len_ptr)
    {
        var target = pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
        if (target is null)
            return Errno.ESRCH;
        if (!PtraceAccess.WithRealIds(task, target.Group))
            return Errno.EPERM;
        return WriteWord(task, len_ptr, RobustList.HeadSize(task.Abi)) && WriteWord(task, head_ptr, target.RobustListHead.Address) ? 0 : Errno.EFAULT;
    }

    private static SysResult Dispatch<T>(
        LinuxTask task, GuestPtr uaddr, FutexOperation op, uint val, GuestPtr<T> timeout, GuestPtr uaddr2, uint val3)
        where T : unmanaged, ITimePair<T>
    {
        var command = op & FutexOperation.FUTEX_CMD_MASK;
        var realtime = (op & FutexOperation.FUTEX_CLOCK_REALTIME) != 0;
        var deadline = Deadline.Never;
        if (!timeout.IsNull && HasTimeout(command))
        {
            if (!task.TryReadTime(timeout, out var time))
                return Errno.EFAULT;
            if (!TimeArguments.IsValid(time))
                return Errno.EINVAL;
            var nanoseconds = Moment.FromParts(time.Seconds, time.Nanoseconds);
            deadline = command == FutexOperation.FUTEX_WAIT ? Deadline.AtMonotonic(Moment.Add(task.Kernel.Clock.Now, nanoseconds))
                : realtime || command == FutexOperation.FUTEX_LOCK_PI ? Deadline.AtRealtime(nanoseconds)
                : Deadline.AtMonotonic(nanoseconds);
        }

        // Which clock is only a question where a time is absolute.
        if (realtime && command is not (FutexOperation.FUTEX_WAIT_BITSET or FutexOperation.FUTEX_WAIT_REQUEUE_PI or FutexOperation.FUTEX_LOCK_PI2))
            return Errno.ENOSYS;
        var table = task.AddressSpace.Futexes;
        var shared = (op & FutexOperation.FUTEX_PRIVATE_FLAG) == 0;
        var futex = new FutexKey(uaddr, !shared);
        var second = new FutexKey(uaddr2, !shared);
        var val2 = (int)timeout.Address;
        switch (command)
        {
            case FutexOperation.FUTEX_WAIT:
                return Wait(task, futex, val, FutexTable.AnyBit, deadline, resumable: true);
            case FutexOperation.FUTEX_WAIT_BITSET:
                return Wait(task, futex, val, val3, deadline, resumable: true);
            case FutexOperation.FUTEX_WAKE:
                return CheckWord(task, uaddr, shared) is var wake and not Errno.None ? wake : table.Wake(futex, (int)val, FutexTable.AnyBit);
            case FutexOperation.FUTEX_WAKE_BITSET:
                return val3 == 0 ? Errno.EINVAL
                    : CheckWord(task, uaddr, shared) is var wakeSome and not Errno.None ? wakeSome
                    : table.Wake(futex, (int)val, val3);
            case FutexOperation.FUTEX_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE:
                if ((int)val < 0 || val2 < 0)
                    return Errno.EINVAL;
                return CheckWords(task, uaddr, uaddr2, shared) is var requeue and not Errno.None
                    ? requeue
                    : table.Requeue(futex, second, (int)val, val2, command == FutexOperation.FUTEX_CMP_REQUEUE ? val3 : null);
            case FutexOperation.FUTEX_WAKE_OP:
                return CheckWords(task, uaddr, uaddr2, shared) is var change and not Errno.None
                    ? change
                    : table.WakeOperation(futex, second, (int)val, val2, val3);
            case FutexOperation.FUTEX_LOCK_PI or FutexOperation.FUTEX_LOCK_PI2 or FutexOperation.FUTEX_TRYLOCK_PI:
                return CheckWord(task, uaddr, shared) is var take and not Errno.None
                    ? take
                    // Its sleep begins anew after a signal, whatever the handler says (futex(2), FUTEX_LOCK_PI).
                    : table.LockOwned(task, futex, deadline, command == FutexOperation.FUTEX_TRYLOCK_PI) is var locked && locked == Restart.ERESTARTSYS
                        ? Restart.ERESTARTNOINTR
                        : locked;
            case FutexOperation.FUTEX_UNLOCK_PI:
                // Whose it is is asked before where it lies.
                return !task.Memory.TryRead<uint>(uaddr, out var owner) ? Errno.EFAULT
                    : (owner & FutexWord.TidMask) != (uint)task.Tid ? Errno.EPERM
                    : CheckWord(task, uaddr, shared) is var give and not Errno.None ? give : table.UnlockOwned(task, futex);
            default:
                return Errno.ENOSYS;
        }
    }

    private static SysResult Wait(LinuxTask task, FutexKey futex, uint expected, uint bits, Deadline deadline, bool resumable)
    {
        if (bits == 0 || (futex.Word.Address & 3) != 0)
            return Errno.EINVAL;
        var error = task.AddressSpace.Futexes.Wait(task, futex, expected, bits, deadline);
        if (error != Restart.ERESTARTSYS || deadline.IsNever || !resumable)
            return error;
        task.RestartBlock = resumed => Wait(resumed, futex, expected, bits, deadline, resumable);
        return Restart.ERESTART_RESTARTBLOCK;
    }

    private static bool HasTimeout(FutexOperation command) => command is FutexOperation.FUTEX_WAIT or FutexOperation.FUTEX_WAIT_BITSET
        or FutexOperation.FUTEX_LOCK_PI or FutexOperation.FUTEX_LOCK_PI2 or FutexOperation.FUTEX_WAIT_REQUEUE_PI;

    private static Errno CheckWords(LinuxTask task, GuestPtr first, GuestPtr second, bool shared) =>
        CheckWord(task, first, shared) is var error and not Errno.None ? error : CheckWord(task, second, shared);

    /// <summary>get_futex_key: a private futex is only an address; one that might be shared has to have a page behind it.</summary>
    private static Errno CheckWord(LinuxTask task, GuestPtr address, bool shared)
    {
        if ((address.Address & 3) != 0)
            return Errno.EINVAL;
        return shared && !task.Memory.TryRead<uint>(address, out _) ? Errno.EFAULT : Errno.None;
    }

    private static bool WriteWord(LinuxTask task, GuestPtr pointer, uint value) => task.Abi.PointerSize == 4
        ? task.Memory.TryWrite(pointer, value)
        : task.Memory.TryWrite(pointer, (ulong)value);
}
