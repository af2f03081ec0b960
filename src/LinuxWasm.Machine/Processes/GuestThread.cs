using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Imports;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>One kernel task and the WebAssembly execution that is its code: the join of kernel and engine, one per guest thread.</summary>
internal sealed class GuestThread
{

    public GuestThread(LinuxTask task, ExecutionOptions options, GuestProcess process)
    {
        var execution = new Execution(options);
        Options = options;
        Process = process;
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

    /// <summary>How its execution was made; a thread that it starts gets the same.</summary>
    public ExecutionOptions Options { get; }

    public GuestProcess Process { get; }

    /// <summary>The module's instance; null until it is linked.</summary>
    public Instance? Instance { get; private set; }

    /// <summary>The guest's stack pointer; null until the module is linked, and where it exports none.</summary>
    public Global? StackPointer { get; private set; }

    /// <summary>The command line, each argument without its NUL, for ABIs that ask for it by calls.</summary>
    public IReadOnlyList<byte[]> Arguments { get; init; } = [];

    /// <summary>KEY=VALUE, each without its NUL.</summary>
    public IReadOnlyList<byte[]> Environment { get; init; } = [];

    /// <summary>The file that holds the environment, for ABIs that read it from there; null for none.</summary>
    public EnvironmentFile? EnvironmentFile { get; init; }

    /// <summary>What <c>wasm_host_malloc</c> gives out.</summary>
    public HostHeap HostHeap => Process.HostHeap;

    /// <summary>The guest thread that an execution belongs to. Every execution that the machine makes has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestThread Of(Execution execution) => Unsafe.As<GuestThread>(execution.Host!);

    /// <summary>From now on the thread runs this instance's code, its signal handlers too.</summary>
    public void Attach(Instance instance)
    {
        Instance = instance;
        // wasm-ld makes the stack pointer the module's first global; WALI's programs don't export it.
        StackPointer = instance.GetExport("__stack_pointer") as Global
            ?? (instance.GetGlobal(0) is { Type: { Type: ValType.I32, Mutable: true } } first ? first : null);
        Task.Execution = new SignalHandlers(this, instance);
    }

    /// <summary>Does what is pending: signals, the end. In the guest's thread.</summary>
    public void AtSafepoint()
    {
        Task.Safepoint();
        if (Task.MustEnd)
            Execution.Exit();
    }

    /// <summary>A guest's fault becomes the signal that a native program would get, and is told to whoever started it.</summary>
    public void ReportTrap(TrapException trap)
    {
        var signal = TrapSignals.Of(trap.Kind);
        var fault = $"{signal}: {trap.Message}{Backtrace(trap.GuestFrames)}";
        Process.AddFault(fault);
        Task.Kernel.Log.Write(Task.Kernel.Clock.Monotonic, $"{Task.Comm}[{Task.Group.Pid}]: {fault}");
        Task.Group.Kill(signal);
    }

    /// <summary>The functions, innermost first, a run of the same one on one line: an endless recursion is told in one.</summary>
    private static string Backtrace(IReadOnlyList<string> frames)
    {
        var text = new StringBuilder();
        for (var i = 0; i < frames.Count;)
        {
            var first = i;
            while (i < frames.Count && frames[i] == frames[first])
                i++;
            text.Append("\n    at ").Append(frames[first]);
            if (i - first > 1)
                text.Append(CultureInfo.InvariantCulture, $" ({i - first} times)");
        }

        return text.ToString();
    }
}
