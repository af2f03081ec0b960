using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sigaction(2), signal(2), sigaltstack(2).</summary>
public static class SignalActionCalls
{
    private const ulong SIG_DFL = 0;
    private const ulong SIG_IGN = 1;

    /// <summary>MINSIGSTKSZ.</summary>
    private const uint LeastStack = 2048;

    [Syscall("rt_sigaction", Man = "sigaction(2)")]
    public static SysResult RtSigAction(LinuxTask task, Signal signum, [In] GuestPtr act, [Out] GuestPtr oldact, GuestSize sigsetsize)
    {
        if (sigsetsize.Value != sizeof(ulong))
            return Errno.EINVAL;
        SignalAction? action = null;
        if (!act.IsNull && !TryRead(task, act, out action))
            return Errno.EFAULT;
        var error = Exchange(task, signum, action, out var old);
        if (error != Errno.None)
            return error;
        return oldact.IsNull || TryWrite(task, oldact, old) ? 0 : Errno.EFAULT;
    }

    /// <summary>i386's first form: a mask of 32 signals.</summary>
    [Syscall("sigaction")]
    public static SysResult SigAction(LinuxTask task, Signal sig, [In] GuestPtr<OldSigAction> act, [Out] GuestPtr<OldSigAction> oldact)
    {
        SignalAction? action = null;
        if (!act.IsNull)
        {
            if (!task.Memory.TryRead<OldSigAction>(act, out var given))
                return Errno.EFAULT;
            action = Make(task, given.sa_handler, given.sa_flags, given.sa_restorer, given.sa_mask);
        }

        var error = Exchange(task, sig, action, out var old);
        if (error != Errno.None)
            return error;
        var told = new OldSigAction
        {
            sa_handler = (uint)old.Handler,
            sa_mask = (uint)old.Mask.Bits,
            sa_flags = (uint)old.Flags,
            sa_restorer = (uint)old.Restorer,
        };
        return oldact.IsNull || task.Memory.TryWrite(oldact, told) ? 0 : Errno.EFAULT;
    }

    /// <summary>System V's: reset before the handler runs, and not blocked meanwhile. Answers the handler before.</summary>
    [Syscall("signal")]
    public static SysResult Signal(LinuxTask task, Signal sig, [Show("hex")] uint handler)
    {
        var action = Make(task, handler, (ulong)(SignalFlags.SA_RESETHAND | SignalFlags.SA_NODEFER), 0, 0);
        var error = Exchange(task, sig, action, out var old);
        return error != Errno.None ? error : (long)old.Handler;
    }

    [Syscall("sigaltstack")]
    public static SysResult SigAltStack(LinuxTask task, [In] GuestPtr ss, [Out] GuestPtr old_ss)
    {
        (ulong Base, AltStackFlags Flags, ulong Size) given = default;
        if (!ss.IsNull && !TryReadStack(task, ss, out given))
            return Errno.EFAULT;
        var old = task.SignalStack;
        var isOn = old.Contains(task.Execution?.StackPointer ?? 0);
        if (!ss.IsNull)
        {
            var error = Change(task, given, isOn);
            if (error != Errno.None)
                return error;
        }

        var flags = (old.IsSet ? (isOn ? AltStackFlags.SS_ONSTACK : 0) : AltStackFlags.SS_DISABLE) | (old.AutoDisarm ? AltStackFlags.SS_AUTODISARM : 0);
        return old_ss.IsNull || TryWriteStack(task, old_ss, old, flags) ? 0 : Errno.EFAULT;
    }

    /// <summary>
    /// Handlers are called by the kernel and return to it: no frame is left on the guest's stack for this to undo. As with a broken frame on Linux, it is
    /// a fault.
    /// </summary>
    [Syscall("sigreturn")]
    [Syscall("rt_sigreturn", Man = "sigreturn(2)")]
    public static SysResult SigReturn(LinuxTask task)
    {
        task.Force(SignalInfo.FromKernel(Abi.Signal.SIGSEGV));
        return 0;
    }

    private static Errno Exchange(LinuxTask task, Signal signal, SignalAction? action, out SignalAction old)
    {
        old = SignalAction.Default;
        if (!SignalSet.IsSignal(signal) || (action is not null && SignalSet.Unblockable.Contains(signal)))
            return Errno.EINVAL;
        var actions = task.Group.Actions;
        old = actions[signal];
        if (action is null)
            return Errno.None;
        actions[signal] = action;
        // POSIX 3.3.1.3: setting a pending signal's action to ignore discards it, blocked or not.
        if (action.Ignores(signal))
            task.Group.DiscardPending(SignalSet.Of(signal));
        return Errno.None;
    }

    private static SignalAction Make(LinuxTask task, ulong handler, ulong flags, ulong restorer, ulong mask)
    {
        var ignore = IgnoreOf(task.Abi);
        var disposition = handler == SIG_DFL ? Disposition.Default : handler == ignore ? Disposition.Ignore : Disposition.Handler;
        return new SignalAction(
            disposition, handler, (SignalFlags)flags & SignalFlags.Known, restorer, new SignalSet(mask) & ~SignalSet.Unblockable);
    }

    /// <summary>WALI's function pointers begin at 1, so SIG_IGN is -2 there.</summary>
    private static ulong IgnoreOf(GuestAbi abi) => ReferenceEquals(abi, GuestAbi.Wali) ? unchecked((uint)-2) : SIG_IGN;

    private static bool TryRead(LinuxTask task, GuestPtr pointer, out SignalAction? action)
    {
        bool read;
        if (task.Abi.Is32Bit)
        {
            read = task.Memory.TryRead<KernelSigAction32>(pointer, out var a);
            action = Make(task, a.sa_handler, a.sa_flags, a.sa_restorer, a.sa_mask);
        }
        else if (task.Abi.PointerSize == 4)
        {
            read = task.Memory.TryRead<WaliSigAction>(pointer, out var a);
            action = Make(task, a.sa_handler, a.sa_flags, a.sa_restorer, a.sa_mask);
        }
        else
        {
            read = task.Memory.TryRead<KernelSigAction64>(pointer, out var a);
            action = Make(task, a.sa_handler, a.sa_flags, a.sa_restorer, a.sa_mask);
        }

        return read;
    }

    private static bool TryWrite(LinuxTask task, GuestPtr pointer, SignalAction action)
    {
        var flags = (uint)action.Flags;
        if (task.Abi.Is32Bit)
        {
            return task.Memory.TryWrite(pointer, new KernelSigAction32
            {
                sa_handler = (uint)action.Handler,
                sa_flags = flags,
                sa_restorer = (uint)action.Restorer,
                sa_mask = action.Mask.Bits,
            });
        }

        if (task.Abi.PointerSize == 4)
        {
            return task.Memory.TryWrite(pointer, new WaliSigAction
            {
                sa_handler = (uint)action.Handler,
                sa_flags = flags,
                sa_restorer = (uint)action.Restorer,
                sa_mask = action.Mask.Bits,
            });
        }

        return task.Memory.TryWrite(pointer, new KernelSigAction64
        {
            sa_handler = action.Handler,
            sa_flags = flags,
            sa_restorer = action.Restorer,
            sa_mask = action.Mask.Bits,
        });
    }

    /// <summary>do_sigaltstack.</summary>
    private static Errno Change(LinuxTask task, (ulong Base, AltStackFlags Flags, ulong Size) given, bool isOn)
    {
        if (isOn)
            return Errno.EPERM;
        var mode = given.Flags & ~AltStackFlags.SS_AUTODISARM;
        if (mode is not (AltStackFlags.SS_DISABLE or AltStackFlags.SS_ONSTACK or AltStackFlags.None))
            return Errno.EINVAL;
        var disarms = (given.Flags & AltStackFlags.SS_AUTODISARM) != 0;
        if (mode == AltStackFlags.SS_DISABLE)
        {
            task.SignalStack = new SignalStack(0, 0, disarms);
            return Errno.None;
        }

        if (given.Size < LeastStack)
            return Errno.ENOMEM;
        // A stack that reaches beyond all memory is found out when a handler is to run on it.
        task.SignalStack = new SignalStack((uint)given.Base, (uint)Math.Min(given.Size, uint.MaxValue), disarms);
        return Errno.None;
    }

    private static bool TryReadStack(LinuxTask task, GuestPtr pointer, out (ulong Base, AltStackFlags Flags, ulong Size) stack)
    {
        if (task.Abi.PointerSize == 4)
        {
            var read = task.Memory.TryRead<SigAltStack32>(pointer, out var narrow);
            stack = (narrow.ss_sp, (AltStackFlags)narrow.ss_flags, narrow.ss_size);
            return read;
        }

        var readWide = task.Memory.TryRead<SigAltStack64>(pointer, out var wide);
        stack = (wide.ss_sp, (AltStackFlags)wide.ss_flags, wide.ss_size);
        return readWide;
    }

    private static bool TryWriteStack(LinuxTask task, GuestPtr pointer, SignalStack stack, AltStackFlags flags) => task.Abi.PointerSize == 4
        ? task.Memory.TryWrite(pointer, new SigAltStack32 { ss_sp = stack.Base, ss_flags = (uint)flags, ss_size = stack.Size })
        : task.Memory.TryWrite(pointer, new SigAltStack64 { ss_sp = stack.Base, ss_flags = (uint)flags, ss_size = stack.Size });
}
