using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>sched(7)'s policies.</summary>
public enum SchedulingPolicy
{
    SCHED_OTHER = 0,
    SCHED_FIFO = 1,
    SCHED_RR = 2,
    SCHED_BATCH = 3,
    SCHED_IDLE = 5,
    SCHED_DEADLINE = 6,
    SCHED_EXT = 7,
}

/// <summary>struct sched_attr.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
public struct SchedAttr
{
    [FieldOffset(0)]
    public uint size;

    [FieldOffset(4)]
    public uint sched_policy;

    [FieldOffset(8)]
    public ulong sched_flags;

    [FieldOffset(16)]
    public int sched_nice;

    [FieldOffset(20)]
    public uint sched_priority;

    [FieldOffset(24)]
    public ulong sched_runtime;

    [FieldOffset(32)]
    public ulong sched_deadline;

    [FieldOffset(40)]
    public ulong sched_period;

    [FieldOffset(48)]
    public uint sched_util_min;

    [FieldOffset(52)]
    public uint sched_util_max;
}
