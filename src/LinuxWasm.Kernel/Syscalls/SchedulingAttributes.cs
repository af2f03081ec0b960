using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sched_setattr(2), sched_getattr(2), sched_setaffinity(2), sched_getaffinity(2).</summary>
public static class SchedulingAttributes
{
    private const uint FirstSize = 48;
    private const uint Size = 56;
    private const uint LargestSize = GuestMemory.PageSize;
    private const ulong ResetOnFork = 1;
    private const ulong KeepPolicy = 8;
    private const ulong KeepParameters = 0x10;
    private const ulong UtilClamp = 0x60;
    private const ulong KnownFlags = 0x7f;

    /// <summary>Bytes of the kernel's own processor masks: 64 processors.</summary>
    private const int MaskSize = 8;

    [Syscall("sched_setattr")]
    public static SysResult SetAttr(LinuxTask task, int pid, [In] GuestPtr<SchedAttr> attr, uint flags)
    {
        if (attr.IsNull || pid < 0 || flags != 0)
            return Errno.EINVAL;
        var error = Read(task, attr, out var given);
        if (error != Errno.None)
            return error;
        if ((int)given.sched_policy < 0 || (given.sched_flags & ~KnownFlags) != 0)
            return Errno.EINVAL;
        if (Scheduling.Find(task, pid) is not { } target)
            return Errno.ESRCH;
        var old = target.Scheduling;
        var next = new SchedulingState(
            (given.sched_flags & KeepPolicy) != 0 ? old.Policy : (SchedulingPolicy)given.sched_policy,
            (given.sched_flags & KeepParameters) != 0 ? old.Priority : (int)given.sched_priority,
            (given.sched_flags & KeepParameters) != 0 ? old.Nice : Math.Clamp(given.sched_nice, -20, 19),
            (given.sched_flags & ResetOnFork) != 0);
        if (SchedulingState.IsRealTime(next.Policy))
            next = next with { Nice = old.Nice };
        return Scheduling.Change(task, target, next);
    }

    [Syscall("sched_getattr", Man = "sched_setattr(2)")]
    public static SysResult GetAttr(LinuxTask task, int pid, [Out] GuestPtr<SchedAttr> attr, uint size, uint flags)
    {
        if (attr.IsNull || pid < 0 || size > LargestSize || size < FirstSize || flags != 0)
            return Errno.EINVAL;
        if (Scheduling.Find(task, pid)?.Scheduling is not { } state)
            return Errno.ESRCH;
        var told = new SchedAttr
        {
            size = Math.Min(size, Size),
            sched_policy = (uint)state.Policy,
            sched_flags = state.ResetOnFork ? ResetOnFork : 0,
            sched_nice = SchedulingState.IsRealTime(state.Policy) ? 0 : state.Nice,
            sched_priority = (uint)state.Priority,
        };
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in told, 1));
        return task.Memory.TryWrite(attr, bytes[..(int)told.size]) ? 0 : Errno.EFAULT;
    }

    [Syscall("sched_setaffinity")]
    public static SysResult SetAffinity(LinuxTask task, int pid, uint cpusetsize, [In("cpusetsize")] GuestPtr mask)
    {
        Span<byte> bytes = stackalloc byte[MaskSize];
        var length = (int)Math.Min(cpusetsize, MaskSize);
        if (!task.Memory.TryGetReadable(mask, (uint)length, out var given))
            return Errno.EFAULT;
        given.CopyTo(bytes);
        if (Scheduling.Find(task, pid) is not { } target)
            return Errno.ESRCH;
        if (!Scheduling.IsOwner(task, target) && !task.Credentials.Has(Capability.CAP_SYS_NICE))
            return Errno.EPERM;
        var wanted = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes) & task.Kernel.ProcessorMask;
        if (wanted == 0)
            return Errno.EINVAL;
        target.Affinity = wanted;
        return 0;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    [Syscall("sched_getaffinity", Man = "sched_setaffinity(2)")]
    public static SysResult GetAffinity(LinuxTask task, int pid, uint cpusetsize, [Out("return")] GuestPtr mask)
    {
        if ((ulong)cpusetsize * 8 < (ulong)task.Kernel.ProcessorCount || cpusetsize % (uint)task.Abi.LongSize != 0)
            return Errno.EINVAL;
        if (Scheduling.Find(task, pid) is not { } target)
            return Errno.ESRCH;
        Span<byte> bytes = stackalloc byte[MaskSize];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, target.Affinity & task.Kernel.ProcessorMask);
        var length = (int)Math.Min(cpusetsize, MaskSize);
        return task.Memory.TryWrite(mask, bytes[..length]) ? length : Errno.EFAULT;
    }

    /// <summary>sched_copy_attr: a structure that grows. What the kernel does not know has to be zero.</summary>
    private static Errno Read(LinuxTask task, GuestPtr attr, out SchedAttr given)
    {
        given = default;
        if (!task.Memory.TryRead<uint>(attr, out var size))
            return Errno.EFAULT;
        if (size == 0)
            size = FirstSize;
        if (size is < FirstSize or > LargestSize)
            return Refuse(task, attr);
        if (!task.Memory.TryGetReadable(attr, size, out var bytes))
            return Errno.EFAULT;
        if (size > Size && bytes[(int)Size..].ContainsAnyExcept((byte)0))
            return Refuse(task, attr);
        bytes[..(int)Math.Min(size, Size)].CopyTo(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref given, 1)));
        return (given.sched_flags & UtilClamp) != 0 && size < Size ? Errno.EINVAL : Errno.None;
    }

    private static Errno Refuse(LinuxTask task, GuestPtr attr)
    {
        // So that the caller can learn which size would do; that it can't be written is not told.
        _ = task.Memory.TryWrite(attr, Size);
        return Errno.E2BIG;
    }
}
