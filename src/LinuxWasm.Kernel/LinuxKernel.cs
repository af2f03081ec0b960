using System.Collections.Concurrent;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;
using LinuxWasm.Kernel.Tty;

namespace LinuxWasm.Kernel;

/// <summary>One Linux: its clock, its tasks, its mounts, its log. Several may live in one host process and know nothing of each other.</summary>
public sealed partial class LinuxKernel : IDisposable
{
    private readonly ConcurrentDictionary<(SyscallTable Table, int Number), long> _unimplemented = new();

    private volatile bool _stopped;

    public LinuxKernel(KernelOptions? options = null)
    {
        Options = options ?? new KernelOptions();
        Clock = Options.VirtualClock ? new VirtualClock() : new RealClock();
        Pids = new PidTable(Options.MaxTasks);
        Terminals = new TerminalTable(this);
        Random = new RandomSource(Options.Seed);
        Names = new SystemNames(Options.HostName, Options.DomainName);
    }

    public KernelOptions Options { get; }

    public KernelClock Clock { get; }

    public PidTable Pids { get; }

    internal TerminalTable Terminals { get; }

    /// <summary>The host's processors, as far as a mask of 64 shows them; one on a virtual clock, where every run is to be the same.</summary>
    public int ProcessorCount => Clock.IsReal ? Math.Min(Environment.ProcessorCount, 64) : 1;

    internal ulong ProcessorMask => ProcessorCount == 64 ? ulong.MaxValue : (1UL << ProcessorCount) - 1;

    public RandomSource Random { get; }

    /// <summary>Host and domain name, as sethostname(2) may have changed them.</summary>
    public SystemNames Names { get; }

    public KernelLog Log { get; } = new();

    /// <summary>How often each number was called that has no implementation.</summary>
    public IReadOnlyDictionary<(SyscallTable Table, int Number), long> UnimplementedCalls => _unimplemented;

    /// <summary>Makes a process of one task. Its code is run by whoever asked for it, on a thread of its own, until <see cref="LinuxTask.MustEnd"/>.</summary>
    /// <param name="resources">What the task starts with.</param>
    /// <param name="parent">Who will wait for it; null: the host.</param>
    /// <returns>The task, or null where the kernel has as many as it may have (EAGAIN).</returns>
    public LinuxTask? CreateProcess(TaskResources resources, ThreadGroup? parent = null)
    {
        var task = Pids.Add(tid => new LinuxTask(this, new ThreadGroup(this, tid, parent), tid, resources));
        if (task is null)
            return null;
        task.Group.TryAdd(task);
        Clock.TaskWoke();
        task.StartsRunning();
        // One that came too late to be seen by Dispose ends at its first call.
        if (_stopped)
            task.Group.Kill(Signal.SIGKILL);
        return task;
    }

    /// <summary>Makes one more task of a process, run as <see cref="CreateProcess"/> says.</summary>
    /// <returns>The task, or null where the process is ending, or there are as many tasks as there may be.</returns>
    public LinuxTask? CreateThread(ThreadGroup group, TaskResources resources)
    {
        var task = Pids.Add(tid => new LinuxTask(this, group, tid, resources));
        if (task is null)
            return null;
        if (!group.TryAdd(task))
        {
            Pids.Remove(task);
            return null;
        }

        Clock.TaskWoke();
        task.StartsRunning();
        return task;
    }

    /// <summary>Stops the kernel: its tasks end, its timers are called off.</summary>
    public void Dispose()
    {
        _stopped = true;
        foreach (var group in Pids.Groups)
            group.Kill(Signal.SIGKILL);
        Clock.Dispose();
    }

    internal void CountUnimplemented(SyscallTable table, int number) =>
        _unimplemented.AddOrUpdate((table, number), 1, static (_, count) => count + 1);
}
