using System.Collections.Concurrent;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Processes;
using LinuxWasm.PowerShell.Calls;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>A kernel that a session started: what <c>Start-WasmKernel</c> gives and other commands take.</summary>
public sealed class WasmKernel
{
    private readonly KernelRegistry _registry;
    private readonly Lazy<SyscallProcess> _host;
    private readonly ConcurrentDictionary<int, GuestProcess> _started = new();
    private int _stopped;

    internal WasmKernel(KernelRegistry registry, int id, string? name, MachineOptions options)
    {
        _registry = registry;
        Id = id;
        Name = name ?? $"kernel{id}";
        Machine = new WasmMachine(options);
        _host = new Lazy<SyscallProcess>(() => new SyscallProcess(this));
    }

    /// <summary>Counts the kernels of the session, from 1.</summary>
    public int Id { get; }

    public string Name { get; }

    public WasmKernelState State => Volatile.Read(ref _stopped) == 0 ? WasmKernelState.Running : WasmKernelState.Stopped;

    /// <summary>Commands without <c>-Kernel</c> use this one.</summary>
    public bool IsCurrent => ReferenceEquals(_registry.Selected, this);

    /// <summary>uname(2)'s nodename, as the kernel was started with it.</summary>
    public string HostName => Machine.Options.Kernel.HostName;

    public WasmClock Clock => Machine.Options.Kernel.VirtualClock ? WasmClock.Virtual : WasmClock.Real;

    /// <summary>The seed of its random numbers; null where they are the host's.</summary>
    public ulong? Seed => Machine.Options.Kernel.Seed;

    /// <summary>Bytes of memory that one process may have.</summary>
    public ulong MemoryLimit => Machine.Options.Kernel.MemoryLimit;

    /// <summary>Bytes that all files of one tmpfs may have.</summary>
    public ulong FileSystemLimit => Machine.Options.Kernel.TmpfsLimit;

    /// <summary>Tasks that may live at once.</summary>
    public int ProcessLimit => Machine.Options.Kernel.MaxTasks;

    /// <summary>The host's time when it was started.</summary>
    public DateTime StartTime { get; } = DateTime.Now;

    /// <summary>Processes that live now, programs and those that the host makes calls with.</summary>
    public int ProcessCount => State == WasmKernelState.Running ? Machine.Kernel.Pids.Groups.Count : 0;

    public int MountCount => State == WasmKernelState.Running ? Machine.Kernel.Mounts.All.Count : 0;

    internal WasmMachine Machine { get; }

    /// <summary>The process without a program in which <c>Invoke-WasmSyscall</c> makes its calls.</summary>
    internal SyscallProcess Host => _host.Value;

    /// <summary>The processes that live now, by number.</summary>
    internal IEnumerable<WasmProcess> Processes => Machine.Kernel.Pids.Groups.Select(group => new WasmProcess(this, group, _started.GetValueOrDefault(group.Pid)));

    /// <summary>A living process by its number; null where there is none.</summary>
    internal WasmProcess? FindProcess(int pid) =>
        Machine.Kernel.Pids.FindGroup(pid) is { } group ? new WasmProcess(this, group, _started.GetValueOrDefault(pid)) : null;

    /// <summary>Remembers a program that was started until it ends, and closes then what it was traced to.</summary>
    internal void Add(GuestProcess process, IDisposable? trace)
    {
        _started[process.Pid] = process;
        _ = process.Completion.ContinueWith(
            _ =>
            {
                // Its number may be another process's already.
                _started.TryRemove(KeyValuePair.Create(process.Pid, process));
                trace?.Dispose();
            },
            TaskScheduler.Default);
    }

    /// <summary>Ends its processes and forgets its files. Done once; from any thread.</summary>
    internal void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        _registry.Remove(this);
        // First the kernel: a call that sleeps in the host's process is woken by it, and only then lets the process be disposed of.
        Machine.Dispose();
        Machine.Options.Cache?.Dispose();
        if (_host.IsValueCreated)
            _host.Value.Dispose();
    }

    public override string ToString() => Name;
}

/// <summary>Whether a kernel can be used.</summary>
public enum WasmKernelState
{
    Running,
    Stopped,
}

/// <summary>What a kernel's time is.</summary>
public enum WasmClock
{
    /// <summary>The host's.</summary>
    Real,

    /// <summary>Its own: it jumps to the next timer when everybody sleeps, so that a run repeats itself and waiting costs nothing.</summary>
    Virtual,
}
