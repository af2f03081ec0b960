using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>One kernel task and the WebAssembly execution that is its code: the join of kernel and engine, one per guest thread.</summary>
internal sealed class GuestThread
{
    private GuestCode? _code;
    private SignalHandlers? _handlers;
    private StandingCall _standing;

    /// <summary>The thread that begins a program.</summary>
    public GuestThread(LinuxTask task, ExecutionOptions options, GuestProcess process, ProgramCommand command)
        : this(task, options, process)
    {
        Arguments = command.Arguments;
        Environment = command.Environment;
    }

    /// <summary>A further thread of a creator's program, or one of a copy of it.</summary>
    public GuestThread(GuestThread creator, LinuxTask task, GuestProcess process)
        : this(task, creator.Options, process)
    {
        Arguments = creator.Arguments;
        Environment = creator.Environment;
        Entry = creator.Entry;
        EntryPosition = creator.EntryPosition;
    }

    private GuestThread(LinuxTask task, ExecutionOptions options, GuestProcess process)
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
        task.Interrupted += Interrupt;
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
    public IReadOnlyList<byte[]> Arguments { get; } = [];

    /// <summary>KEY=VALUE, each without its NUL.</summary>
    public IReadOnlyList<byte[]> Environment { get; } = [];

    /// <summary>The file that holds the environment, for ABIs that read it from there; null for none.</summary>
    public EnvironmentFile? EnvironmentFile { get; set; }

    /// <summary>What its code runs on, from <see cref="Attach"/> to <see cref="Detach"/>.</summary>
    public ProgramMemory Memory { get; private set; } = null!;

    /// <summary>Its saved frames, while it makes a <see cref="StandingCall"/>.</summary>
    public SuspendedStack? Frames { get; private set; }

    /// <summary>Which functions it calls, and which of them it is in.</summary>
    public ThreadEntry Entry { get; set; } = null!;

    public int EntryPosition { get; set; }

    /// <summary>The program that follows, by execve(2), as soon as its frames have returned.</summary>
    public ProgramCommand? Next { get; private set; }

    /// <summary>The guest thread that an execution belongs to. Every execution that the machine makes has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestThread Of(Execution execution) => Unsafe.As<GuestThread>(execution.Host!);

    /// <summary>From now on the thread runs this instance's code, its signal handlers too.</summary>
    /// <param name="instance">An instance that the thread's <see cref="Execution"/> runs.</param>
    /// <param name="memory">What it runs on; the thread takes it over.</param>
    public void Attach(Instance instance, ProgramMemory memory)
    {
        Instance = instance;
        Memory = memory;
        // wasm-ld makes the stack pointer the module's first global; WALI's programs don't export it.
        StackPointer = instance.GetExport("__stack_pointer") as Global
            ?? (instance.GetGlobal(0) is { Type: { Type: ValType.I32, Mutable: true } } first ? first : null);
        _handlers = new SignalHandlers(this, instance);
        _code = new GuestCode(this, _handlers);
        Task.Execution = _code;
        // What came before there was anything to interrupt is looked at now.
        Execution.Interrupt();
    }

    /// <summary>Leaves the program for another: its frames return from the call that they are in without running further.</summary>
    public void Follow(ProgramCommand next)
    {
        LeaveAddressSpace();
        Next = next;
        Execution.Exit();
    }

    /// <summary>The thread runs this code no more.</summary>
    public void Detach()
    {
        Task.Interrupted -= Interrupt;
        Task.Execution = null;
        if (Next is null)
            LeaveAddressSpace();
        Memory?.Release();
        EnvironmentFile?.Dispose();
    }

    /// <summary>Has the frames saved, and the call made then. False where they can't be, since the host's lie between them.</summary>
    public bool TryStandStill(StandingCall call)
    {
        if (_handlers is null or { AreRunning: true } || !Execution.TrySuspend())
            return false;
        _standing = call;
        return true;
    }

    /// <summary>Makes the call that the frames were saved for.</summary>
    /// <param name="frames">The saved frames.</param>
    /// <returns>What the guest's import answers.</returns>
    public long MakeStandingCall(SuspendedStack frames)
    {
        Frames = frames;
        try
        {
            return SyscallDispatch.Call(Task, _standing.Number, _standing.Registers);
        }
        finally
        {
            Frames = null;
            _code!.EndCall();
        }
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
        var info = TrapSignals.Of(trap.Kind, Task);
        var signal = info.Signal;
        var fault = $"{signal}: {trap.Message}{Backtrace(trap.GuestFrames)}";
        Process.AddFault(fault);
        Task.Kernel.Log.Write(Task.Kernel.Clock.Monotonic, $"{Task.Comm}[{Task.Group.Pid}]: {fault}");
        Task.Tracer?.SignalArrived(Task, info);
        Task.Group.Kill(signal);
    }

    /// <summary>Whoever still looks at the task finds no memory, rather than memory that is gone.</summary>
    private void LeaveAddressSpace() => Task.SetAddressSpace(new AddressSpace(NoMemory.Guest));

    private void Interrupt(LinuxTask task) => Execution.Interrupt();

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
