using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What sched(7) says of a task. It is kept, checked and told, but the host schedules the host's threads: a policy changes no order.
/// </summary>
/// <param name="Policy">SCHED_OTHER and its like.</param>
/// <param name="Priority">1 to 99 for the real-time policies, else 0.</param>
/// <param name="Nice">-20 to 19.</param>
/// <param name="ResetOnFork">SCHED_RESET_ON_FORK.</param>
internal sealed record SchedulingState(SchedulingPolicy Policy, int Priority, int Nice, bool ResetOnFork)
{
    public static readonly SchedulingState Default = new(SchedulingPolicy.SCHED_OTHER, 0, 0, ResetOnFork: false);

    public static bool IsRealTime(SchedulingPolicy policy) => policy is SchedulingPolicy.SCHED_FIFO or SchedulingPolicy.SCHED_RR;
}
