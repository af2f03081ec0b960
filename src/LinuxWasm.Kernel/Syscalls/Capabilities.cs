using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>capget(2), capset(2).</summary>
public static class Capabilities
{
    private const uint Version1 = 0x19980330;
    private const uint Version2 = 0x20071026;
    private const uint Version3 = 0x20080522;
    private const uint DataSize = 12;

    [Syscall("capget")]
    public static SysResult CapGet(LinuxTask task, [In, Out] GuestPtr<CapUserHeader> hdrp, [Out] GuestPtr<CapUserData> datap)
    {
        var error = ReadVersion(task, hdrp, out var words);
        // Without room for an answer the question is which version the kernel likes, and that has been answered.
        if (datap.IsNull || error != Errno.None)
            return datap.IsNull && error == Errno.EINVAL ? Errno.None : error;
        if (!task.Memory.TryRead<int>((GuestPtr)hdrp + sizeof(uint), out var pid))
            return Errno.EFAULT;
        if (pid < 0)
            return Errno.EINVAL;
        var target = pid == 0 ? task : task.Kernel.Pids.FindTaskOrZombie(pid);
        if (target is null)
            return Errno.ESRCH;
        var theirs = target.Credentials;
        for (var word = 0; word < words; word++)
        {
            var data = new CapUserData
            {
                effective = (uint)(theirs.Effective.Bits >> (32 * word)),
                permitted = (uint)(theirs.Permitted.Bits >> (32 * word)),
                inheritable = (uint)(theirs.Inheritable.Bits >> (32 * word)),
            };
            if (!task.Memory.TryWrite((GuestPtr)datap + (uint)word * DataSize, data))
                return Errno.EFAULT;
        }

        return 0;
    }

    [Syscall("capset", Man = "capget(2)")]
    public static SysResult CapSet(LinuxTask task, [In, Out] GuestPtr<CapUserHeader> hdrp, [In] GuestPtr<CapUserData> datap)
    {
        var error = ReadVersion(task, hdrp, out var words);
        if (error != Errno.None)
            return error;
        if (!task.Memory.TryRead<int>((GuestPtr)hdrp + sizeof(uint), out var pid))
            return Errno.EFAULT;
        if (pid != 0 && pid != task.Tid)
            return Errno.EPERM;
        ulong effective = 0, permitted = 0, inheritable = 0;
        for (var word = 0; word < words; word++)
        {
            if (!task.Memory.TryRead<CapUserData>((GuestPtr)datap + (uint)word * DataSize, out var data))
                return Errno.EFAULT;
            effective |= (ulong)data.effective << (32 * word);
            permitted |= (ulong)data.permitted << (32 * word);
            inheritable |= (ulong)data.inheritable << (32 * word);
        }

        return Set(
            task,
            new CapabilitySet(effective).And(CapabilitySet.Full),
            new CapabilitySet(permitted).And(CapabilitySet.Full),
            new CapabilitySet(inheritable).And(CapabilitySet.Full));
    }

    /// <summary>cap_capset: nothing is gained, except in the inheritable set with CAP_SETPCAP.</summary>
    private static SysResult Set(LinuxTask task, CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable)
    {
        var old = task.Credentials;
        if (!old.Has(Capability.CAP_SETPCAP) && !inheritable.IsSubsetOf(old.Inheritable.Plus(old.Permitted)))
            return Errno.EPERM;
        if (!inheritable.IsSubsetOf(old.Inheritable.Plus(old.Bounding)) || !permitted.IsSubsetOf(old.Permitted) || !effective.IsSubsetOf(permitted))
            return Errno.EPERM;
        task.ChangeCredentials(old with
        {
            Effective = effective,
            Permitted = permitted,
            Inheritable = inheritable,
            Ambient = old.Ambient.And(permitted).And(inheritable),
        });
        return 0;
    }

    private static Errno ReadVersion(LinuxTask task, GuestPtr header, out int words)
    {
        words = 0;
        if (!task.Memory.TryRead<uint>(header, out var version))
            return Errno.EFAULT;
        switch (version)
        {
            case Version1:
                words = 1;
                return Errno.None;
            case Version2 or Version3:
                words = 2;
                return Errno.None;
            default:
                return task.Memory.TryWrite(header, Version3) ? Errno.EINVAL : Errno.EFAULT;
        }
    }
}
