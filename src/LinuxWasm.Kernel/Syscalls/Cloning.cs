using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>fork(2), vfork(2), clone(2), clone3. Namespaces are not here.</summary>
public static class Cloning
{
    private const string Missing = "CLONE_NEW*; CLONE_INTO_CGROUP; set_tid; fork in a signal handler";
    private const uint FirstSize = 64;
    private const uint LargestSize = GuestMemory.PageSize;

    [Syscall("fork", Unsupported = Missing)]
    public static SysResult Fork(LinuxTask task) => Clone(task, new CloneRequest { ExitSignal = Signal.SIGCHLD });

    [Syscall("vfork", Unsupported = Missing)]
    public static SysResult VFork(LinuxTask task) =>
        Clone(task, new CloneRequest { Flags = CloneFlags.CLONE_VFORK | CloneFlags.CLONE_VM, ExitSignal = Signal.SIGCHLD });

    [Syscall("clone", On = SyscallTable.X64, Unsupported = Missing)]
    public static SysResult CloneX64(LinuxTask task, GuestSize flags, GuestPtr stack, GuestPtr<int> parent_tid, GuestPtr<int> child_tid, GuestSize tls) =>
        CloneOld(task, flags, stack, parent_tid, child_tid, tls);

    /// <summary>The other architectures' order (CONFIG_CLONE_BACKWARDS).</summary>
    [Syscall("clone", On = SyscallTable.I386 | SyscallTable.Generic, Unsupported = Missing)]
    public static SysResult CloneBackwards(LinuxTask task, GuestSize flags, GuestPtr stack, GuestPtr<int> parent_tid, GuestSize tls, GuestPtr<int> child_tid) =>
        CloneOld(task, flags, stack, parent_tid, child_tid, tls);

    [Syscall("clone3", Man = "clone(2)", Unsupported = Missing)]
    public static SysResult Clone3(LinuxTask task, [In("size")] GuestPtr<CloneArguments> cl_args, GuestSize size)
    {
        const CloneFlags Known = (CloneFlags)uint.MaxValue | CloneFlags.CLONE_CLEAR_SIGHAND | CloneFlags.CLONE_INTO_CGROUP;
        var error = Read(task, cl_args, size.Value, out var given);
        if (error != Errno.None)
            return error;
        var flags = given.flags;
        if (given.exit_signal > (ulong)CloneFlags.CSIGNAL || given.exit_signal > (ulong)Signal.SIGRTMAX || given.set_tid_size != 0 || given.set_tid != 0)
            return Errno.EINVAL;
        // CLONE_NEWTIME, which stands in the old exit signal's byte, is one of the namespaces that are missing.
        if ((flags & ~Known) != 0 || (flags & (CloneFlags.CLONE_DETACHED | CloneFlags.CSIGNAL | CloneFlags.CLONE_INTO_CGROUP)) != 0)
            return Errno.EINVAL;
        if (Has(flags, CloneFlags.CLONE_CLEAR_SIGHAND | CloneFlags.CLONE_SIGHAND))
            return Errno.EINVAL;
        if ((flags & (CloneFlags.CLONE_THREAD | CloneFlags.CLONE_PARENT)) != 0 && given.exit_signal != 0)
            return Errno.EINVAL;
        if ((given.stack == 0) != (given.stack_size == 0) || given.stack > uint.MaxValue || given.stack_size > uint.MaxValue)
            return Errno.EINVAL;
        return Clone(task, new CloneRequest
        {
            Flags = flags,
            ExitSignal = (Signal)given.exit_signal,
            StackPointer = (uint)(given.stack + given.stack_size),
            PidFd = (GuestPtr<int>)GuestPtr.FromRegister(given.pidfd),
            ParentTid = (GuestPtr<int>)GuestPtr.FromRegister(given.parent_tid),
            ChildTid = (GuestPtr<int>)GuestPtr.FromRegister(given.child_tid),
            ThreadPointer = given.tls,
        });
    }

    private static SysResult CloneOld(LinuxTask task, GuestSize flags, GuestPtr stack, GuestPtr<int> parentTid, GuestPtr<int> childTid, GuestSize tls)
    {
        var given = (CloneFlags)(uint)flags.Value;
        return Clone(task, new CloneRequest
        {
            Flags = given & ~CloneFlags.CSIGNAL,
            ExitSignal = (Signal)(given & CloneFlags.CSIGNAL),
            StackPointer = stack.Address,
            PidFd = parentTid,
            ParentTid = parentTid,
            ChildTid = childTid,
            ThreadPointer = tls.Value,
        });
    }

    private static SysResult Clone(LinuxTask task, in CloneRequest request)
    {
        var error = Check(task, request);
        if (error != Errno.None)
            return error;
        if (task.Execution is not IGuestCloning { CanClone: true } cloning)
            return Errno.ENOSYS;
        // A signal that came before the child exists is handled by the parent alone, which then tries again.
        if (task.IsInterrupted)
            return Restart.ERESTARTNOINTR;
        error = task.Kernel.Clone(task, request, cloning, out var child);
        if (error != Errno.None)
            return error;
        var tid = child!.Tid;
        cloning.Start(child, new CloneStart(
            Has(request.Flags, CloneFlags.CLONE_VM), request.StackPointer, Has(request.Flags, CloneFlags.CLONE_SETTLS) ? request.ThreadPointer : 0));
        if (Has(request.Flags, CloneFlags.CLONE_VFORK))
            child.WaitUntilMemoryIsLeft(task);
        return tid;
    }

    /// <summary>copy_process: what does not go together.</summary>
    private static Errno Check(LinuxTask task, in CloneRequest request)
    {
        var flags = request.Flags;
        const CloneFlags Namespaces = CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWCGROUP | CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWIPC
            | CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWNET;
        if (Has(flags, CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_FS) || Has(flags, CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_FS))
            return Errno.EINVAL;
        if (Has(flags, CloneFlags.CLONE_THREAD) && !Has(flags, CloneFlags.CLONE_SIGHAND))
            return Errno.EINVAL;
        if (Has(flags, CloneFlags.CLONE_SIGHAND) && !Has(flags, CloneFlags.CLONE_VM))
            return Errno.EINVAL;
        // The children of who has no parent would have none to wait for them.
        if (Has(flags, CloneFlags.CLONE_PARENT) && task.Kernel.Pids.ParentOf(task.Group) is null)
            return Errno.EINVAL;
        if (Has(flags, CloneFlags.CLONE_THREAD) && (flags & (CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_NEWPID)) != 0)
            return Errno.EINVAL;
        // Both numbers can't stand in one place: clone, which has one pointer for them, gives one or the other.
        if (Has(flags, CloneFlags.CLONE_PIDFD | CloneFlags.CLONE_PARENT_SETTID) && request.PidFd.Address == request.ParentTid.Address)
            return Errno.EINVAL;
        if (Has(flags, CloneFlags.CLONE_PIDFD | CloneFlags.CLONE_DETACHED))
            return Errno.EINVAL;
        // As a kernel without namespaces answers, to those who might make one.
        if ((flags & Namespaces) != 0)
            return task.Credentials.Has(Capability.CAP_SYS_ADMIN) || Has(flags, CloneFlags.CLONE_NEWUSER) ? Errno.EINVAL : Errno.EPERM;
        return Errno.None;
    }

    private static Errno Read(LinuxTask task, GuestPtr pointer, ulong size, out CloneArguments given)
    {
        given = default;
        if (size > LargestSize)
            return Errno.E2BIG;
        if (size < FirstSize)
            return Errno.EINVAL;
        if (!task.Memory.TryGetReadable(pointer, (uint)size, out var bytes))
            return Errno.EFAULT;
        var room = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref given, 1));
        if (bytes.Length > room.Length && bytes[room.Length..].ContainsAnyExcept((byte)0))
            return Errno.E2BIG;
        bytes[..Math.Min(bytes.Length, room.Length)].CopyTo(room);
        return Errno.None;
    }

    private static bool Has(CloneFlags flags, CloneFlags all) => (flags & all) == all;
}
