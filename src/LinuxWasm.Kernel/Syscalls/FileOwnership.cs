using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>fcntl(2)'s F_SETOWN and its kin: who gets SIGIO.</summary>
internal static class FileOwnership
{
    public static SysResult Control(LinuxTask task, OpenFile file, FcntlCommand cmd, ulong arg)
    {
        var pointer = GuestPtr.FromRegister(arg);
        var owner = file.Owner;
        switch (cmd)
        {
            case FcntlCommand.F_GETOWN:
                var id = Living(task, owner);
                return owner.Type == OwnerType.F_OWNER_PGRP ? -id : id;
            case FcntlCommand.F_SETOWN:
                var who = (int)arg;
                if (who == int.MinValue)
                    return Errno.EINVAL;
                return Set(task, file, who < 0 ? OwnerType.F_OWNER_PGRP : OwnerType.F_OWNER_PID, Math.Abs(who));
            case FcntlCommand.F_GETOWN_EX:
                return task.Memory.TryWrite(pointer, new FOwnerEx { type = owner.Type, pid = Living(task, owner) }) ? 0 : Errno.EFAULT;
            case FcntlCommand.F_SETOWN_EX:
                if (!task.Memory.TryRead<FOwnerEx>(pointer, out var ex))
                    return Errno.EFAULT;
                if (ex.type is not (OwnerType.F_OWNER_TID or OwnerType.F_OWNER_PID or OwnerType.F_OWNER_PGRP))
                    return Errno.EINVAL;
                return Set(task, file, ex.type, ex.pid);
            case FcntlCommand.F_GETOWNER_UIDS:
                return task.Memory.TryWrite(pointer, owner.Uid | ((ulong)owner.Euid << 32)) ? 0 : Errno.EFAULT;
            case FcntlCommand.F_GETSIG:
                return (int)owner.Signal;
            default:
                // 0 gives SIGIO back.
                if (arg > (ulong)Signal.SIGRTMAX)
                    return Errno.EINVAL;
                file.Owner = owner with { Signal = (Signal)arg };
                return 0;
        }
    }

    private static SysResult Set(LinuxTask task, OpenFile file, OwnerType type, int id)
    {
        if (id != 0 && !Exists(task, type, id))
            return Errno.ESRCH;
        file.Owner = file.Owner with { Type = type, Id = id, Uid = task.Credentials.Uid, Euid = task.Credentials.Euid };
        return 0;
    }

    /// <summary>A number whose bearer has gone shows as 0.</summary>
    private static int Living(LinuxTask task, FileOwner owner) => owner.Id != 0 && Exists(task, owner.Type, owner.Id) ? owner.Id : 0;

    private static bool Exists(LinuxTask task, OwnerType type, int id)
    {
        var pids = task.Kernel.Pids;
        return type switch
        {
            OwnerType.F_OWNER_TID => pids.FindTask(id) is not null,
            OwnerType.F_OWNER_PID => pids.FindGroup(id) is not null,
            _ => pids.Groups.Any(group => group.ProcessGroup == id),
        };
    }
}
