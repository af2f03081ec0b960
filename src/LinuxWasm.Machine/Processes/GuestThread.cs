using System.Runtime.CompilerServices;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Imports;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>One kernel task and the WebAssembly execution that is its code: the join of kernel and engine, one per guest thread.</summary>
internal sealed class GuestThread
{
    private HostHeap? _heap;

    public GuestThread(LinuxTask task, Execution execution)
    {
        Task = task;
        Execution = execution;
        execution.Host = this;
        execution.OnSafepoint = static stopped => Of(stopped).AtSafepoint();
        execution.OnSetJump = LongJumps.Keep;
        execution.OnLongJump = LongJumps.Restore;
        task.Interrupted += _ => execution.Interrupt();
    }

    public LinuxTask Task { get; }

    public Execution Execution { get; }

    /// <summary>The guest's stack pointer; null until the module is linked, and where it exports none.</summary>
    public Global? StackPointer { get; set; }

    /// <summary>The command line, each argument without its NUL, for ABIs that ask for it by calls.</summary>
    public IReadOnlyList<byte[]> Arguments { get; init; } = [];

    /// <summary>KEY=VALUE, each without its NUL.</summary>
    public IReadOnlyList<byte[]> Environment { get; init; } = [];

    /// <summary>The file that holds the environment, for ABIs that read it from there; null for none.</summary>
    public EnvironmentFile? EnvironmentFile { get; init; }

    /// <summary>What <c>wasm_host_malloc</c> gives out.</summary>
    public HostHeap HostHeap => _heap ??= new HostHeap(Task);

    /// <summary>The guest thread that an execution belongs to. Every execution that the machine makes has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestThread Of(Execution execution) => Unsafe.As<GuestThread>(execution.Host!);

    /// <summary>Does what is pending: signals, the end. In the guest's thread.</summary>
    public void AtSafepoint()
    {
        Task.Safepoint();
        if (Task.MustEnd)
            Execution.Exit();
    }
}
