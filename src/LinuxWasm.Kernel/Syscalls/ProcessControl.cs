using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>prctl(2)'s options.</summary>
public enum ProcessOption
{
    PR_SET_PDEATHSIG = 1,
    PR_GET_PDEATHSIG = 2,
    PR_GET_DUMPABLE = 3,
    PR_SET_DUMPABLE = 4,
    PR_GET_KEEPCAPS = 7,
    PR_SET_KEEPCAPS = 8,
    PR_GET_TIMING = 13,
    PR_SET_TIMING = 14,
    PR_SET_NAME = 15,
    PR_GET_NAME = 16,
    PR_GET_SECCOMP = 21,
    PR_CAPBSET_READ = 23,
    PR_CAPBSET_DROP = 24,
    PR_GET_SECUREBITS = 27,
    PR_SET_SECUREBITS = 28,
    PR_SET_TIMERSLACK = 29,
    PR_GET_TIMERSLACK = 30,
    PR_MCE_KILL = 33,
    PR_MCE_KILL_GET = 34,
    PR_SET_CHILD_SUBREAPER = 36,
    PR_GET_CHILD_SUBREAPER = 37,
    PR_SET_NO_NEW_PRIVS = 38,
    PR_GET_NO_NEW_PRIVS = 39,
    PR_GET_TID_ADDRESS = 40,
    PR_SET_THP_DISABLE = 41,
    PR_GET_THP_DISABLE = 42,
    PR_CAP_AMBIENT = 47,
}

/// <summary>prctl(2). Options of features that are not here answer EINVAL, as a Linux built without them.</summary>
public static class ProcessControl
{
    private const ulong DefaultTimerSlack = 50_000;
    private const int NameLength = 16;
    private const int LastCapability = (int)Capability.CAP_CHECKPOINT_RESTORE;

    [Syscall("prctl", Unsupported = "PR_SET_SECCOMP; PR_SET_MM; PR_SET_PTRACER; PR_SET_TSC; PR_SET_SYSCALL_USER_DISPATCH; PR_SET_VMA; PR_SCHED_CORE")]
    public static SysResult Prctl(LinuxTask task, ProcessOption option, GuestSize arg2, GuestSize arg3, GuestSize arg4, GuestSize arg5)
    {
        var value = arg2.Value;
        var pointer = GuestPtr.FromRegister(value);
        var rest = arg3.Value | arg4.Value | arg5.Value;
        var credentials = task.Credentials;
        switch (option)
        {
            case ProcessOption.PR_SET_PDEATHSIG:
                if (value > (ulong)Signal.SIGRTMAX)
                    return Errno.EINVAL;
                task.ParentDeathSignal = (Signal)value;
                return 0;
            case ProcessOption.PR_GET_PDEATHSIG:
                return task.Memory.TryWrite(pointer, (int)task.ParentDeathSignal) ? 0 : Errno.EFAULT;
            case ProcessOption.PR_GET_DUMPABLE:
                return task.AddressSpace.Dumpable ? 1 : 0;
            case ProcessOption.PR_SET_DUMPABLE:
                if (value > 1)
                    return Errno.EINVAL;
                task.AddressSpace.Dumpable = value == 1;
                return 0;
            case ProcessOption.PR_GET_KEEPCAPS:
                return credentials.SecureBits.HasFlag(SecureBits.SECBIT_KEEP_CAPS) ? 1 : 0;
            case ProcessOption.PR_SET_KEEPCAPS:
                return SetKeepCapabilities(task, value);
            case ProcessOption.PR_GET_TIMING:
                return 0;
            case ProcessOption.PR_SET_TIMING:
                return value == 0 ? 0 : Errno.EINVAL;
            case ProcessOption.PR_SET_NAME:
                return SetName(task, pointer);
            case ProcessOption.PR_GET_NAME:
                return GetName(task, pointer);
            case ProcessOption.PR_GET_SECCOMP:
                return 0;
            case ProcessOption.PR_CAPBSET_READ:
                return value > LastCapability ? Errno.EINVAL : credentials.Bounding.Contains((Capability)value) ? 1 : 0;
            case ProcessOption.PR_CAPBSET_DROP:
                return DropBounding(task, value);
            case ProcessOption.PR_GET_SECUREBITS:
                return (uint)credentials.SecureBits;
            case ProcessOption.PR_SET_SECUREBITS:
                return SetSecureBits(task, value);
            case ProcessOption.PR_SET_TIMERSLACK:
                // "Less than or equal to zero" (prctl(2)) is asked of an unsigned number.
                task.TimerSlack = value == 0 ? DefaultTimerSlack : value;
                return 0;
            case ProcessOption.PR_GET_TIMERSLACK:
                return (long)task.TimerSlack;
            case ProcessOption.PR_MCE_KILL:
                return SetMachineCheckPolicy(value, arg3.Value, arg4.Value | arg5.Value);
            case ProcessOption.PR_MCE_KILL_GET:
                const int Default = 2;
                return (value | rest) != 0 ? Errno.EINVAL : Default;
            case ProcessOption.PR_SET_CHILD_SUBREAPER:
                task.Group.IsSubreaper = value != 0;
                return 0;
            case ProcessOption.PR_GET_CHILD_SUBREAPER:
                return task.Memory.TryWrite(pointer, task.Group.IsSubreaper ? 1 : 0) ? 0 : Errno.EFAULT;
            case ProcessOption.PR_SET_NO_NEW_PRIVS:
                if (value != 1 || rest != 0)
                    return Errno.EINVAL;
                task.NoNewPrivileges = true;
                return 0;
            case ProcessOption.PR_GET_NO_NEW_PRIVS:
                return (value | rest) != 0 ? Errno.EINVAL : task.NoNewPrivileges ? 1 : 0;
            case ProcessOption.PR_GET_TID_ADDRESS:
                // A pointer of the kernel's own width, which for i386's programs is theirs.
                var word = task.ThreadWord.Address;
                return task.Abi.PointerSize == 4 ? task.Memory.TryWrite(pointer, word) ? 0 : Errno.EFAULT
                    : task.Memory.TryWrite(pointer, (ulong)word) ? 0 : Errno.EFAULT;
            case ProcessOption.PR_SET_THP_DISABLE:
                if (rest != 0)
                    return Errno.EINVAL;
                task.AddressSpace.NoHugePages = value != 0;
                return 0;
            case ProcessOption.PR_GET_THP_DISABLE:
                return (value | rest) != 0 ? Errno.EINVAL : task.AddressSpace.NoHugePages ? 1 : 0;
            case ProcessOption.PR_CAP_AMBIENT:
                return ChangeAmbient(task, value, arg3.Value, arg4.Value | arg5.Value);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult SetName(LinuxTask task, GuestPtr pointer)
    {
        Span<byte> bytes = stackalloc byte[NameLength - 1];
        if (task.Memory.ReadString(pointer, bytes, out var length) == Errno.EFAULT)
            return Errno.EFAULT;
        task.Comm = Encoding.Latin1.GetString(bytes[..length]);
        return 0;
    }

    private static SysResult GetName(LinuxTask task, GuestPtr pointer)
    {
        Span<byte> bytes = stackalloc byte[NameLength];
        bytes.Clear();
        var name = Encoding.Latin1.GetBytes(task.Comm);
        name.AsSpan(0, Math.Min(name.Length, NameLength - 1)).CopyTo(bytes);
        return task.Memory.TryWrite(pointer, bytes) ? 0 : Errno.EFAULT;
    }

    private static SysResult SetKeepCapabilities(LinuxTask task, ulong value)
    {
        var credentials = task.Credentials;
        if (value > 1)
            return Errno.EINVAL;
        if (credentials.SecureBits.HasFlag(SecureBits.SECBIT_KEEP_CAPS_LOCKED))
            return Errno.EPERM;
        task.ChangeCredentials(credentials with
        {
            SecureBits = value == 1
                ? credentials.SecureBits | SecureBits.SECBIT_KEEP_CAPS
                : credentials.SecureBits & ~SecureBits.SECBIT_KEEP_CAPS,
        });
        return 0;
    }

    private static SysResult DropBounding(LinuxTask task, ulong capability)
    {
        var credentials = task.Credentials;
        if (!credentials.Has(Capability.CAP_SETPCAP))
            return Errno.EPERM;
        if (capability > LastCapability)
            return Errno.EINVAL;
        task.ChangeCredentials(credentials with { Bounding = credentials.Bounding.Without((Capability)capability) });
        return 0;
    }

    /// <summary>Locked bits stay, locks are never taken off (capabilities(7)).</summary>
    private static SysResult SetSecureBits(LinuxTask task, ulong value)
    {
        var credentials = task.Credentials;
        var old = credentials.SecureBits;
        var next = (SecureBits)value;
        var locked = (SecureBits)((uint)(old & SecureBits.AllLocks) >> 1);
        if ((locked & (old ^ next)) != 0 || (old & SecureBits.AllLocks & ~next) != 0 || (value & ~(ulong)(SecureBits.AllLocks | SecureBits.AllBits)) != 0
            || !credentials.Has(Capability.CAP_SETPCAP))
            return Errno.EPERM;
        task.ChangeCredentials(credentials with { SecureBits = next });
        return 0;
    }

    private static SysResult ChangeAmbient(LinuxTask task, ulong what, ulong capability, ulong rest)
    {
        const ulong IsSet = 1, Raise = 2, Lower = 3, ClearAll = 4;
        var credentials = task.Credentials;
        if (what == ClearAll)
        {
            if ((capability | rest) != 0)
                return Errno.EINVAL;
            task.ChangeCredentials(credentials with { Ambient = default });
            return 0;
        }

        if (capability > LastCapability || rest != 0)
            return Errno.EINVAL;
        var one = (Capability)capability;
        switch (what)
        {
            case IsSet:
                return credentials.Ambient.Contains(one) ? 1 : 0;
            case Raise:
                if (!credentials.Permitted.Contains(one) || !credentials.Inheritable.Contains(one)
                    || credentials.SecureBits.HasFlag(SecureBits.SECBIT_NO_CAP_AMBIENT_RAISE))
                    return Errno.EPERM;
                task.ChangeCredentials(credentials with { Ambient = credentials.Ambient.With(one) });
                return 0;
            case Lower:
                task.ChangeCredentials(credentials with { Ambient = credentials.Ambient.Without(one) });
                return 0;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>When a process learns of broken memory, of which there is none: checked, not kept.</summary>
    private static SysResult SetMachineCheckPolicy(ulong what, ulong policy, ulong rest)
    {
        const ulong Clear = 0, Set = 1, LastPolicy = 2;
        if (rest != 0 || what > Set || (what == Clear ? policy != 0 : policy > LastPolicy))
            return Errno.EINVAL;
        return 0;
    }
}
